"""Every route of the pages. Each module lists its own; here they are put together."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from counterfoil.web.accounts.views import (
    account,
    devices,
    firstrun,
    invitations,
    secondfactor,
    signin,
    teams,
    tokens,
)
from counterfoil.web.batches import options as batch_options
from counterfoil.web.batches import views as batches_views
from counterfoil.web.catalog.views import (
    channels,
    events,
    items,
    numberseries,
    organizers,
    quotas,
    subevents,
    taxrules,
)
from counterfoil.web.checkin import views as checkin_views
from counterfoil.web.editor import views as editor_views
from counterfoil.web.exports import views as exports_views
from counterfoil.web.jobs import views as jobs_views
from counterfoil.web.layouts import views as layouts_views
from counterfoil.web.orders import numberreport
from counterfoil.web.orders import views as orders_views
from counterfoil.web.printing import handovers, print_step
from counterfoil.web.printing import views as printing_views
from counterfoil.web.sellers import plans as sellers_plans
from counterfoil.web.sellers import tables as sellers_tables
from counterfoil.web.sellers import views as sellers_views
from counterfoil.web.stock import views as stock_views
from counterfoil.web.webhooks import views as webhooks_views

app_name = "web"

MODULES = [
    signin,
    firstrun,
    account,
    secondfactor,
    teams,
    invitations,
    tokens,
    devices,
    organizers,
    channels,
    webhooks_views,
    events,
    subevents,
    items,
    numberseries,
    taxrules,
    quotas,
    editor_views,
    layouts_views,
    checkin_views,
    stock_views,
    sellers_views,
    sellers_plans,
    sellers_tables,
    orders_views,
    numberreport,
    batches_views,
    batch_options,
    handovers,
    print_step,
    printing_views,
    exports_views,
    jobs_views,
]


def all_routes() -> list[URLPattern]:
    """Return the routes of every module, in order."""
    return [route for module in MODULES for route in module.routes]


urlpatterns: list[URLPattern | URLResolver] = [*all_routes()]
