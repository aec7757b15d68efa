"""What OPTIONS answers: REST framework's description, also of views without a form to describe."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request


class Description(SimpleMetadata):
    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        from rest_framework.generics import GenericAPIView  # it reads this module to be made

        own = type(view).get_serializer_class is not GenericAPIView.get_serializer_class
        if view.serializer_class is None and not own:
            return {}
        return super().determine_actions(request, view)
