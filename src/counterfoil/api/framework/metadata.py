"""What OPTIONS answers: REST framework's description, but of what is sent."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request


class Metadata(SimpleMetadata):
    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        from rest_framework.generics import GenericAPIView  # it reads this module to be made

        own = type(view).get_serializer_class is not GenericAPIView.get_serializer_class
        if view.serializer_class is None and not own:
            return {}
        described: dict[str, Any] = super().determine_actions(request, view)
        form = getattr(view, "input_serializer_class", None)
        if form is None:
            return described
        sent = self.get_serializer_info(form(context=view.get_serializer_context()))
        return {method: _merged(shown, sent) for method, shown in described.items()}


def _merged(shown: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Describe what is shown; what is sent is described as it is sent, the rest is read-only."""
    kept = {"required": False, "read_only": True}
    return {name: {**field, **kept} for name, field in shown.items()} | sent
