"""Every change over the API is in the log: a walk over all routes that write."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from accesstable import ROUTES, Ids, no_ids
from apiclient import BASE, Api
from counterfoil.api.urls import all_routes
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import CheckinList
from counterfoil.orders.models import Order
from makers import make_device, make_item, make_layout, make_order
from test_access import methods_of, parameters, path_of

#: What writes nothing that anybody could want to know of.
UNTOLD = {
    "upload": "a file that nothing uses yet; what uses it is logged",
    "ticketlayout-preview": "shows, and keeps nothing",
    "ticketlayout-unsaved-preview": "shows, and keeps nothing",
}
