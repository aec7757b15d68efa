"""Who makes an event may see it, even where their teams are limited to chosen events."""

from __future__ import annotations

from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event


def show_to_maker(*, user: User, event: Event) -> None:
    """Add a new event to the teams that let this person make it, unless they see every event."""
    for team in user.teams.filter(organizer=event.organizer_id, all_events=False):
        creates = "organizer.events:create" in team.organizer_permissions
        if team.all_organizer_permissions or creates:
            team.limit_events.add(event)
