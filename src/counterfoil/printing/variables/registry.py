"""The registry of the variables that layouts of an event may use."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from counterfoil.catalog.models import Event
from counterfoil.layouts.pictures import PREFIX
from counterfoil.printing.variables.answers import question_variables
from counterfoil.printing.variables.batch import (
    BATCH_KEYS,
    BATCH_VARIABLES,
    TABLE_COLUMN,
    table_variable,
    table_variables,
)
from counterfoil.printing.variables.event import EVENT_VARIABLES, event_property
from counterfoil.printing.variables.kinds import Variable
from counterfoil.printing.variables.people import people_variables
from counterfoil.printing.variables.pictures import picture_variable, picture_variables
from counterfoil.printing.variables.product import PRODUCT_VARIABLES, product_property
from counterfoil.printing.variables.ticket import ticket_variables
from counterfoil.printing.variables.unsupported import UNSUPPORTED_VARIABLES

EVENT_PROPERTY = "meta:"
PRODUCT_PROPERTY = "itemmeta:"
_OURS = (TABLE_COLUMN, PREFIX)


class VariableTable:
    """The variables of one event: the fixed ones, its questions, its properties and tables."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._by_key = {variable.key: variable for variable in _variables(event)}

    def __iter__(self) -> Iterator[Variable]:
        """Iterate over all variables, including the properties of the event."""
        properties = itertools.chain(
            (EVENT_PROPERTY + name for name in self._event.meta_data),
            (PRODUCT_PROPERTY + name for name in self._event.item_meta_properties),
        )
        return itertools.chain(
            self._by_key.values(),
            filter(None, (self.find(key) for key in properties)),
            table_variables(self._event),
            picture_variables(self._event),
        )

    def documented(self) -> Iterator[Variable]:
        """Iterate over the variables that pretix has, too."""
        return (
            variable
            for variable in self
            if variable.key not in BATCH_KEYS and not variable.key.startswith(_OURS)
        )

    def find(self, key: str) -> Variable | None:
        """Return the variable of this name, or None if there is none."""
        if key.startswith(EVENT_PROPERTY):
            return event_property(key, key.removeprefix(EVENT_PROPERTY))
        if key.startswith(PRODUCT_PROPERTY):
            return product_property(key, key.removeprefix(PRODUCT_PROPERTY))
        if key.startswith(TABLE_COLUMN):
            return table_variable(key.removeprefix(TABLE_COLUMN))
        if key.startswith(PREFIX):
            return picture_variable(self._event, key)
        return self._by_key.get(key)


def _variables(event: Event) -> Iterator[Variable]:
    yield from ticket_variables(event)
    yield from BATCH_VARIABLES
    yield from PRODUCT_VARIABLES
    yield from EVENT_VARIABLES
    yield from people_variables(event)
    yield from question_variables(event)
    yield from UNSUPPORTED_VARIABLES
