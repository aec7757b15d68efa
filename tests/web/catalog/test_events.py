"""Organizers and events as an organiser meets them: found, made, changed, deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from batches.making import make
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from makers import make_event, make_item, make_layout, make_order, make_team, make_user
from pageclient import signed_in
from pageforms import untouched

LAST_YEAR = datetime(2025, 6, 12, 16, 0, tzinfo=UTC)


def sent(**given: Any) -> dict[str, Any]:
    """What the form of a new event sends, with everything that it must say."""
    return {
        "name_en": "Open air",
        "name_de": "Freiluft",
        "slug": "",
        "date_from": "2027-07-01T20:00",
        "timezone": "America/New_York",
        "currency": "USD",
        "locales": ["en", "de"],
        "locale": "en",
        "is_public": "on",
        "all_sales_channels": "on",
        **given,
    }


@pytest.fixture
def of_organizer(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/"


def names_in(answer: Any) -> list[str]:
    return [str(row) for row in answer.context["rows"]]


def test_who_has_one_organizer_goes_straight_to_its_events(pages: Client, event: Event) -> None:
    assert pages.get("/").headers["Location"] == f"/organizers/{event.organizer.slug}/"


def test_who_is_in_several_organizers_chooses(pages: Client, user: User, event: Event) -> None:
    other = make_event().organizer
    make_team(other).members.add(user)

    page = pages.get("/").content.decode()

    assert other.name in page
    assert event.organizer.name in page


def test_who_is_in_no_team_is_told_what_to_do(db: None) -> None:
    nobody = signed_in(User.objects.create(email="new@example.org"))

    assert "invitation" in nobody.get("/").content.decode()


def test_an_organizer_is_renamed(pages: Client, event: Event, of_organizer: str) -> None:
    pages.post(f"{of_organizer}settings/", {"name": "River & Sons"})

    event.organizer.refresh_from_db()
    assert event.organizer.name == "River & Sons"
    assert LogEntry.objects.get(kind="organizer").action == "counterfoil.organizer.changed"


@pytest.mark.parametrize(
    "words", ["Müllers", "müll", "ABEND", "abend-27", "Straße 4", 'der "Abend"']
)
def test_events_are_found_by_name_place_and_short_form(
    pages: Client, event: Event, of_organizer: str, words: str
) -> None:
    name, place = {"de": 'Müllers der "Abend"'}, {"de": "Straße 4"}
    found = make_event(event.organizer, slug="abend-27", name=name, location=place)

    answer = pages.get(of_organizer, {"q": words})

    assert [row.pk for row in answer.context["rows"]] == [found.pk]


def test_what_tickets_say_about_an_event_is_given_in_its_languages(
    pages: Client, event: Event, of_organizer: str
) -> None:
    texts = {"event_info_text_en": "Doors at 7", "event_info_text_de": "Einlass 19 Uhr"}
    pages.post(f"{of_organizer}new-event/", sent(slug="air", **texts))
    made = Event.objects.get(slug="air")
    place = f"{of_organizer}events/air/settings/"

    shown = pages.get(place).content.decode()
    pages.post(place, sent(**texts, organizer_info_text_en="Mill Lane 1"))

    assert "Einlass 19 Uhr" in shown
    made.refresh_from_db()
    assert made.settings == {
        "event_info_text": {"en": "Doors at 7", "de": "Einlass 19 Uhr"},
        "organizer_info_text": {"en": "Mill Lane 1"},
    }


def test_events_are_filtered_by_their_time_and_state(
    pages: Client, event: Event, of_organizer: str
) -> None:
    organizer = event.organizer
    past = make_event(organizer, date_from=LAST_YEAR)
    series = make_event(organizer, date_from=LAST_YEAR, has_subevents=True)
    testing = make_event(organizer, testmode=True)

    def shown(show: str) -> set[int]:
        return {row.pk for row in pages.get(of_organizer, {"show": show}).context["rows"]}

    assert shown("past") == {past.pk}
    assert shown("series") == {series.pk}
    assert shown("testmode") == {testing.pk}
    assert shown("upcoming") == {event.pk, series.pk, testing.pk}


@pytest.mark.parametrize(
    "query", ["page=abc", "page=999999999999999999999", "show=%00", "q=%00", "q=%25%5C%22'"]
)
def test_odd_questions_are_answered_all_the_same(
    pages: Client, of_organizer: str, query: str
) -> None:
    assert pages.get(f"{of_organizer}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["%00/", "a%00b/", "{slug}/events/%00/"])
def test_what_no_name_can_be_does_not_exist(pages: Client, event: Event, path: str) -> None:
    assert pages.get(f"/organizers/{path.format(slug=event.organizer.slug)}").status_code == 404


def test_lists_show_each_event_by_the_clock_of_its_place(
    pages: Client, event: Event, of_organizer: str
) -> None:
    make_event(event.organizer, timezone="Asia/Tokyo")

    page = pages.get(of_organizer).content.decode()

    assert "Sat, 12 Jun 2027, 18:00" in page  # 16:00 UTC in Berlin
    assert "Sun, 13 Jun 2027, 01:00" in page  # and in Tokyo


@pytest.mark.parametrize("amount", [1, 20])
def test_a_list_of_events_costs_the_same_for_any_number(
    pages: Client, event: Event, of_organizer: str, amount: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(amount):
        make_event(event.organizer)

    with django_assert_max_num_queries(12):
        assert pages.get(of_organizer).status_code == 200


def test_times_are_entered_by_the_clock_of_the_event(
    pages: Client, event: Event, of_organizer: str
) -> None:
    answer = pages.post(f"{of_organizer}new-event/", sent())

    made = event.organizer.events.get(slug="open-air")
    assert answer.headers["Location"] == f"{of_organizer}events/open-air/"
    assert made.date_from == datetime(2027, 7, 2, 0, 0, tzinfo=UTC)
    assert made.name == {"en": "Open air", "de": "Freiluft"}
    assert (made.currency, made.locales, made.live) == ("USD", ["en", "de"], False)
    assert LogEntry.objects.get(kind="event").action == "counterfoil.event.added"


def test_a_short_form_that_is_taken_gets_a_number(
    pages: Client, event: Event, of_organizer: str
) -> None:
    for _time in range(2):
        pages.post(f"{of_organizer}new-event/", sent())

    assert event.organizer.events.filter(slug__in=["open-air", "open-air-2"]).count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name_en": "", "name_de": ""}, "name"),
        ({"date_from": ""}, "date_from"),
        ({"date_from": "2027-13-01T20:00"}, "date_from"),
        ({"date_from": "0001-01-01T00:00"}, "date_from"),
        ({"date_from": "2027-03-14T02:30"}, "date_from"),  # the clock jumps over it
        ({"date_to": "2027-06-01T20:00"}, "date_to"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"currency": "XYZ"}, "currency"),
        ({"locales": []}, "locales"),
        ({"slug": "two words"}, "slug"),
        ({"name_en": "東京", "name_de": ""}, "slug"),
        ({"name_en": "a\0b"}, "name"),
        ({"presale_start": "2027-02-01T00:00", "presale_end": "2027-01-01T00:00"}, "presale_end"),
        ({"meta_data": "no equals sign"}, "meta_data"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Client, of_organizer: str, given: dict[str, Any], field: str
) -> None:
    answer = pages.post(f"{of_organizer}new-event/", sent(**given))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_slug_of_another_event_is_refused_at_its_field(
    pages: Client, event: Event, of_organizer: str
) -> None:
    answer = pages.post(f"{of_organizer}new-event/", sent(slug=event.slug))

    assert list(answer.context["form"].errors) == ["slug"]


def test_who_makes_an_event_sees_it_although_their_team_sees_chosen_events_only(
    event: Event,
) -> None:
    user = make_user(event.organizer, permissions=["organizer.events:create"])
    user.teams.update(all_events=False)
    pages = signed_in(user)

    answer = pages.post(f"/organizers/{event.organizer.slug}/new-event/", sent())

    assert pages.get(answer.headers["Location"]).status_code == 200
    assert [each.slug for each in user.teams.get().limit_events.all()] == ["open-air"]


def test_a_form_sent_back_as_it_was_shown_changes_nothing(
    pages: Client, event: Event, base: str
) -> None:
    event.meta_data, event.name["fr"] = {"stage": "north"}, "Événement"
    event.date_to = event.date_from + timedelta(hours=3)
    event.save()
    before = Event.objects.values().get(pk=event.pk)

    answer = pages.post(f"{base}settings/", untouched(pages.get(f"{base}settings/")))

    assert answer.status_code == 302
    assert Event.objects.values().get(pk=event.pk) == before


def test_moving_to_another_time_zone_keeps_what_the_clock_shows(
    pages: Client, event: Event, base: str
) -> None:
    data = untouched(pages.get(f"{base}settings/"))

    pages.post(f"{base}settings/", {**data, "timezone": "Asia/Tokyo"})

    event.refresh_from_db()
    assert event.date_from == datetime(2027, 6, 12, 9, 0, tzinfo=UTC)  # 18:00 before and after


def test_going_live_is_written_down(pages: Client, event: Event, base: str) -> None:
    Event.objects.update(live=False)
    data = untouched(pages.get(f"{base}settings/"))

    pages.post(f"{base}settings/", {**data, "live": "on"})

    event.refresh_from_db()
    assert event.live
    assert LogEntry.objects.get(kind="event").data == {"fields": ["live"]}


def test_an_event_is_deleted_only_after_a_question(
    pages: Client, event: Event, base: str, of_organizer: str
) -> None:
    assert "Delete the event" in pages.get(f"{base}delete/").content.decode()
    assert Event.objects.filter(pk=event.pk).exists()

    answer = pages.post(f"{base}delete/")

    assert answer.headers["Location"] == of_organizer
    assert not Event.objects.filter(pk=event.pk).exists()


def test_an_event_with_orders_stays(pages: Client, event: Event, base: str) -> None:
    make_order(event, items=[make_item(event)])

    answer = pages.post(f"{base}delete/")

    assert answer.status_code == 403
    assert "has orders" in answer.content.decode()
    assert Event.objects.filter(pk=event.pk).exists()
    assert not LogEntry.objects.exists()


def test_the_way_begins_with_a_product_and_leads_on(pages: Client, event: Event, base: str) -> None:
    def is_next() -> str:
        steps = pages.get(base).context["steps"]
        return next(str(step.label) for step in steps if step.is_next)

    assert is_next() == "Add products"

    item = make_item(event, quota=False)
    assert is_next() == "Set quotas"

    item.quotas.create(event=event, name="All", size=10)
    assert is_next() == "Design the ticket"

    make_layout(event, default=True)
    assert is_next() == "Create a batch"

    make(item)
    assert is_next() == "Print it"


def test_a_series_is_asked_for_its_dates(pages: Client, event: Event, base: str) -> None:
    Event.objects.update(has_subevents=True)

    steps = pages.get(base).context["steps"]

    assert "Add dates" in [str(step.label) for step in steps]


def test_the_overview_counts_tickets(pages: Client, event: Event, base: str) -> None:
    make(make_item(event))

    figures = pages.get(base).context["figures"]

    assert (figures.made, figures.printed, figures.checked_in) == (3, 0, 0)


def test_the_ticket_is_designed_when_products_print_with_an_own_layout(
    pages: Client, event: Event, base: str
) -> None:
    make_item(event, quota=5, name={"en": "Balcony"})
    make_layout(event)

    def design() -> Any:
        return next(
            step for step in pages.get(base).context["steps"] if "Design" in str(step.label)
        )

    left = design()
    event.ticket_layouts.update(default=True)

    assert (left.is_done, design().is_done) == (False, True)
    assert "Balcony" in str(left.hint)
    assert left.url == f"{base}layouts/assignments/"


def test_steps_that_one_may_not_do_are_shown_without_a_button(event: Event, base: str) -> None:
    visitor = signed_in(make_user(event.organizer, permissions=[]))

    steps = visitor.get(base).context["steps"]

    assert [step.url for step in steps if step.url] == []


def test_the_menu_offers_what_one_may_see(pages: Client, event: Event, base: str) -> None:
    visitor = signed_in(make_user(event.organizer, permissions=[]))

    assert f"{base}settings/" in pages.get(base).content.decode()
    assert f"{base}settings/" not in visitor.get(base).content.decode()


def test_dates_are_in_the_menu_of_series_only(pages: Client, event: Event, base: str) -> None:
    assert f"{base}dates/" not in pages.get(base).content.decode()

    Event.objects.update(has_subevents=True)

    assert f"{base}dates/" in pages.get(base).content.decode()


def test_today_is_no_past(pages: Client, event: Event, of_organizer: str) -> None:
    Event.objects.update(date_from=clock.now() - timedelta(hours=2), date_to=None)

    assert names_in(pages.get(of_organizer, {"show": "past"})) == [str(event)]


def test_a_page_in_german_speaks_german_and_shows_german_names(
    pages: Client, event: Event, of_organizer: str
) -> None:
    page = pages.get(of_organizer, headers={"Accept-Language": "de"}).content.decode()

    assert '<html lang="de">' in page
    assert event.name["de"] in page


def test_a_new_event_has_a_list_for_its_gate(
    pages: Client, event: Event, of_organizer: str
) -> None:
    pages.post(f"{of_organizer}new-event/", sent())

    made = Event.objects.exclude(pk=event.pk).get()
    gate = made.checkin_lists.get()
    assert (gate.name, gate.all_products) == ("Entrance", True)


def test_an_event_is_copied_with_its_products_and_layouts(
    pages: Client, event: Event, base: str
) -> None:
    make_item(event, quota=5)
    make_layout(event, default=True, name="Evening")

    answer = pages.post(
        f"{base}copy/", {"name_en": "Open air 2028", "slug": "", "date_from": "2028-07-01T20:00"}
    )

    made = Event.objects.exclude(pk=event.pk).get()
    assert answer["Location"].endswith(f"/events/{made.slug}/")
    assert made.slug == "open-air-2028"
    assert not made.live
    assert (made.items.count(), made.quotas.count()) == (1, 1)
    assert made.ticket_layouts.get().default


def test_the_overview_shows_how_things_are(pages: Client, event: Event, base: str) -> None:
    batch = make(make_item(event, quota=10, name={"en": "Balcony"}), 4, comment="Kiosk")

    page = pages.get(base).text

    assert "4 of 10 taken" in page
    assert f'href="{base}batches/{batch.pk}/"' in page
    assert "Kiosk" in page


def test_the_overview_shows_no_batches_to_who_may_see_none(event: Event, base: str) -> None:
    make(make_item(event), 4, comment="Kiosk")
    visitor = signed_in(make_user(event.organizer, permissions=["event.items:write"]))

    assert "Kiosk" not in visitor.get(base).text
