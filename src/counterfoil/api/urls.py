"""Every route of the API. Each module lists its own; here they are put together."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from counterfoil.api.accounts import device, devices
from counterfoil.api.audit import auditlog
from counterfoil.api.batches import (
    batchdata,
    batchjobs,
    batchoptions,
    batchtickets,
    handovers,
    offlinesalesbatches,
    prints,
)
from counterfoil.api.catalog import (
    categories,
    events,
    eventsettings,
    items,
    numberseries,
    organizers,
    questions,
    quotas,
    saleschannels,
    subevents,
    taxrules,
    variations,
)
from counterfoil.api.checkin import (
    checkinlistpositions,
    checkinlists,
    checkinrpc,
    checkins,
    scanconflicts,
    secretlists,
)
from counterfoil.api.files import upload
from counterfoil.api.framework import documentation, service, stub_resources
from counterfoil.api.layouts import layoutassignments, layoutelements, ticketlayouts
from counterfoil.api.orders import numberreport, orderpositions, orders, printlog
from counterfoil.api.printing import (
    renderjobs,
    sheetpreview,
    sheets,
    ticketdownloads,
    ticketpdfrenderer,
)
from counterfoil.api.sellers import (
    commissionplans,
    consignments,
    sellers,
    sellerstatements,
    stockdocuments,
)
from counterfoil.api.stock import batchstock, stockevents, ticketactions
from counterfoil.api.webhooks import webhooks

MODULES = [
    organizers,
    saleschannels,
    auditlog,
    events,
    eventsettings,
    subevents,
    items,
    variations,
    categories,
    taxrules,
    quotas,
    questions,
    numberseries,
    numberreport,
    orders,
    orderpositions,
    offlinesalesbatches,
    batchtickets,
    batchoptions,
    batchdata,
    batchjobs,
    prints,
    handovers,
    sheets,
    sheetpreview,
    batchstock,
    ticketactions,
    stockevents,
    commissionplans,
    sellers,
    consignments,
    sellerstatements,
    stockdocuments,
    ticketlayouts,
    layoutassignments,
    layoutelements,
    ticketpdfrenderer,
    renderjobs,
    ticketdownloads,
    checkinlists,
    checkinlistpositions,
    checkinrpc,
    checkins,
    scanconflicts,
    devices,
    device,
    webhooks,
    secretlists,
    stub_resources,
    printlog,
    upload,
    service,
    documentation,
]


def all_routes() -> list[URLPattern]:
    """Return the routes of every module, in order."""
    return [route for module in MODULES for route in module.routes]


urlpatterns: list[URLPattern | URLResolver] = [path("v1/", include(all_routes()))]
