"""Actors and their permissions: one interface for tokens, devices and people.

Rights belong to teams. A token has exactly its team's rights, a person those of all their teams
together, a device a fixed set on its events. Rows are filtered by rights here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import Q, QuerySet

from counterfoil.accounts.models import APIToken, Device, Team, User
from counterfoil.accounts.permissions import DEVICE_PERMISSIONS
from counterfoil.catalog.models import Event, Organizer


@dataclass(frozen=True, slots=True)
class Reach:
    """Some events of an organizer, or all of them and those to come."""

    all_events: bool
    events: frozenset[int] = frozenset()

    def __and__(self, other: Reach) -> Reach:
        if self.all_events or other.all_events:
            both = self.all_events and other.all_events
            return Reach(both, frozenset() if both else (other if self.all_events else self).events)
        return Reach(False, self.events & other.events)

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.all_events or other.all_events, self.events | other.events)

    def covers(self, *, all_events: bool, events: Iterable[int]) -> bool:
        return self.all_events or (not all_events and self.events.issuperset(events))


class Actor(Protocol):
    """Somebody who asks for something."""

    @property
    def key(self) -> str:
        """What owns uploads and results: ``token:5``, ``device:7``, ``user:3``."""

    def organizers(self) -> QuerySet[Organizer]:
        """Return the organizers that may be seen at all."""

    def events(self, organizer: Organizer) -> QuerySet[Event]:
        """Return the events of an organizer that may be seen."""

    def sees_all_events(self, organizer: Organizer) -> bool:
        """Tell whether every event of an organizer may be seen, also those to come."""

    def may_in_event(self, permission: str, event: Event) -> bool:
        """Tell whether this permission is held on this event (false when it may not be seen)."""

    def events_with(self, permission: str, organizer: Organizer) -> Reach:
        """Return on which events of an organizer this permission is held."""

    def may_in_organizer(self, permission: str, organizer: Organizer) -> bool:
        """Tell whether this organizer permission is held."""

    def may_change_something(self) -> bool:
        """Tell whether any permission is held that is about more than reading."""


@dataclass(frozen=True, slots=True)
class TokenActor:
    token: APIToken

    @property
    def key(self) -> str:
        return f"token:{self.token.pk}"

    def organizers(self) -> QuerySet[Organizer]:
        return Organizer.objects.filter(pk=self.token.team.organizer_id)

    def events(self, organizer: Organizer) -> QuerySet[Event]:
        return _events_of_teams([self.token.team], organizer)

    def sees_all_events(self, organizer: Organizer) -> bool:
        return _teams_see_all([self.token.team], organizer)

    def may_in_event(self, permission: str, event: Event) -> bool:
        return _teams_allow_in_event([self.token.team], permission, event)

    def events_with(self, permission: str, organizer: Organizer) -> Reach:
        return _reach_of_teams([self.token.team], permission, organizer)

    def may_change_something(self) -> bool:
        return _changes_something(self.token.team)

    def may_in_organizer(self, permission: str, organizer: Organizer) -> bool:
        return _teams_allow_in_organizer([self.token.team], permission, organizer)


@dataclass(frozen=True, slots=True)
class UserActor:
    """A signed-in user, for one request: their teams are queried once."""

    user: User
    _team_cache: dict[int, list[Team]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        return f"user:{self.user.pk}"

    def organizers(self) -> QuerySet[Organizer]:
        return Organizer.objects.filter(teams__members=self.user).distinct()

    def events(self, organizer: Organizer) -> QuerySet[Event]:
        return _events_of_teams(self._teams(organizer), organizer)

    def sees_all_events(self, organizer: Organizer) -> bool:
        return _teams_see_all(self._teams(organizer), organizer)

    def may_in_event(self, permission: str, event: Event) -> bool:
        return _teams_allow_in_event(self._teams(event.organizer), permission, event)

    def events_with(self, permission: str, organizer: Organizer) -> Reach:
        return _reach_of_teams(self._teams(organizer), permission, organizer)

    def may_change_something(self) -> bool:
        return any(_changes_something(team) for team in self.user.teams.all())

    def may_in_organizer(self, permission: str, organizer: Organizer) -> bool:
        return _teams_allow_in_organizer(self._teams(organizer), permission, organizer)

    def _teams(self, organizer: Organizer) -> list[Team]:
        if organizer.pk not in self._team_cache:
            self._team_cache[organizer.pk] = list(self.user.teams.filter(organizer=organizer))
        return self._team_cache[organizer.pk]


@dataclass(frozen=True, slots=True)
class DeviceActor:
    device: Device

    @property
    def key(self) -> str:
        return f"device:{self.device.pk}"

    def organizers(self) -> QuerySet[Organizer]:
        return Organizer.objects.filter(pk=self.device.organizer_id)

    def events(self, organizer: Organizer) -> QuerySet[Event]:
        events = Event.objects.filter(organizer=organizer)
        if organizer.pk != self.device.organizer_id:
            return events.none()
        return (
            events
            if self.device.all_events
            else events.filter(pk__in=self.device.limit_events.all())
        )

    def sees_all_events(self, organizer: Organizer) -> bool:
        return self.device.all_events and organizer.pk == self.device.organizer_id

    def may_in_event(self, permission: str, event: Event) -> bool:
        return (
            permission in DEVICE_PERMISSIONS
            and self.events(event.organizer).filter(pk=event.pk).exists()
        )

    def events_with(self, permission: str, organizer: Organizer) -> Reach:
        return Reach(all_events=False)  # nobody gets anything from a device

    def may_change_something(self) -> bool:
        return True

    def may_in_organizer(self, permission: str, organizer: Organizer) -> bool:
        return False


def actor_of(key: str) -> TokenActor | UserActor | None:
    """Return whom an actor's key names, if they may still do anything; devices are none."""
    kind, _colon, number = key.partition(":")
    if not number.isdecimal():
        return None
    if kind == "token":
        tokens = APIToken.objects.select_related("team__organizer").filter(active=True)
        token = tokens.filter(pk=number).first()
        return TokenActor(token) if token else None
    if kind == "user":
        user = User.objects.filter(is_active=True, pk=number).first()
        return UserActor(user) if user else None
    return None


def _changes_something(team: Team) -> bool:
    if team.all_event_permissions or team.all_organizer_permissions:
        return True
    permissions = (*team.event_permissions, *team.organizer_permissions)
    return any(not permission.endswith(":read") for permission in permissions)


def _teams_see_all(teams: list[Team], organizer: Organizer) -> bool:
    return any(team.all_events and team.organizer_id == organizer.pk for team in teams)


def _events_of_teams(teams: list[Team], organizer: Organizer) -> QuerySet[Event]:
    events = Event.objects.filter(organizer=organizer)
    if _teams_see_all(teams, organizer):
        return events
    visible = Q(pk__in=[])
    for team in teams:
        if team.organizer_id == organizer.pk:
            visible |= Q(pk__in=team.limit_events.values("pk"))
    return events.filter(visible)


def _teams_allow_in_event(teams: list[Team], permission: str, event: Event) -> bool:
    return any(
        (team.all_event_permissions or permission in team.event_permissions)
        and team.organizer_id == event.organizer_id
        and (team.all_events or team.limit_events.filter(pk=event.pk).exists())
        for team in teams
    )


def _reach_of_teams(teams: list[Team], permission: str, organizer: Organizer) -> Reach:
    allowed = [
        team for team in teams if team.all_event_permissions or permission in team.event_permissions
    ]
    if _teams_see_all(allowed, organizer):
        return Reach(all_events=True)
    events = _events_of_teams(allowed, organizer).values_list("pk", flat=True)
    return Reach(all_events=False, events=frozenset(events))


def _teams_allow_in_organizer(teams: list[Team], permission: str, organizer: Organizer) -> bool:
    return any(
        (team.all_organizer_permissions or permission in team.organizer_permissions)
        and team.organizer_id == organizer.pk
        for team in teams
    )
