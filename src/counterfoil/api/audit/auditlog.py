"""Who did what in an organizer. Ours; pretix has no such resource."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.framework.views import ListView, OrganizerView, organizer_routes
from counterfoil.audit import queries
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event


class LogEntrySerializer(serializers.ModelSerializer[LogEntry]):
    event = serializers.SlugRelatedField[Event](slug_field="slug", read_only=True, allow_null=True)
    who = serializers.SerializerMethodField()
    object = serializers.CharField(source="object_repr")

    class Meta:
        model = LogEntry
        fields = (
            "id",
            "datetime",
            "event",
            "actor",
            "who",
            "action",
            "kind",
            "object_id",
            "object",
            "data",
        )

    def get_who(self, entry: LogEntry) -> str | None:
        who = entry.token or entry.device or entry.user
        return str(who) if who else None


class LogEntryFilters(django_filters.FilterSet):  # type: ignore[misc]
    event = django_filters.CharFilter(field_name="event__slug")
    actor = django_filters.CharFilter(field_name="actor")
    action = django_filters.CharFilter(field_name="action")
    kind = django_filters.CharFilter(field_name="kind")
    object_id = django_filters.CharFilter(field_name="object_id")
    since = django_filters.IsoDateTimeFilter(field_name="datetime", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="datetime", lookup_expr="lt")


class AuditLogView(ListView, OrganizerView[LogEntry]):
    """What was changed, by whom, newest first."""

    verbose_name = "audit log entry"
    example = {
        "id": 12,
        "datetime": "2026-10-01T10:00:00Z",
        "event": "democon",
        "actor": "token:5",
        "who": "Box office",
        "action": "counterfoil.quota.changed",
        "kind": "quota",
        "object_id": "3",
        "object": "Workshop",
        "data": {"size": 120},
    }
    serializer_class = LogEntrySerializer
    filterset_class = LogEntryFilters
    read_permissions = ("organizer.settings.general:write",)

    def get_queryset(self) -> QuerySet[LogEntry]:
        return queries.entries_for(self.actor, self.organizer)


routes = organizer_routes("auditlog", AuditLogView, name="auditlog")
