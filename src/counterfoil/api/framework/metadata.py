"""What OPTIONS answers: REST framework's description, but of what is accepted."""

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
        accepted = self.get_serializer_info(form(context=view.get_serializer_context()))
        return {method: _merged(output, accepted) for method, output in described.items()}


def _merged(output: dict[str, Any], accepted: dict[str, Any]) -> dict[str, Any]:
    """Describe all fields of the output; those that are not accepted are read-only."""
    read_only = {"required": False, "read_only": True}
    return {name: {**field, **read_only} for name, field in output.items()} | accepted
