"""Questions that the positions of an order answer. Scanner apps read them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.catalog.examples import QUESTION
from counterfoil.api.framework.extra_fields import ExtraField, flag
from counterfoil.api.framework.fields import Exact, Moment, Reference, TranslatedText, Whole
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog import queries, questions
from counterfoil.catalog.models import Question, QuestionOption


class OptionSerializer(serializers.ModelSerializer[QuestionOption]):
    """One of the answers that a choice offers."""

    identifier = serializers.CharField(required=False, allow_null=True, max_length=190)
    answer = TranslatedText()
    position = Whole(required=False)

    class Meta:
        model = QuestionOption
        fields = ("id", "identifier", "answer", "position")


def _bound(inner: serializers.Field[Any, Any, Any, Any]) -> ExtraField:
    return ExtraField(inner, None)


class QuestionSerializer(serializers.ModelSerializer[Question]):
    question = TranslatedText()
    type = serializers.ChoiceField(choices=Question.Type.values)
    items = Reference("items", many=True, required=False)
    options = OptionSerializer(many=True, required=False)
    position = Whole(required=False)
    identifier = serializers.CharField(required=False, max_length=190)
    help_text = TranslatedText(  # type: ignore[assignment]
        required=False, allow_null=True, allow_blank=True
    )
    dependency_question = _bound(serializers.IntegerField(allow_null=True))
    dependency_values = ExtraField(serializers.ListField(child=serializers.CharField()), [])
    dependency_value = _bound(serializers.CharField(allow_null=True))
    print_on_invoice = flag()
    show_during_checkin = flag()
    valid_number_min = _bound(Exact(allow_null=True, max_digits=30, decimal_places=6))
    valid_number_max = _bound(Exact(allow_null=True, max_digits=30, decimal_places=6))
    valid_date_min = _bound(serializers.DateField(allow_null=True))
    valid_date_max = _bound(serializers.DateField(allow_null=True))
    valid_datetime_min = _bound(Moment(allow_null=True))
    valid_datetime_max = _bound(Moment(allow_null=True))
    valid_string_length_max = _bound(serializers.IntegerField(allow_null=True, min_value=0))
    valid_file_portrait = flag()

    class Meta:
        model = Question
        fields = (
            "id",
            "question",
            "type",
            "required",
            "items",
            "options",
            "position",
            "ask_during_checkin",
            "show_during_checkin",
            "identifier",
            "dependency_question",
            "dependency_values",
            "hidden",
            "dependency_value",
            "print_on_invoice",
            "help_text",
            "valid_number_min",
            "valid_number_max",
            "valid_date_min",
            "valid_date_max",
            "valid_datetime_min",
            "valid_datetime_max",
            "valid_string_length_max",
            "valid_file_portrait",
        )

    def create(self, validated_data: Any) -> Question:
        question = Question(event=validated_data.pop("event"))
        return self._save(question, validated_data)

    def update(self, instance: Question, validated_data: Any) -> Question:
        return self._save(instance, validated_data)

    def _save(self, question: Question, values: dict[str, Any]) -> Question:
        options = values.pop("options", None)
        saved = questions.save_question(question=question, fields=values, options=options)
        return queries.questions_of(saved.event).get(pk=saved.pk)


class QuestionFilters(django_filters.FilterSet):  # type: ignore[misc]
    identifier = django_filters.CharFilter()
    required = Flag()
    ask_during_checkin = Flag()


class QuestionView(ListView, DetailView, WritingViews, EventView[Question]):
    """Questions for buyers or for the staff at the gate."""

    verbose_name = "question"
    example = QUESTION
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilters
    ordering_fields = ("id", "position")
    write_permissions = ("event.items:write",)
    log_as = log_kind = "question"

    def get_queryset(self) -> QuerySet[Question]:
        return queries.questions_of(self.event)


routes = event_routes("questions", QuestionView, name="question")
