"""A clone of an event: all that was set up in it, nothing that was sold, nothing shared."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from apiclient import Api, at
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Item, ItemVariation, Quota
from counterfoil.layouts.models import Background, TicketLayoutItem
from gate import make_list
from makers import (
    make_event,
    make_item,
    make_layout,
    make_order,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
    make_variation,
    text_element,
)


def new(**given: Any) -> dict[str, Any]:
    return {
        "name": {"en": "Next year"},
        "slug": "next",
        "date_from": "2028-06-12T16:00:00Z",
        **given,
    }


def clone(api: Api, event: Event, **given: Any) -> Event:
    answer = api.post(at(event, "clone/"), json=new(**given))
    assert answer.status_code == 201, answer.content
    return Event.objects.get(organizer=event.organizer, slug=answer.json()["slug"])


@pytest.fixture
def filled(event: Event) -> Event:
    """An event with all that can be set up."""
    Event.objects.filter(pk=event.pk).update(
        currency="CHF",
        settings={"name_scheme": "given_family", "ticket_download": True},
        region="CH",
        locale="de",
        meta_data={"a": "b"},
        item_meta_properties={"door": "A"},
        presale_end=datetime(2027, 6, 1, tzinfo=UTC),
        geo_lat=1.0,
    )
    event.refresh_from_db()
    rule = make_tax_rule(event, default=True)
    extras = event.categories.create(name={"en": "Extras"}, is_addon=True)
    box = event.organizer.sales_channels.create(identifier="api.box", label={"en": "Box"})
    plain = make_item(event, quota=5, tax_rule=rule, name={"en": "Plain"}, picture="pictures/a.png")
    varied = make_item(
        event, name={"en": "Varied"}, category=extras, all_sales_channels=False, position=1
    )
    varied.limit_sales_channels.add(box)
    variation = make_variation(varied, default_price=Decimal(7), value={"en": "Front"})
    extras.extra = {"cross_selling_match_products": [plain.pk]}
    extras.save()
    quota = plain.quotas.get()
    quota.closed = True
    quota.save()
    plain.extra = {
        "addons": [{"addon_category": extras.pk, "max_count": 2}],
        "bundles": [{"bundled_item": varied.pk, "bundled_variation": variation.pk, "count": 1}],
        "hidden_if_available": quota.pk,
        "hidden_if_item_available": varied.pk,
        "free_price": True,
    }
    plain.save()
    size = event.questions.create(identifier="SIZE", question={"en": "Size?"}, type="C")
    size.options.create(identifier="M", answer={"en": "Medium"})
    size.items.add(plain)
    event.questions.create(
        identifier="WHY", question={"en": "Why?"}, extra={"dependency_question": size.pk}
    )
    background = Background.objects.create(
        event=event, sha256="x" * 64, original="backgrounds/o.pdf", compiled="backgrounds/o.c"
    )
    layout = make_layout(
        event,
        default=True,
        background=background,
        layout=[text_element(content=f"question_{size.pk}"), text_element(content="question_SIZE")],
    )
    TicketLayoutItem.objects.create(layout=layout, item=plain, sales_channel=box)
    make_list(
        event,
        all_products=False,
        limit_products=[varied],
        allow_multiple_entries=True,
        rules={
            "or": [
                {
                    "inList": [
                        {"var": "product"},
                        {"objectList": [{"lookup": ["product", str(plain.pk), "Plain"]}]},
                    ]
                },
                {"==": [{"var": "variation"}, variation.pk]},
                {"==": [{"var": "entries_number"}, plain.pk]},
            ]
        },
    )
    make_order(event, items=[plain, plain])
    event.revoked_secrets.create(secret="old")
    return event


def test_an_event_is_cloned_with_its_settings(api: Api, filled: Event) -> None:
    made = clone(api, filled)

    for name in ("currency", "timezone", "locale", "locales", "region", "settings", "meta_data"):
        assert getattr(made, name) == getattr(filled, name)
    assert made.item_meta_properties == {"door": "A"}
    assert made.plugins == filled.plugins
    assert (made.live, made.presale_end, made.location, made.geo_lat) == (False, None, None, None)
    assert made.date_from == datetime(2028, 6, 12, 16, tzinfo=UTC)


def test_what_is_sent_wins_over_what_is_copied(api: Api, filled: Event) -> None:
    made = clone(
        api,
        filled,
        currency="EUR",
        timezone="UTC",
        is_public=False,
        testmode=True,
        plugins=[],
        sales_channels=["api.box"],
        location={"en": "Elsewhere"},
    )

    assert (made.currency, made.timezone, made.is_public, made.testmode) == (
        *("EUR", "UTC", False, True),
    )
    assert (made.plugins, made.location) == ([], {"en": "Elsewhere"})
    assert [each.identifier for each in made.limit_sales_channels.all()] == ["api.box"]


def test_products_are_copied_and_speak_of_each_other(api: Api, filled: Event) -> None:
    made = clone(api, filled)

    plain, varied = made.items.order_by("position")
    category, variation = made.categories.get(), ItemVariation.objects.get(item=varied)
    quota = plain.quotas.get()
    assert made.tax_rules.get() == plain.tax_rule
    assert (varied.category, variation.value, variation.price) == (category, {"en": "Front"}, 7)
    assert [each.identifier for each in varied.limit_sales_channels.all()] == ["api.box"]
    assert (quota.size, quota.closed, quota.event) == (5, False, made)
    assert list(Quota.objects.get(variations=variation).items.all()) == [varied]
    assert category.extra == {"cross_selling_match_products": [plain.pk]}
    assert plain.picture == "pictures/a.png"
    assert plain.extra == {
        "addons": [{"addon_category": category.pk, "max_count": 2}],
        "bundles": [{"bundled_item": varied.pk, "bundled_variation": variation.pk, "count": 1}],
        "hidden_if_available": quota.pk,
        "hidden_if_item_available": varied.pk,
        "free_price": True,
    }


def test_questions_and_layouts_are_copied(api: Api, filled: Event) -> None:
    made = clone(api, filled)

    size, why = made.questions.order_by("pk")
    plain = made.items.get(position=0)
    layout = made.ticket_layouts.get()
    assert [each.identifier for each in size.options.all()] == ["M"]
    assert list(size.items.all()) == [plain]
    assert why.extra == {"dependency_question": size.pk}
    assert layout.default
    assert [each["content"] for each in layout.layout] == [f"question_{size.pk}", "question_SIZE"]
    assert layout.background is not None
    assert layout.background.event == made
    assert layout.background.original == "backgrounds/o.pdf"
    assignment = layout.item_assignments.get()
    assert (assignment.item, assignment.sales_channel.identifier) == (plain, "api.box")


def test_check_in_lists_are_copied_with_rules_about_the_copies(api: Api, filled: Event) -> None:
    made = clone(api, filled)

    plain, varied = made.items.order_by("position")
    copied = made.checkin_lists.get()
    assert list(copied.limit_products.all()) == [varied]
    assert copied.allow_multiple_entries
    product, variation, entries = copied.rules["or"]
    assert product["inList"][1] == {"objectList": [{"lookup": ["product", str(plain.pk), "Plain"]}]}
    assert variation["=="][1] == varied.variations.get().pk
    assert entries == filled.checkin_lists.get().rules["or"][2]


def test_nothing_that_was_sold_is_copied(api: Api, filled: Event) -> None:
    made = clone(api, filled)

    assert not made.orders.exists()
    assert not made.revoked_secrets.exists()
    assert api.delete(at(made)).status_code == 204
    assert filled.items.count() == 2
    assert filled.checkin_lists.get().rules["or"][1]["=="][1] == (
        ItemVariation.objects.get(item__event=filled).pk
    )


def test_a_series_is_cloned_without_its_dates(api: Api, event: Event) -> None:
    series = make_event(event.organizer, has_subevents=True)
    item, date = make_item(series), make_subevent(series)
    make_quota(series, size=1, items=[item], subevent=date)
    make_list(series, name="Every date")
    make_list(series, name="One date", subevent=date)

    made = clone(api, series)

    assert made.has_subevents
    assert (made.items.count(), made.subevents.count(), made.quotas.count()) == (1, 0, 0)
    assert [each.name for each in made.checkin_lists.all()] == ["Every date"]


def test_a_plain_event_cloned_as_a_series_has_no_quota_without_a_date(
    api: Api, filled: Event
) -> None:
    made = clone(api, filled, has_subevents=True)

    assert (made.has_subevents, made.items.count(), made.quotas.count()) == (True, 2, 0)
    assert made.items.get(position=0).extra["hidden_if_available"] is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"slug": "taken"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"date_from": None}, "date_from"),
        ({"date_to": "2020-01-01T00:00:00Z"}, "date_to"),
        ({"currency": "XXY"}, "currency"),
    ],
)
def test_what_cannot_be_cloned_leaves_nothing_behind(
    api: Api, filled: Event, given: dict[str, Any], field: str
) -> None:
    make_event(filled.organizer, slug="taken")

    answer = api.post(at(filled, "clone/"), json=new(**given))

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert Event.objects.count() == 2
    assert Item.objects.count() == 2


def test_a_clone_lacks_what_nobody_sent(api: Api, event: Event) -> None:
    answer = api.post(at(event, "clone/"), json={})

    assert answer.status_code == 400
    assert sorted(answer.json()) == ["date_from", "name", "slug"]


def test_cloning_needs_the_right_to_make_events(event: Event) -> None:
    editor = make_team(event.organizer, permissions=["event.settings.general:write"])
    maker = make_team(event.organizer, permissions=["organizer.events:create"], all_events=False)
    maker.limit_events.add(event)
    hidden = make_event(event.organizer)
    makers = Api(make_token(maker)[1])

    assert Api(make_token(editor)[1]).post(at(event, "clone/"), json=new()).status_code == 403
    assert makers.post(at(hidden, "clone/"), json=new()).status_code == 403
    made = clone(makers, event)
    assert makers.get(at(made)).status_code == 200


def test_a_clone_is_in_the_log(api: Api, event: Event) -> None:
    made = clone(api, event)

    entry = LogEntry.objects.get(action="counterfoil.event.added")
    assert (entry.object_id, entry.data["cloned_from"]) == (str(made.pk), event.slug)


def test_every_kind_of_row_of_an_event_is_copied_or_known_not_to_be(
    api: Api, filled: Event
) -> None:
    """A new kind must be given to ``cloning.register``, or be named here."""
    sold = {"Order", "OrderPosition", "OfflineSalesBatch", "BatchRequest", "RenderRequest"}
    sold |= {"Consignment", "SellerPayment", "Statement"}
    sold |= {"ActionRequest", "HandOut", "NumberReport", "StockDocument", "StockEvent"}
    sold |= {"ExportRequest"}
    gate = {"RevokedSecret", "BlockedSecret", "SecretListReading"}
    # Pictures are copied with the layouts that name them.
    others = {"SubEvent", "LogEntry", "Picture"}

    made = clone(api, filled)

    not_copied = set()
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if column.related_model is Event:
                rows = model._base_manager.filter(**{column.name: made})
                if not rows.exists():
                    not_copied.add(model.__name__)
    assert not_copied <= sold | gate | others
