"""Forms about teams, their invitations and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from counterfoil.accounts.models import Team
from counterfoil.accounts.permissions import EVENT_GROUPS, ORGANIZER_GROUPS, Group
from counterfoil.catalog.models import Event
from counterfoil.web.framework.forms.choices import GroupedCheckboxes
from counterfoil.web.framework.forms.translated import in_page_language


class EventChoices(forms.ModelMultipleChoiceField[Event]):
    """Events of an organizer that the reader sees, to be ticked."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            queryset=Event.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **given,
        )

    def label_from_instance(self, event: Event) -> str:
        return in_page_language(event.name) or event.slug


class EventsForm(forms.Form):
    """Something that reaches all events of an organizer, or chosen ones.

    Chosen events that the reader does not see are not shown, and stay chosen.
    """

    all_events = forms.BooleanField(
        label=gettext_lazy("All events, including future ones"), required=False
    )
    limit_events = EventChoices(label=gettext_lazy("Only these events"))

    def __init__(
        self, *sent: Any, events: QuerySet[Event], chosen: Sequence[Event] = (), **given: Any
    ) -> None:
        super().__init__(*sent, **given)
        visible = events.order_by("-date_from", "pk")
        self.fields["limit_events"].queryset = visible  # type: ignore[attr-defined]
        seen = set(visible.values_list("pk", flat=True))
        self._unseen = [event for event in chosen if event.pk not in seen]
        if not seen:
            del self.fields["limit_events"]

    def events(self) -> list[Event]:
        return [*self.cleaned_data.get("limit_events", ()), *self._unseen]

    def values(self) -> dict[str, Any]:
        """Return what is to be written to the row."""
        raise NotImplementedError

    def logged(self) -> dict[str, Any]:
        """Return what was written, for the log: events by their slugs."""
        values = self.values()
        return {**values, "limit_events": [event.slug for event in values["limit_events"]]}


class TeamForm(EventsForm):
    """A team's name and rights. Rights that the reader may not give are not offered.

    What the team has of those stays as it is.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=190)
    all_event_permissions = forms.BooleanField(
        label=gettext_lazy("All event permissions, including those that later versions add"),
        required=False,
    )
    event_permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Event permissions"), required=False, widget=GroupedCheckboxes
    )
    all_organizer_permissions = forms.BooleanField(
        label=gettext_lazy("All organizer permissions, including those that later versions add"),
        required=False,
    )
    organizer_permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Organizer permissions"), required=False, widget=GroupedCheckboxes
    )
    field_order = ("name",)

    def __init__(
        self, *sent: Any, team: Team | None, offered: frozenset[str], **given: Any
    ) -> None:
        chosen = list(team.limit_events.all()) if team else []
        super().__init__(*sent, chosen=chosen, initial=_initial(team, chosen), **given)
        self._kept = {}
        for name, groups in (
            ("event_permissions", EVENT_GROUPS),
            ("organizer_permissions", ORGANIZER_GROUPS),
        ):
            had = set(getattr(team, name)) if team else set()
            self._kept[name] = sorted(had - offered)
            self.fields[name].choices = _choices(groups, offered)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        plain = ("name", "all_events", "all_event_permissions", "all_organizer_permissions")
        return {
            **{name: given[name] for name in plain},
            **{name: [*given[name], *kept] for name, kept in self._kept.items()},
            "limit_events": [] if given["all_events"] else self.events(),
        }


def _initial(team: Team | None, chosen: Sequence[Event]) -> dict[str, Any]:
    if team is None:
        return {"all_events": True}
    return {
        "name": team.name,
        "all_events": team.all_events,
        "limit_events": chosen,
        "all_event_permissions": team.all_event_permissions,
        "event_permissions": team.event_permissions,
        "all_organizer_permissions": team.all_organizer_permissions,
        "organizer_permissions": team.organizer_permissions,
    }


def _choices(groups: Sequence[Group], offered: frozenset[str]) -> list[Group]:
    shown = [
        (label, tuple((name, words) for name, words in held if name in offered))
        for label, held in groups
    ]
    return [(label, held) for label, held in shown if held]


class InvitationForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=190,
        help_text=gettext_lazy("A name to identify the invitation. Counterfoil sends no e-mail."),
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=190,
        help_text=gettext_lazy("The program or place that uses the token, such as “Box office”."),
    )
