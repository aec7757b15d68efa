"""Webhooks of an organizer: set up, changed, and what became of each message."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.core.refusals import Conflict
from counterfoil.web.framework.filters import Filter
from counterfoil.web.framework.shown_once import shown_once
from counterfoil.web.framework.views import ConfirmPage, FormPage, OrganizerPage, organizer_routes
from counterfoil.web.webhooks.forms import WebhookForm
from counterfoil.webhooks import queries, services
from counterfoil.webhooks.actions import LABELS
from counterfoil.webhooks.models import Delivery, Webhook

_SECRET = _(
    "Copy it now: it is shown only this once. With it the receiver checks that a message comes from"
    " here: each carries a signature in the header “Webhook-Signature”."
)

_STATES = (
    ("", _("All")),
    ("waiting", _("waiting")),
    ("delivered", _("delivered")),
    ("failed", _("failed")),
)


class WebhooksPage(OrganizerPage):
    read_permissions = write_permissions = ("organizer.settings.general:write",)


class WebhookPage(WebhooksPage):
    """A page about one webhook."""

    webhook: Webhook

    def find_scope(self) -> None:
        super().find_scope()
        visible = queries.webhooks_of(self.organizer, self.actor)
        self.webhook = get_object_or_404(visible, pk=self.kwargs["webhook"])
        self.webhook.organizer = self.organizer

    def webhook_link(self) -> str:
        return self.link("webhook", self.webhook.pk)


class Webhooks(WebhooksPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = queries.webhooks_of(self.organizer, self.actor)
        waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING))
        failed = Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED))
        rows = self.rows(found.annotate(waiting=waiting, failed=failed))
        return self.render("web/webhooks/list.html", {"rows": rows})


class WebhookDetail(WebhookPage):
    history = ("webhook", "webhook")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = queries.deliveries_of(self.webhook)
        state = self.asked("state")
        if state in Delivery.State.values:
            found = found.filter(state=state)
        rows = self.rows(found)
        known = {
            "webhook": self.webhook,
            "limit_events": self.webhook.limit_events.order_by("-date_from", "pk"),
            "actions": [LABELS[name] for name in self.webhook.action_types if name in LABELS],
            "rows": rows,
            "deliveries": [
                (each, LABELS.get(each.notification.action), queries.problem_of(each))
                for each in rows.object_list
            ],
            "filters": [Filter.of("state", _("State"), _STATES, state)],
        }
        return self.render("web/webhooks/detail.html", known)


class _WebhookForm(FormPage, WebhooksPage):
    webhook: Webhook | None = None

    def form(self, *sent: Any) -> WebhookForm:
        events = self.actor.events(self.organizer)
        return WebhookForm(*sent, webhook=self.webhook, events=events)


class WebhookAdd(_WebhookForm):
    title = _("New webhook")
    button = _("Create webhook")

    def more(self) -> dict[str, Any]:
        return {"back": self.link("webhooks")}

    def send(self, form: WebhookForm) -> HttpResponse:
        webhook = services.create_webhook(
            organizer=self.organizer, fields=form.values(), actor=self.actor
        )
        self.record("added", webhook, kind="webhook", data={"fields": sorted(form.changed_data)})
        return shown_once(
            self,
            title=_("Secret of the new webhook"),
            explanation=_SECRET,
            secret=webhook.secret,
            back=self.link("webhook", webhook.pk),
        )


class WebhookEdit(_WebhookForm, WebhookPage):
    title = _("Change webhook")
    webhook: Webhook

    def more(self) -> dict[str, Any]:
        return {"back": self.webhook_link()}

    def send(self, form: WebhookForm) -> HttpResponse:
        changed = services.change_webhook(
            webhook=self.webhook, fields=form.values(), actor=self.actor
        )
        self.record("changed", changed, kind="webhook", data={"fields": sorted(form.changed_data)})
        return self.go("webhook", changed.pk, said=_("The webhook was changed."))


class WebhookSecret(ConfirmPage, WebhookPage):
    button = _("Make a new secret")

    def question(self) -> Any:
        return _("Make a new secret for “%(address)s”?") % {"address": self.webhook.target_url}

    def consequence(self) -> Any:
        return _("The receiver needs the new one at once: the old one no longer signs messages.")

    def back(self) -> str:
        return self.webhook_link()

    def carry_out(self) -> HttpResponse:
        secret = services.renew_secret(webhook=self.webhook, actor=self.actor)
        return shown_once(
            self,
            title=_("New secret of the webhook"),
            explanation=_SECRET,
            secret=secret,
            back=self.webhook_link(),
        )


class WebhookDelete(ConfirmPage, WebhookPage):
    def question(self) -> Any:
        return _("Delete the webhook “%(address)s”?") % {"address": self.webhook.target_url}

    def consequence(self) -> Any:
        return _("What waits to be sent is not sent any more, and its list of messages is lost.")

    def back(self) -> str:
        return self.webhook_link()

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.webhook, kind="webhook")
        services.delete_webhook(webhook=self.webhook)
        return self.go("webhooks", said=_("The webhook was deleted."))


class DeliveryRepeat(WebhookPage):
    """Sends a message again, and goes back to the list."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        delivery = get_object_or_404(self.webhook.deliveries, pk=kwargs["delivery"])
        delivery.webhook = self.webhook
        try:
            with transaction.atomic():
                services.repeat_delivery(delivery=delivery, actor=self.actor)
        except Conflict as refusal:
            messages.warning(request, str(refusal))
            return self.go("webhook", self.webhook.pk)
        return self.go("webhook", self.webhook.pk, said=_("It will be sent again."))


routes = organizer_routes(
    path("webhooks/", Webhooks.as_view(), name="webhooks"),
    path("webhooks/add/", WebhookAdd.as_view(), name="webhook-add"),
    path("webhooks/<int:webhook>/", WebhookDetail.as_view(), name="webhook"),
    path("webhooks/<int:webhook>/edit/", WebhookEdit.as_view(), name="webhook-edit"),
    path("webhooks/<int:webhook>/secret/", WebhookSecret.as_view(), name="webhook-secret"),
    path("webhooks/<int:webhook>/delete/", WebhookDelete.as_view(), name="webhook-delete"),
    path(
        "webhooks/<int:webhook>/deliveries/<uuid:delivery>/repeat/",
        DeliveryRepeat.as_view(),
        name="webhook-repeat",
    ),
)
