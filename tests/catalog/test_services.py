"""The rules of the catalog, as any door meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from counterfoil.catalog import (
    dates,
    eventsettings,
    products,
    queries,
    questions,
    quotas,
    saving,
    services,
)
from counterfoil.catalog.models import Event, Item, Question, Quota, SubEvent
from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid
from makers import (
    make_event,
    make_item,
    make_order,
    make_organizer,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_variation,
)

BEGIN = datetime(2027, 6, 12, 16, tzinfo=UTC)


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


@pytest.fixture
def series(db: None) -> Event:
    return make_event(has_subevents=True)


def test_an_event_speaks_its_own_language(event: Event) -> None:
    made = services.create_event(
        organizer=event.organizer,
        fields={"slug": "new", "name": {"de": "Neu"}, "date_from": BEGIN, "locale": "de"},
    )

    assert made.locales == ["de"]
    assert str(made) == "Neu"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"currency": "XQZ"}, "currency"),
        ({"date_to": BEGIN - timedelta(days=1)}, "date_to"),
        ({"slug": "other"}, "slug"),
        ({"has_subevents": True}, "has_subevents"),
    ],
)
def test_an_event_cannot_become_what_makes_no_sense(event: Event, fields, field) -> None:
    with pytest.raises(Invalid) as refused:
        services.change_event(event=event, fields=fields)

    assert list(refused.value.problems) == [field]


def test_the_same_slug_is_free_in_another_organizer(event: Event) -> None:
    fields = {"slug": event.slug, "name": {"en": "x"}, "date_from": BEGIN}

    made = services.create_event(organizer=make_organizer(), fields=fields)

    assert made.slug == event.slug


def test_deleting_an_event_takes_all_that_was_set_up_in_it(event: Event) -> None:
    item = make_item(event, tax_rule=make_tax_rule(event), quota=3)
    make_variation(item)

    services.delete_event(event=event)

    assert not Event.objects.exists()
    assert not Quota.objects.exists()


def test_an_event_with_orders_is_left_whole(event: Event) -> None:
    make_order(event, items=[make_item(event)])

    with pytest.raises(Forbidden, match="orders"):
        services.delete_event(event=event)

    assert event.items.count() == 1


def test_what_two_delete_at_once_is_deleted_by_one(event: Event) -> None:
    first = make_quota(event, size=1, items=[])
    second = Quota.objects.get(pk=first.pk)
    quotas.delete_quota(quota=first)

    with pytest.raises(Gone):
        quotas.delete_quota(quota=second)


@pytest.mark.django_db(transaction=True)
def test_what_was_sold_just_now_is_not_deleted() -> None:
    item = make_item(make_event())

    def sell_first(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith('DELETE FROM "catalog_item"'):  # what depends on it was looked for before
            make_order(item.event, items=[item])
        return execute(sql, *rest)

    with connection.execute_wrapper(sell_first), pytest.raises(Conflict):
        saving.delete(item)

    assert Item.objects.exists()


def test_what_is_carried_is_kept_beside_what_is_given_anew(event: Event) -> None:
    item = make_item(event, extra={"free_price": True, "min_per_order": 2})

    products.save_item(item=item, fields={"extra": {"min_per_order": 3}})

    item.refresh_from_db()
    assert item.extra == {"free_price": True, "min_per_order": 3}


def test_a_new_item_brings_its_variations(event: Event) -> None:
    item = products.create_item(
        event=event,
        fields={"name": {"en": "Shirt"}, "default_price": Decimal(5)},
        variations=[{"value": {"en": "S"}}, {"value": {"en": "M"}, "default_price": Decimal(6)}],
    )

    assert [variation.price for variation in item.variations.order_by("pk")] == [5, 6]


def test_an_item_cannot_stop_being_sold_before_it_starts(event: Event) -> None:
    item = make_item(event, available_from=BEGIN)

    with pytest.raises(Invalid, match="available"):
        products.save_item(item=item, fields={"available_until": BEGIN - timedelta(hours=1)})


def test_a_quota_counts_only_what_fits_together(event: Event, series: Event) -> None:
    item, foreign = make_item(event), make_item(series)
    varied = make_variation(make_item(event))
    date = make_subevent(series)
    wrong = [
        {"items": [foreign]},
        {"items": [item], "variations": [varied]},
        {"items": [varied.item]},
        {"items": [item], "subevent": date},
    ]

    for fields in wrong:
        with pytest.raises(Invalid):
            quotas.save_quota(quota=Quota(event=event, name="x"), fields=fields)
    with pytest.raises(Invalid, match="one of its dates"):
        quotas.save_quota(quota=Quota(event=series, name="x"), fields={"items": [foreign]})

    assert not Quota.objects.filter(name="x").exists()


def test_a_quotas_date_is_of_its_own_series(series: Event) -> None:
    other = make_subevent(make_event(has_subevents=True))

    with pytest.raises(Invalid, match="does not belong"):
        quotas.save_quota(quota=Quota(event=series, name="x"), fields={"subevent": other})


def test_a_quota_keeps_what_is_not_given(event: Event) -> None:
    item = make_item(event, quota=False)
    quota = make_quota(event, size=1, items=[item])

    quotas.save_quota(quota=quota, fields={"size": 9})

    quota.refresh_from_db()
    assert quota.size == 9
    assert list(quota.items.all()) == [item]


def test_only_a_series_has_dates(event: Event) -> None:
    with pytest.raises(Invalid, match="not a series"):
        dates.create_subevent(event=event, fields={"name": {"en": "x"}, "date_from": BEGIN})


def test_a_refused_date_leaves_the_old_prices(series: Event) -> None:
    item, date = make_item(series), make_subevent(series)
    date.item_overrides.create(item=item, price=5)
    twice = [{"item": item, "price": 1}, {"item": item, "price": 2}]

    with pytest.raises(Invalid):
        dates.change_subevent(subevent=date, fields={"comment": "x"}, items=twice)

    assert date.item_overrides.get().price == 5
    assert SubEvent.objects.get().comment == ""


def test_a_question_gets_an_identifier(event: Event) -> None:
    question = questions.save_question(
        question=Question(event=event), fields={"question": {"en": "Why?"}}
    )

    assert len(question.identifier) == 8
    assert question.identifier in str(Question.objects.values())


def test_an_identifier_is_used_once_in_an_event(event: Event) -> None:
    event.questions.create(identifier="Q", question={"en": "x"})

    with pytest.raises(Invalid, match="already"):
        questions.save_question(question=Question(event=event), fields={"identifier": "Q"})


def test_settings_are_what_was_changed_over_the_defaults(event: Event) -> None:
    eventsettings.change_settings(
        event=event, changes={"ticket_download": True, "locales": ["de"], "unknown": 5}
    )

    event.refresh_from_db()
    shown = eventsettings.settings_of(event)
    assert event.settings == {"ticket_download": True}
    assert shown["ticket_download"] is True
    assert shown["locales"] == ["de"]
    assert shown["max_items_per_order"] == eventsettings.DEFAULTS["max_items_per_order"]


def test_every_default_would_be_accepted(event: Event) -> None:
    eventsettings.change_settings(event=event, changes=eventsettings.settings_of(event))

    assert eventsettings.settings_of(event) == eventsettings.settings_of(Event.objects.get())


def test_a_date_that_is_repeated_by_days_keeps_its_time_on_the_clock(series: Event) -> None:
    # Summer time begins in the night to the 28th: eight in Berlin is 19:00, then 18:00 UTC.
    date = make_subevent(series, date_from=datetime(2027, 3, 27, 19, tzinfo=UTC))

    made = dates.repeat_subevent(subevent=date, every_days=1, times=2, with_quotas=False)

    assert [each.date_from.astimezone(UTC) for each in made] == [
        datetime(2027, 3, 28, 18, tzinfo=UTC),
        datetime(2027, 3, 29, 18, tzinfo=UTC),
    ]


def test_a_repeated_date_shares_nothing_with_its_model(series: Event) -> None:
    item = make_item(series)
    date = make_subevent(series)
    quota = make_quota(series, size=5, items=[item], subevent=date, closed=True)

    (made,) = dates.repeat_subevent(subevent=date, every_days=7, times=1, with_quotas=True)

    copy = made.quotas.get()
    assert copy.pk != quota.pk
    assert not copy.closed
    assert date.quotas.get() == quota


@pytest.mark.parametrize("times", [0, -1, 367])
def test_dates_are_not_made_without_end(series: Event, times: int) -> None:
    with pytest.raises(Invalid):
        dates.repeat_subevent(
            subevent=make_subevent(series), every_days=7, times=times, with_quotas=False
        )


@pytest.mark.parametrize("words", ["übers", "100%", "_", "\\o/", "Ü"])
def test_words_are_found_in_translated_texts(event: Event, words: str) -> None:
    make_event(event.organizer)
    found = make_event(event.organizer, name={"de": "Übersee 100%_ \\o/"})

    assert list(Event.objects.filter(queries.containing(words, "name"))) == [found]
