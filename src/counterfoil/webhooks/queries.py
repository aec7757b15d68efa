"""Which webhooks somebody may see, and what became of the messages to them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.actors import Actor
from counterfoil.catalog.models import Organizer
from counterfoil.webhooks.addresses import NOT_PUBLIC
from counterfoil.webhooks.models import Delivery, Webhook

Problem = Delivery.Problem


def webhooks_of(organizer: Organizer, actor: Actor) -> QuerySet[Webhook]:
    """Return the webhooks whose events the actor can all see."""
    webhooks = Webhook.objects.filter(organizer=organizer).order_by("pk")
    if actor.sees_all_events(organizer):
        return webhooks
    foreign = organizer.events.exclude(pk__in=actor.events(organizer).values("pk"))
    return webhooks.filter(all_events=False).exclude(limit_events__in=foreign)


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what was, or is to be, sent to a webhook, newest first."""
    return webhook.deliveries.select_related("notification").order_by("-created", "pk")


_WORDS: dict[str, Any] = {
    Problem.STATUS: _("The server answered %(status)s."),
    Problem.TIMEOUT: _("The server did not answer within %(detail)s seconds."),
    Problem.UNKNOWN_NAME: _("The name of the server is not known."),
    Problem.REFUSED: _("The server refuses connections."),
    Problem.CERTIFICATE: _("The server's certificate is not valid: %(detail)s"),
    Problem.TLS: _("No secure connection could be made."),
    Problem.NOT_HTTP: _("The server's answer is not HTTP."),
    Problem.CONNECTION: _("The connection failed."),
    Problem.SWITCHED_OFF: _("The webhook was switched off."),
}
_REDIRECTS = _("The server redirects (%(status)s), and redirects are not followed.")


def problem_of(delivery: Delivery) -> str:
    """Return why the last attempt failed, in words; nothing if it did not."""
    status = delivery.status_code
    if not delivery.problem:
        return ""
    if delivery.problem == Problem.PRIVATE_ADDRESS:
        return str(NOT_PUBLIC) % {"address": delivery.problem_detail}
    is_redirect = status is not None and 300 <= status < 400
    words = _REDIRECTS if is_redirect else _WORDS[delivery.problem]
    return str(words) % {"status": status, "detail": delivery.problem_detail}
