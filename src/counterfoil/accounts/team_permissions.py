"""Teams' permissions as single rights, so that two teams can be compared.

Nobody gives away what they do not hold: neither by the settings of a team, nor by letting somebody
or a token into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.accounts.models import Team, User
from counterfoil.accounts.permissions import EVENT_PERMISSIONS, LABELS, ORGANIZER_PERMISSIONS
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.refusals import Forbidden, Invalid

#: Where a right holds (the organizer, all events, or an event by its number), and what it is.
ScopedPermission = tuple[str, str]
Permissions = frozenset[ScopedPermission]

ORGANIZER = "organizer"
ALL_EVENTS = "events"
SEE = "see"
EVERYTHING = "*"  # what later versions will know of, too

_FIELDS = (
    "all_events",
    "all_event_permissions",
    "event_permissions",
    "all_organizer_permissions",
    "organizer_permissions",
)


def from_fields(fields: Mapping[str, Any]) -> Permissions:
    """Return what a team with these fields may do; they are named as the model's."""
    in_organizer = set(fields["organizer_permissions"])
    if fields["all_organizer_permissions"]:
        in_organizer = {*ORGANIZER_PERMISSIONS, EVERYTHING}
    in_events = {SEE, *fields["event_permissions"]}
    if fields["all_event_permissions"]:
        in_events = {SEE, *EVENT_PERMISSIONS, EVERYTHING}
    events: Iterable[Event] = fields["limit_events"]
    scopes = [ALL_EVENTS] if fields["all_events"] else [str(event.pk) for event in events]
    return frozenset(
        {(ORGANIZER, what) for what in in_organizer}
        | {(place, what) for place in scopes for what in in_events}
    )


def fields_of(team: Team) -> dict[str, Any]:
    """Return what a team's rights are made of."""
    return {
        **{name: getattr(team, name) for name in _FIELDS},
        "limit_events": list(team.limit_events.all()),
    }


def of_team(team: Team) -> Permissions:
    return from_fields(fields_of(team))


def of_user(user: User, organizer: Organizer) -> Permissions:
    """Return what somebody may do in an organizer, by all their teams."""
    teams = user.teams.filter(organizer=organizer).prefetch_related("limit_events")
    return frozenset().union(*(of_team(team) for team in teams))


def missing_from(requested: Permissions, existing: Permissions) -> Permissions:
    """Return which rights are not covered. Who may do it in all events may do it in each."""
    return frozenset(
        (where, what)
        for where, what in requested - existing
        if where == ORGANIZER or (ALL_EVENTS, what) not in existing
    )


def check_may_give(user: User, organizer: Organizer, requested: Permissions) -> None:
    """Refuse to give rights away that the giver lacks.

    Raises:
        Forbidden: says which.
    """
    missing = missing_from(requested, of_user(user, organizer))
    if not missing:
        return
    words = readable_permissions(missing)
    if not words:
        raise Forbidden(_("You cannot give access to events that you do not see yourself."))
    raise Forbidden(
        _("You cannot give rights that you do not hold yourself: %(rights)s.") % {"rights": words}
    )


def check_may_take(user: User | None, organizer: Organizer, removed: Permissions) -> None:
    """Refuse to take rights away from others that the taker lacks. None is the operator.

    Raises:
        Forbidden: says which.
    """
    missing = missing_from(removed, of_user(user, organizer)) if user else frozenset()
    if not missing:
        return
    words = readable_permissions(missing)
    if not words:
        raise Forbidden(_("You cannot take away access to events that you do not see yourself."))
    raise Forbidden(
        _("You cannot take away rights that you do not hold yourself: %(rights)s.")
        % {"rights": words}
    )


def readable_permissions(missing: Permissions) -> str:
    """Return the rights as people read them, without those that are only about seeing."""
    return "; ".join(sorted({str(LABELS[what]) for _where, what in missing if what in LABELS}))


def check_limit(organizer: Organizer, events: Iterable[Event]) -> None:
    """Refuse to limit anybody to events of somebody else.

    Raises:
        Invalid: an event is another organizer's.
    """
    if any(event.organizer_id != organizer.pk for event in events):
        raise Invalid({"limit_events": [_("An event is not one of this organizer.")]})
