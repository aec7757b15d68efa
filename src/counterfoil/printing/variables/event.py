"""Variables of the event, of its date, and of the moment of printing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.eventsettings import setting
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import EventContext, EventVariable

_LONG_NAME = "27th International Conference on the Conservation of Historic Bridges"
_LONG_INFO = (
    "Please bring a photo identification. Doors open one hour before the concert begins.\n"
    "Bags larger than A4 cannot be taken inside. No re-entry."
)


def _ends_on(on: EventContext, formatter: Formatter) -> str:
    return formatter.weekday(on.date.date_to) if _shows_end(on) else ""


def _range(on: EventContext, formatter: Formatter) -> str:
    return formatter.date_range(on.date.date_from, on.date.date_to if _shows_end(on) else None)


def _shows_end(on: EventContext) -> bool:
    return bool(setting(on.event, "show_date_to"))


def _setting(key: str, on: EventContext, formatter: Formatter) -> str:
    return formatter.text(setting(on.event, key))


def _place(on: EventContext, formatter: Formatter) -> str:
    return formatter.text(on.date.location or on.event.location)


EVENT_VARIABLES = (
    EventVariable(
        key="event_name",
        label=_("Event name"),
        sample="Summer Night Concert",
        longest=_LONG_NAME,
        evaluate=lambda on, formatter: formatter.text(on.date.name),
    ),
    EventVariable(
        key="event_series_name",
        label=_("Event series"),
        sample="Summer Night Concerts",
        longest=_LONG_NAME,
        evaluate=lambda on, formatter: formatter.text(on.event.name),
    ),
    EventVariable(
        key="event_date",
        label=_("Event date"),
        sample="June 12, 2027",
        longest="September 30, 2027",
        evaluate=lambda on, formatter: formatter.long_date(on.date.date_from),
    ),
    EventVariable(
        key="event_date_range",
        label=_("Event date range"),
        sample="June 12 – 14, 2027",
        longest="September 28, 2027 – December 30, 2028",
        evaluate=_range,
    ),
    EventVariable(
        key="event_begin",
        label=_("Event begin date and time"),
        sample="2027-06-12 20:00",
        longest="2027-12-30 20:00",
        evaluate=lambda on, formatter: formatter.short_datetime(on.date.date_from),
    ),
    EventVariable(
        key="event_begin_date",
        label=_("Event begin date"),
        sample="2027-06-12",
        longest="2027-12-30",
        evaluate=lambda on, formatter: formatter.short_date(on.date.date_from),
    ),
    EventVariable(
        key="event_begin_time",
        label=_("Event begin time"),
        sample="20:00",
        longest="10:30 p.m.",
        evaluate=lambda on, formatter: formatter.hour(on.date.date_from),
    ),
    EventVariable(
        key="event_begin_weekday",
        label=_("Event begin weekday"),
        sample="Saturday",
        longest="Wednesday",
        evaluate=lambda on, formatter: formatter.weekday(on.date.date_from),
    ),
    EventVariable(
        key="event_end",
        label=_("Event end date and time"),
        sample="2027-06-14 22:30",
        longest="2027-12-30 22:30",
        evaluate=lambda on, formatter: formatter.short_datetime(on.date.date_to),
    ),
    EventVariable(
        key="event_end_date",
        label=_("Event end date"),
        sample="2027-06-14",
        longest="2027-12-30",
        evaluate=lambda on, formatter: formatter.short_date(on.date.date_to),
    ),
    EventVariable(
        key="event_end_time",
        label=_("Event end time"),
        sample="22:30",
        longest="10:30 p.m.",
        evaluate=lambda on, formatter: formatter.hour(on.date.date_to),
    ),
    EventVariable(
        key="event_end_weekday",
        label=_("Event end weekday"),
        sample="Monday",
        longest="Wednesday",
        evaluate=_ends_on,
    ),
    EventVariable(
        key="event_admission",
        label=_("Event admission date and time"),
        sample="2027-06-12 19:00",
        longest="2027-12-30 19:00",
        evaluate=lambda on, formatter: formatter.short_datetime(on.date.date_admission),
    ),
    EventVariable(
        key="event_admission_time",
        label=_("Event admission time"),
        sample="19:00",
        longest="10:30 p.m.",
        evaluate=lambda on, formatter: formatter.hour(on.date.date_admission),
    ),
    EventVariable(
        key="event_location",
        label=_("Event location"),
        sample="Old Congress Hall\nBridge Street 14\n80339 Munich",
        longest="Festival and Congress Centre at the Old Harbour, Hall 3\n"
        "Wilhelmina-Charlotte-Wolfe-Strasse 1147 b\n80339 Munich-Schwanthalerhöhe",
        evaluate=_place,
    ),
    EventVariable(
        key="event_info_text",
        label=_("Event info text"),
        sample="Doors open at 19:00.",
        longest=_LONG_INFO,
        evaluate=lambda on, formatter: _setting("event_info_text", on, formatter),
    ),
    EventVariable(
        key="organizer",
        label=_("Organizer name"),
        sample="Bridge Builders' Society",
        longest="International Society for the Conservation of Historic Bridges (registered)",
        evaluate=lambda on, formatter: on.event.organizer.name,
    ),
    EventVariable(
        key="organizer_info_text",
        label=_("Organizer info text"),
        sample="Bridge Builders' Society, Bridge Street 14, 80339 Munich",
        longest=_LONG_INFO,
        evaluate=lambda on, formatter: _setting("organizer_info_text", on, formatter),
    ),
    EventVariable(
        key="now_date",
        label=_("Printing date"),
        sample="2027-05-31",
        longest="2027-12-30",
        evaluate=lambda on, formatter: formatter.short_date(on.now),
    ),
    EventVariable(
        key="now_datetime",
        label=_("Printing date and time"),
        sample="2027-05-31 19:00",
        longest="2027-12-30 19:00",
        evaluate=lambda on, formatter: formatter.short_datetime(on.now),
    ),
    EventVariable(
        key="now_time",
        label=_("Printing time"),
        sample="19:00",
        longest="10:30 p.m.",
        evaluate=lambda on, formatter: formatter.hour(on.now),
    ),
)


def event_property(key: str, name: str) -> EventVariable:
    """Return the variable of one of the event's properties; a date may have its own value."""

    def evaluate(on: EventContext, formatter: Formatter) -> str:
        value = on.event.meta_data.get(name)
        if on.subevent is not None:
            value = on.subevent.meta_data.get(name, value)
        return "" if value is None else str(value)

    return EventVariable(key=key, label=name, sample=name, evaluate=evaluate)
