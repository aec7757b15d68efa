"""``ticketlayoutitems``, read-only as pretix has it, and our own ``layoutassignments``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import ChannelReference, Reference
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.layouts import services
from counterfoil.layouts.models import TicketLayoutItem

_EXAMPLE = {"id": 1, "layout": 2, "item": 3, "sales_channel": "web"}


class LayoutAssignmentSerializer(serializers.ModelSerializer[TicketLayoutItem]):
    layout = serializers.IntegerField(source="layout_id")
    item = serializers.IntegerField(source="item_id")
    sales_channel = serializers.CharField(source="sales_channel.identifier")

    class Meta:
        model = TicketLayoutItem
        fields = ("id", "layout", "item", "sales_channel")


class NewLayoutAssignmentSerializer(serializers.Serializer[TicketLayoutItem]):
    layout = Reference("ticket_layouts")
    item = Reference("items")
    sales_channel = ChannelReference()


class TicketLayoutItemView(ListView, DetailView, EventView[TicketLayoutItem]):
    verbose_name = "assignment of a ticket layout"
    example = _EXAMPLE
    serializer_class = LayoutAssignmentSerializer

    def get_queryset(self) -> QuerySet[TicketLayoutItem]:
        assignments = TicketLayoutItem.objects.filter(layout__event=self.event)
        return assignments.select_related("sales_channel").order_by("pk")


class LayoutAssignmentView(TicketLayoutItemView):
    """Assignments that can be made and removed."""

    input_serializer_class = NewLayoutAssignmentSerializer
    write_permissions = ("event.settings.general:write",)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = NewLayoutAssignmentSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        assignment = services.assign_layout(actor=self.actor, **serializer.validated_data)
        return Response(self.get_serializer(assignment).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        services.unassign_layout(actor=self.actor, assignment=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


routes = [
    *event_routes("ticketlayoutitems", TicketLayoutItemView, name="ticketlayoutitem"),
    *event_routes("layoutassignments", LayoutAssignmentView, name="layoutassignment"),
]
