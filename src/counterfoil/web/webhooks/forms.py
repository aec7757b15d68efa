"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.web.accounts.forms.teams import EventsForm
from counterfoil.webhooks.actions import LABELS
from counterfoil.webhooks.addresses import LONGEST
from counterfoil.webhooks.models import Webhook


class WebhookForm(EventsForm):
    """Actions that a client has chosen and that never happen here are not shown, and stay."""

    target_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        help_text=gettext_lazy("Where messages are sent, as “https://example.org/hook”."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    action_types = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        choices=list(LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("What it is for, to know it by."),
    )
    enabled = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)
    field_order = (
        "target_url",
        "comment",
        "enabled",
        "action_types",
        "all_events",
        "limit_events",
    )

    def __init__(self, *sent: Any, webhook: Webhook | None, **given: Any) -> None:
        chosen = list(webhook.limit_events.all()) if webhook else []
        super().__init__(*sent, chosen=chosen, initial=_initial(webhook, chosen), **given)
        present = webhook.action_types if webhook else []
        self._never_sent = [name for name in present if name not in LABELS]

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if not fields.get("all_events") and "limit_events" not in self.errors and not self.events():
            self.add_error("all_events", _("Choose at least one event, or all events."))
        return fields

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "target_url": given["target_url"],
            "comment": given["comment"] or None,
            "enabled": given["enabled"],
            "action_types": [*given["action_types"], *self._never_sent],
            "all_events": given["all_events"],
            "limit_events": [] if given["all_events"] else self.events(),
        }


def _initial(webhook: Webhook | None, chosen: list[Any]) -> dict[str, Any]:
    if webhook is None:
        return {"all_events": True, "enabled": True}
    return {
        "target_url": webhook.target_url,
        "comment": webhook.comment or "",
        "enabled": webhook.enabled,
        "action_types": webhook.action_types,
        "all_events": webhook.all_events,
        "limit_events": chosen,
    }
