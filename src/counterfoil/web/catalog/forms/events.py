"""Making an event, and changing it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.eventsettings import setting
from counterfoil.catalog.models import SLUG, Event, Organizer
from counterfoil.catalog.queries import free_slug
from counterfoil.core.language import active_language
from counterfoil.core.translated import resolve, translated
from counterfoil.web.catalog.forms.channels import SoldThrough
from counterfoil.web.framework.forms import locale_choices
from counterfoil.web.framework.forms.datetime_fields import MomentField
from counterfoil.web.framework.forms.groups import Group, Grouped
from counterfoil.web.framework.forms.metadata import MetadataField
from counterfoil.web.framework.forms.translated import ShortText, TranslatedTextField

#: What a form of an event writes to its row.
_FIELDS = (
    "name", "date_from", "date_to", "date_admission", "timezone", "location", "currency",
    "locales", "locale", "region", "live", "testmode", "is_public", "presale_start", "presale_end",
    "all_sales_channels", "limit_sales_channels", "meta_data",
)  # fmt: skip
#: Settings that a form of an event writes.
_PRINTED = ("event_info_text", "organizer_info_text")
#: What is usually the same at an organizer's next event.
_LIKE_LAST = ("timezone", "currency", "locale", "locales", "region")


class _Languages(forms.CheckboxSelectMultiple):
    """Boxes of the languages that are chosen or those of the pages; the others fold away."""

    template_name = "web/forms/languages.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        usual = {code for code, _name in settings.LANGUAGES}
        options = [option for _group, group, _index in context["widget"]["optgroups"]
                   for option in group]  # fmt: skip
        context["shown"] = [o for o in options if o["selected"] or o["value"] in usual]
        context["folded"] = [o for o in options if o not in context["shown"]]
        return context


class EventForm(SoldThrough, Grouped):
    """Times are those on the clock where the event is: in the time zone that is sent along."""

    groups = (
        Group(_("What it is"), ("name", "slug", "has_subevents", "location")),
        Group(
            _("When"),
            (("date_from", "date_to", "date_admission"), "timezone"),
            hint=_("All times are in the time zone of the event."),
        ),
        Group(
            _("On tickets"),
            _PRINTED,
            hint=_("Layouts can print these texts. Leave them empty if you do not need them."),
            folded=True,
        ),
        Group(_("State"), ("live", "testmode", "is_public")),
        Group(_("Languages and currency"), ("locales", ("locale", "currency", "region"))),
        Group(
            _("Sale and properties"),
            (
                ("presale_start", "presale_end"),
                "all_sales_channels",
                "limit_sales_channels",
                "meta_data",
            ),
            folded=True,
        ),
    )

    slug = forms.CharField(
        label=_("Short form"),
        max_length=50,
        required=False,
        validators=[RegexValidator(SLUG.regex, _("Use letters, digits, dots and dashes."))],
        help_text=_(
            "Used in web addresses and cannot be changed later. Leave empty to generate one."
        ),
    )
    has_subevents = forms.BooleanField(
        label=_("This is a series: the same event on several dates"),
        required=False,
        help_text=_("Each date has its own quotas. This cannot be changed later."),
    )
    date_from = MomentField(label=_("Begin"))
    date_to = MomentField(label=_("End"), required=False)
    date_admission = MomentField(label=_("Doors open"), required=False)
    timezone = forms.ChoiceField(label=_("Time zone"))
    live = forms.BooleanField(
        label=_("Live"),
        required=False,
        help_text=_("The event is on sale and scanners can see it."),
    )
    testmode = forms.BooleanField(
        label=_("Test mode"),
        required=False,
        help_text=_("New orders are marked as test orders."),
    )
    is_public = forms.BooleanField(label=_("Shown in public lists"), required=False, initial=True)
    locales = forms.MultipleChoiceField(
        label=_("Languages"),
        widget=_Languages,
        help_text=_("After you save, you can enter names and texts in each of these languages."),
    )
    locale = forms.ChoiceField(label=_("Main language"))
    currency = forms.ChoiceField(label=_("Currency"))
    region = forms.ChoiceField(label=_("Country"), required=False)
    presale_start = MomentField(label=_("Presale begins"), required=False)
    presale_end = MomentField(label=_("Presale ends"), required=False)
    meta_data = MetadataField(
        label=_("Properties"), required=False, help_text=_("One per line: name = value")
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        organizer: Organizer,
        event: Event | None = None,
    ) -> None:
        initial = values_of(event) if event else _values_for_next(organizer)
        super().__init__(data, files, initial=initial)
        self.organizer = organizer
        self._offer(initial)
        self.offer_channels_of(organizer)
        if event:
            del self.fields["slug"], self.fields["has_subevents"]

    def _offer(self, initial: dict[str, Any]) -> None:
        languages = locale_choices.languages(initial["locales"])
        self._choices("timezone", locale_choices.time_zones(initial["timezone"]))
        self._choices("currency", locale_choices.currencies(initial["currency"]))
        self._choices("region", [("", "—"), *locale_choices.countries()])
        self._choices("locale", languages)
        self._choices("locales", languages)
        written = dict.fromkeys([*initial["locales"], *_languages_of_pages(initial)])
        self.fields["name"] = TranslatedTextField(label=_("Name"), locales=list(written))
        self.fields["location"] = TranslatedTextField(
            label=_("Place"),
            locales=list(written),
            max_length=1000,
            widget=ShortText,
            required=False,
        )
        labels = (_("Event information"), _("Organizer information"))
        for name, label in zip(_PRINTED, labels, strict=True):
            self.fields[name] = TranslatedTextField(
                label=label,
                locales=list(written),
                max_length=2000,
                widget=ShortText,
                required=False,
            )

    def _choices(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for mypy
        field.choices = list(choices)

    def full_clean(self) -> None:
        with self._on_the_spot():
            super().full_clean()

    def _on_the_spot(self) -> AbstractContextManager[None]:
        name = self.data.get("timezone", "")
        if name not in dict(locale_choices.time_zones("UTC")):
            return nullcontext()
        return timezone.override(zoneinfo.ZoneInfo(name))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "locale" in given and given["locale"] not in given.get("locales", [given["locale"]]):
            given["locales"] = [given["locale"], *given["locales"]]
        if "slug" in self.fields and not given.get("slug") and "name" in given:
            given["slug"] = self._slug_of(given["name"])
        return given

    def _slug_of(self, name: Any) -> str:
        base = slugify(resolve(name, "en"))[:40].strip("-")
        if not base:
            raise ValidationError({"slug": _("Enter a short form, such as concert-2027.")})
        return free_slug(self.organizer, base)

    def values(self) -> dict[str, Any]:
        """Return what is to be written to the row."""
        names = [*_FIELDS, *(name for name in ("slug", "has_subevents") if name in self.fields)]
        return {name: self.cleaned_data[name] for name in names}

    def printed(self) -> dict[str, Any]:
        """Return the settings that were given."""
        return {name: self.cleaned_data[name] for name in _PRINTED}


class EventCopyForm(forms.Form):
    """What an event like another has of its own."""

    slug = EventForm.base_fields["slug"]
    date_from = MomentField(label=_("Begin"))

    field_order = ("name", "slug", "date_from")

    def __init__(self, data: Any = None, *, event: Event) -> None:
        super().__init__(data, initial={"name": event.name})
        self._event = event
        self.fields["name"] = TranslatedTextField(label=_("Name"), locales=event.locales)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("slug") and "name" in cleaned:
            base = slugify(resolve(cleaned["name"], "en"))[:40].strip("-") or self._event.slug
            cleaned["slug"] = free_slug(self._event.organizer, base)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "slug", "date_from")}


def values_of(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in _FIELDS if name != "limit_sales_channels"}
    values["location"] = translated(event.location, event.locale)
    values["limit_sales_channels"] = event.limit_sales_channels.all()
    values |= {name: translated(setting(event, name), event.locale) for name in _PRINTED}
    return values


def _values_for_next(organizer: Organizer) -> dict[str, Any]:
    last = organizer.events.order_by("-pk").first()
    if last:
        return {name: getattr(last, name) for name in _LIKE_LAST}
    language = active_language()
    zone = "Europe/Berlin" if language == "de" else "UTC"
    return {
        "timezone": zone, "currency": "EUR", "locale": language, "locales": [language],
        "region": "",
    }  # fmt: skip


def _languages_of_pages(initial: dict[str, Any]) -> list[str]:
    """A new event can be named in the languages of the pages at once; later, in its own."""
    return [] if "name" in initial else [code for code, _name in settings.LANGUAGES]
