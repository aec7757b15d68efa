"""Products with their variations, prices and pictures; categories and tax rules."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Item, ItemCategory, ItemVariation
from makers import make_item, make_order, make_position, make_tax_rule, make_variation
from pageforms import untouched


def sent(*variations: dict[str, Any], **given: Any) -> dict[str, Any]:
    """What the form of a new product sends, with everything that it must say."""
    rows = {
        f"variations-{number}-{name}": value
        for number, row in enumerate(variations)
        for name, value in row.items()
    }
    return {
        "name_en": "Day ticket",
        "default_price": "34.00",
        "active": "on",
        "admission": "on",
        "position": "0",
        "all_sales_channels": "on",
        "variations-TOTAL_FORMS": str(len(variations)),
        "variations-INITIAL_FORMS": "0",
        **rows,
        **given,
    }


def picture_of(kind: str) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(stream, kind)
    return stream.getvalue()


def test_a_product_is_made_with_its_variations_in_one_form(
    pages: Client, event: Event, base: str
) -> None:
    adult = {"value_en": "Adult", "value_de": "Erwachsene", "active": "on"}
    child = {"value_en": "Child", "default_price": "12.50", "active": "on"}
    empty = {"value_en": "", "value_de": "", "default_price": "", "active": "on"}

    answer = pages.post(f"{base}items/new/", sent(adult, empty, child))

    item = event.items.get()
    assert answer.headers["Location"] == f"{base}items/"
    assert item.default_price == Decimal("34.00")
    rows = item.variations.order_by("position").values_list("value", "default_price")
    assert list(rows) == [
        ({"en": "Adult", "de": "Erwachsene"}, None),
        ({"en": "Child"}, Decimal("12.50")),
    ]
    assert LogEntry.objects.get().action == "counterfoil.item.added"


@pytest.mark.parametrize(
    ("currency", "price", "shown", "too_fine"),
    [("KWD", "1.505", "1.505", "1.5055"), ("JPY", "1000.00", "1000", "1000.5")],
)
def test_a_form_takes_and_shows_prices_with_the_decimals_of_the_currency(
    pages: Client, event: Event, base: str, currency: str, price: str, shown: str, too_fine: str
) -> None:
    event.currency = currency
    event.save()
    row = {"value_en": "Adult", "default_price": price, "active": "on"}

    refused = pages.post(f"{base}items/new/", sent(row, default_price=too_fine))
    pages.post(f"{base}items/new/", sent(row, default_price=price))

    item = event.items.get()
    page = pages.get(f"{base}items/{item.pk}/").content.decode()
    assert refused.status_code == 422
    assert (item.default_price, item.variations.get().default_price) == (Decimal(price),) * 2
    assert page.count(f'value="{shown}"') == 2


def test_one_more_row_asks_for_nothing_and_forgets_nothing(
    pages: Client, event: Event, base: str
) -> None:
    data = sent({"value_en": "Adult"}, name_en="", default_price="a lot", more_rows="1")

    answer = pages.post(f"{base}items/new/", data)

    form = answer.context["form"]
    page = answer.content.decode()
    assert answer.status_code == 200
    assert len(form.rows.forms) == 2
    assert 'value="Adult"' in page
    assert 'value="a lot"' in page
    assert "errorlist" not in page
    assert not event.items.exists()


def test_a_row_more_can_be_asked_for_without_end_but_not_beyond_reason(
    pages: Client, base: str
) -> None:
    data = sent(more_rows="1") | {"variations-TOTAL_FORMS": "1000000"}

    answer = pages.post(f"{base}items/new/", data)

    assert len(answer.context["form"].rows.forms) == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name_en": ""}, "name"),
        ({"default_price": "-1"}, "default_price"),
        ({"default_price": "NaN"}, "default_price"),
        ({"default_price": "99999999999999.00"}, "default_price"),
        ({"tax_rule": "999999999999999999999"}, "tax_rule"),
        ({"position": "99999999999"}, "position"),
        (
            {"available_from": "2027-02-01T00:00", "available_until": "2027-01-01T00:00"},
            "available_until",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Client, base: str, given: dict[str, Any], field: str
) -> None:
    answer = pages.post(f"{base}items/new/", sent(**given))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_variation_needs_a_name(pages: Client, event: Event, base: str) -> None:
    answer = pages.post(f"{base}items/new/", sent({"default_price": "5", "active": "on"}))

    assert answer.status_code == 422
    assert list(answer.context["form"].rows.errors[0]) == ["value"]
    assert not event.items.exists()


def test_a_form_without_its_rows_is_refused_and_not_an_error(pages: Client, base: str) -> None:
    assert (
        pages.post(f"{base}items/new/", {"name_en": "X", "default_price": "1"}).status_code == 422
    )


def test_a_form_sent_back_as_it_was_shown_changes_nothing(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, description={"en": "Two\nlines"}, meta_data={"door": "7"})
    item.name["fr"] = "Billet"
    item.save()
    make_variation(item, default_price=Decimal("4.00"))
    make_variation(item, active=False, position=1)
    before = [*Item.objects.values(), *ItemVariation.objects.order_by("pk").values()]

    path = f"{base}items/{item.pk}/"
    answer = pages.post(path, untouched(pages.get(path)))

    assert answer.status_code == 302
    assert [*Item.objects.values(), *ItemVariation.objects.order_by("pk").values()] == before


def test_variations_are_changed_added_and_deleted_together(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event)
    kept, gone = make_variation(item), make_variation(item, position=1)
    path = f"{base}items/{item.pk}/"
    data = untouched(pages.post(path, {**untouched(pages.get(path)), "more_rows": "1"}))

    answer = pages.post(
        path,
        {
            **data,
            "variations-0-value_en": "Stalls",
            "variations-1-delete": "on",
            "variations-2-value_en": "Balcony",
        },
    )

    assert answer.status_code == 302
    rows = item.variations.order_by("position")
    assert [row.value["en"] for row in rows] == ["Stalls", "Balcony"]
    assert rows[0].pk == kept.pk
    assert not ItemVariation.objects.filter(pk=gone.pk).exists()


def test_all_variations_can_be_replaced_at_once(pages: Client, event: Event, base: str) -> None:
    item = make_item(event)
    make_variation(item)
    path = f"{base}items/{item.pk}/"
    data = untouched(pages.post(path, {**untouched(pages.get(path)), "more_rows": "1"}))

    pages.post(path, {**data, "variations-0-delete": "on", "variations-1-value_en": "Balcony"})

    added = item.variations.get()
    assert (added.value, added.active) == ({"en": "Balcony"}, True)


def test_a_sold_variation_stays_and_so_does_everything_else(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event)
    sold, _other = make_variation(item), make_variation(item, position=1)
    make_position(make_order(event, items=[]), item, variation=sold)
    path = f"{base}items/{item.pk}/"

    answer = pages.post(
        path, {**untouched(pages.get(path)), "name_en": "New", "variations-0-delete": "on"}
    )

    item.refresh_from_db()
    assert answer.status_code == 422
    assert "was sold" in answer.content.decode()
    assert item.name["en"] != "New"
    assert item.variations.count() == 2


def test_a_variation_of_another_product_is_not_touched(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event)
    make_variation(item)
    other = make_variation(make_item(event), value={"en": "Other"})
    path = f"{base}items/{item.pk}/"
    data = {**untouched(pages.get(path)), "variations-0-id": other.pk, "variations-0-value_en": "X"}

    answer = pages.post(path, data)

    other.refresh_from_db()
    assert answer.status_code == 422
    assert other.value == {"en": "Other"}


def test_a_product_without_variations_is_offered_none(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event)

    page = pages.get(f"{base}items/{item.pk}/").content.decode()

    assert "more_rows" not in page


@pytest.mark.parametrize(
    ("kind", "name"),
    [("PNG", "Logo.PNG"), ("JPEG", "logo.jpeg"), ("WEBP", "logo.webp"), ("AVIF", "logo.avif")],
)
def test_a_picture_is_kept_and_shown(
    pages: Client, event: Event, base: str, kind: str, name: str
) -> None:
    content = picture_of(kind)
    upload = SimpleUploadedFile(name, content, f"image/{kind.lower()}")

    pages.post(f"{base}items/new/", sent(picture=upload))

    shown = pages.get(f"{base}items/{event.items.get().pk}/picture/")
    assert shown.headers["Content-Type"] == f"image/{kind.lower()}"
    assert b"".join(shown.streaming_content) == content  # type: ignore[attr-defined]


def test_what_is_no_picture_is_refused_at_its_field(pages: Client, event: Event, base: str) -> None:
    upload = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")

    answer = pages.post(f"{base}items/new/", sent(picture=upload))

    assert answer.status_code == 422
    assert answer.context["form"].errors["picture"] == ["This picture cannot be read."]
    assert not event.items.exists()


def test_a_picture_is_removed(pages: Client, event: Event, base: str) -> None:
    upload = SimpleUploadedFile("logo.png", picture_of("PNG"), "image/png")
    pages.post(f"{base}items/new/", sent(picture=upload))
    path = f"{base}items/{event.items.get().pk}/"

    pages.post(path, {**untouched(pages.get(path)), "without_picture": "on"})

    assert event.items.get().picture is None
    assert pages.get(f"{path}picture/").status_code == 404


def test_products_are_found_by_name_in_any_language(pages: Client, event: Event, base: str) -> None:
    found = make_item(event, name={"de": "Ermäßigt"})
    make_item(event)

    answer = pages.get(f"{base}items/", {"q": "ermäß"})

    assert list(answer.context["rows"]) == [found]


@pytest.mark.parametrize("amount", [1, 15])
def test_a_list_of_products_costs_the_same_for_any_number(
    pages: Client, event: Event, base: str, amount: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(amount):
        make_variation(make_item(event, tax_rule=make_tax_rule(event)))

    with django_assert_max_num_queries(18):
        assert pages.get(f"{base}items/").status_code == 200


def test_a_product_that_was_sold_stays(pages: Client, event: Event, base: str) -> None:
    item = make_item(event)
    make_order(event, items=[item])

    answer = pages.post(f"{base}items/{item.pk}/delete/")

    assert answer.status_code == 403
    assert "was sold" in answer.content.decode()
    assert Item.objects.filter(pk=item.pk).exists()


def test_a_product_is_deleted_only_after_a_question(pages: Client, event: Event, base: str) -> None:
    path = f"{base}items/{make_item(event).pk}/delete/"

    assert "Delete the product" in pages.get(path).content.decode()
    assert event.items.exists()

    pages.post(path)
    assert not event.items.exists()


def test_categories_are_made_changed_and_deleted(pages: Client, event: Event, base: str) -> None:
    pages.post(f"{base}items/categories/new/", {"name_en": "Tickets", "position": "1"})
    category = event.categories.get()
    item = make_item(event, category=category)
    path = f"{base}items/categories/{category.pk}/"

    pages.post(path, {**untouched(pages.get(path)), "name_de": "Karten"})
    assert event.categories.get().name == {"en": "Tickets", "de": "Karten"}

    pages.post(f"{path}delete/")
    item.refresh_from_db()
    assert item.category is None
    assert not ItemCategory.objects.exists()
    assert set(LogEntry.objects.values_list("action", flat=True)) == {
        "counterfoil.category.added",
        "counterfoil.category.changed",
        "counterfoil.category.deleted",
    }


def test_tax_rules_are_made_changed_and_deleted(pages: Client, event: Event, base: str) -> None:
    new = {"name_en": "VAT", "rate": "7", "price_includes_tax": "on", "default": "on"}
    pages.post(f"{base}tax-rules/new/", new)
    path = f"{base}tax-rules/{event.tax_rules.get().pk}/"

    pages.post(path, {**untouched(pages.get(path)), "rate": "19.00"})
    assert event.tax_rules.get().rate == Decimal("19.00")

    pages.post(f"{path}delete/")
    assert not event.tax_rules.exists()


def test_a_tax_rule_that_products_use_stays(pages: Client, event: Event, base: str) -> None:
    rule = make_tax_rule(event)
    make_item(event, tax_rule=rule)

    answer = pages.post(f"{base}tax-rules/{rule.pk}/delete/")

    assert answer.status_code == 403
    assert event.tax_rules.exists()


def test_the_usual_tax_rule_is_suggested_for_new_products(
    pages: Client, event: Event, base: str
) -> None:
    make_tax_rule(event)
    rule = make_tax_rule(event, default=True)

    assert untouched(pages.get(f"{base}items/new/"))["tax_rule"] == str(rule.pk)


def test_a_product_can_bring_its_quota_and_leads_on(pages: Client, event: Event, base: str) -> None:
    adult, child = {"value_en": "Adult", "active": "on"}, {"value_en": "Child", "active": "on"}

    answer = pages.post(f"{base}items/new/", sent(adult, child, how_many="250"), follow=True)

    item = event.items.get()
    quota = event.quotas.get()
    assert (quota.name, quota.size) == ("Day ticket", 250)
    assert list(quota.items.all()) == [item]
    assert set(quota.variations.all()) == set(item.variations.all())
    assert f'<a href="{base}layouts/new/">Next: Design layout</a>' in answer.text


def test_without_a_number_a_product_leads_to_its_quota(
    pages: Client, event: Event, base: str
) -> None:
    answer = pages.post(f"{base}items/new/", sent(), follow=True)

    assert not event.quotas.exists()
    assert f'<a href="{base}quotas/new/">Next: Add quota</a>' in answer.text


def test_a_copy_of_a_product_has_its_variations_and_no_quota(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, quota=5, name={"en": "Seat"}, default_price="12.00")
    make_variation(item, value={"en": "Stalls"})

    answer = pages.post(f"{base}items/{item.pk}/copy/")

    copy = event.items.exclude(pk=item.pk).get()
    assert answer["Location"] == f"{base}items/{copy.pk}/"
    assert (copy.name, copy.default_price) == ({"en": "Seat (copy)"}, Decimal("12.00"))
    assert [each.value for each in copy.variations.all()] == [{"en": "Stalls"}]
    assert item.variations.count() == 1
    assert not copy.quotas.exists()
