"""The pages of sellers, and a seller's own page."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from batches.making import make
from counterfoil.catalog.models import Event
from counterfoil.sellers.accounts import balance_of
from counterfoil.sellers.models import CommissionPlan, Consignment, Seller
from counterfoil.stock.models import StockEvent
from makers import make_item

pytestmark = pytest.mark.django_db


def sent(client: Client, path: str, **fields: Any) -> Any:
    answer = client.post(path, fields, follow=True)
    assert answer.status_code in (200, 422), answer.content
    return answer


def test_tickets_are_handed_out_taken_back_settled_and_paid(pages: Client, event: Event) -> None:
    batch = make(make_item(event, default_price="10.00"), 20, activation="on_handover", book_size=5)
    top = f"/organizers/{event.organizer.slug}"
    plan = CommissionPlan.objects.create(organizer=event.organizer, name="Kiosks")
    plan.rules.create(position=0, percent=Decimal(10))
    fields = {"name": "Kiosk", "language": "de", "role": "agent", "deposit": "0"}
    added = {**fields, "commission_plan": plan.pk, "active": "on", "credit_limit": "120"}
    sent(pages, f"{top}/sellers/add/", **added)
    seller = Seller.objects.get()
    below = f"{top}/events/{event.slug}/sellers/{seller.pk}"

    wrong = sent(pages, f"{below}/hand-out/", batch=batch.pk, books="1-2", counted=11)
    assert "you counted 11" in wrong.content.decode()
    assert not Consignment.objects.exists()
    sent(pages, f"{below}/hand-out/", batch=batch.pk, books="1-2", counted=10)
    cover = batch.tickets.get(number=11).position.secret  # of the third book
    for code in (cover, f"BOOK{batch.pk}X3"):
        over = sent(pages, f"{below}/hand-out/", books=code, counted=5)
        assert "credit limit" in over.content.decode()
    for code, words in (
        ("BOOK999X1", "no book of this event"),
        (f"BOOK{batch.pk}X3 BOOK{batch.pk}X3", "there twice"),
        (f"BOOK{batch.pk}X5", "outside of 1-4"),
        ("3", "Choose the batch"),
    ):
        wrong = sent(pages, f"{below}/hand-out/", books=code, counted=5)
        assert words in wrong.content.decode(), code
    assert Consignment.objects.get().state == "accepted"
    assert "9-10" not in pages.get(f"{below}/take-back/").content.decode()  # counted blind
    back = sent(pages, f"{below}/take-back/", batch=batch.pk, tickets="9-10", counted=2)
    assert "1-8 (8)" in back.content.decode()
    shown = pages.get(f"{below}/settle/?basis=not_returned").content.decode()
    assert "72.00" in shown
    sent(pages, f"{below}/settle/", basis="not_returned")
    assert balance_of(seller) == Decimal("72.00")
    paid = sent(pages, f"{top}/sellers/{seller.pk}/pay/", amount="70", event=event.pk, note="cash")
    assert "2.00" in paid.content.decode()
    listed = pages.get(f"{top}/sellers/").content.decode()
    assert re.search(r"Kiosk.*80\.00.*2\.00", listed, re.DOTALL)
    account = pages.get(f"{top}/sellers/{seller.pk}/account.csv")
    rows = list(csv.DictReader(io.StringIO(account.getvalue().decode("utf-8-sig"))))
    assert [(row["What"], row["Count"], row["New balance"]) for row in rows] == [
        ("handed out", "10", ""),
        ("taken back", "-2", ""),
        ("Statement", "8", "72.00"),
        ("Payment", "", ""),
    ]
    assert pages.get(f"{top}/sellers/{seller.pk}/account.exe").status_code == 404
    note = Consignment.objects.order_by("pk")[0]
    assert pages.get(f"{below}/notes/{note.pk}.pdf").content[:5] == b"%PDF-"


def test_a_seller_reports_by_a_link_that_ends_when_it_is_revoked(
    pages: Client, event: Event
) -> None:
    batch = make(make_item(event), 6, activation="on_handover")
    seller = Seller.objects.create(organizer=event.organizer, name="Kiosk", needs_approval=True)
    top = f"/organizers/{event.organizer.slug}/sellers/{seller.pk}"
    below = f"/organizers/{event.organizer.slug}/events/{event.slug}/sellers/{seller.pk}"
    sent(pages, f"{below}/hand-out/", batch=batch.pk, tickets="1-4", counted=4)

    made = sent(pages, f"{top}/link/").content.decode()
    link = re.search(r"/seller/[\w-]+/", made)
    assert link is not None
    stranger = Client()
    own = stranger.get(link[0])
    assert own["X-Robots-Tag"] == "noindex, nofollow"
    assert "1-4" in own.content.decode()
    foreign = {"batch": batch.pk, "kind": "sold", "first": "4", "last": "5"}
    assert "5: " in sent(stranger, link[0], **foreign).content.decode()
    sent(stranger, link[0], batch=batch.pk, kind="sold", first="1", last="2")
    assert batch.tickets.filter(place="sold").count() == 0
    again = sent(stranger, link[0], batch=batch.pk, kind="return", first="2", last="3")
    assert "reported these already: 2" in again.content.decode()
    notice = seller.notices.get()
    sent(pages, f"{top}/notices/{notice.pk}/", approve="yes")
    assert batch.tickets.filter(place="sold").count() == 2
    again = sent(pages, f"{top}/link/").content.decode()
    second = re.search(r"/seller/[\w-]+/", again)
    assert second is not None
    assert (stranger.get(link[0]).status_code, stranger.get(second[0]).status_code) == (404, 200)
    Seller.objects.update(needs_approval=False)
    sent(stranger, second[0], batch=batch.pk, kind="sold", first="3")
    assert StockEvent.objects.latest("number").actor == f"seller:{seller.pk}"
    sent(pages, f"{top}/unlink/")
    assert stranger.get(second[0]).status_code == 404


def test_sellers_come_from_a_table_once_the_preview_is_confirmed(
    pages: Client, event: Event
) -> None:
    path = f"/organizers/{event.organizer.slug}/sellers/import/"

    def upload(text: str) -> str:
        file = SimpleUploadedFile("sellers.csv", text.encode())
        return str(sent(pages, path, file=file).content.decode())

    wrong = upload("name,role\nKiosk,thief\n,agent\n")
    assert "Row 1" in wrong
    assert "Row 2" in wrong
    assert "no commission plan" in upload("name,commission_plan\nKiosk,Nothing\n")
    assert "yes or no" in upload("name,active\nKiosk,perhaps\n")
    event.organizer.commission_plans.create(name="Kiosks")
    columns = "name,language,credit_limit,commission_plan,needs_approval"
    shown = upload(f"{columns}\nKiosk,de,120.50,Kiosks,yes\nClub,,,,\n")
    assert not Seller.objects.exists()
    signed = re.search(r'name="preview" value="([^"]+)"', shown)
    assert signed is not None
    sent(pages, path, preview=signed[1])
    rows = Seller.objects.order_by("pk").values_list("name", "language", "credit_limit")
    assert list(rows) == [("Kiosk", "de", Decimal("120.50")), ("Club", "en", None)]
    kiosk = Seller.objects.get(name="Kiosk")
    assert (str(kiosk.commission_plan), kiosk.needs_approval) == ("Kiosks", True)
    assert "already" in sent(pages, path, preview=signed[1]).content.decode()
    assert "once more" in sent(pages, path, preview="forged").content.decode()


def test_tickets_pass_on_to_another_seller(pages: Client, event: Event) -> None:
    batch = make(make_item(event), 4, book_size=2)
    one, two = (Seller.objects.create(organizer=event.organizer, name=name) for name in "AB")
    below = f"/organizers/{event.organizer.slug}/events/{event.slug}/sellers"
    sent(pages, f"{below}/{one.pk}/hand-out/", books=f"BOOK{batch.pk}X2", counted=2)
    sent(pages, f"{below}/{one.pk}/pass-on/", to=two.pk, batch=batch.pk, tickets="3", counted=1)
    owners = batch.tickets.order_by("number").values_list("seller", flat=True)
    assert list(owners) == [None, None, two.pk, one.pk]
    note = Consignment.objects.get(kind="transfer")
    shown = pages.get(f"/organizers/{event.organizer.slug}/sellers/{two.pk}/").content.decode()
    assert note.number is not None
    assert note.number in shown
    assert pages.get(f"{below}/{two.pk}/notes/{note.pk}.pdf").content[:5] == b"%PDF-"
    alone = sent(pages, f"{below}/{one.pk}/pass-on/", to=one.pk, tickets="4", counted=1)
    assert alone.status_code == 422


def test_commission_plans_are_written_on_pages(pages: Client, event: Event) -> None:
    item = make_item(event)
    top = f"/organizers/{event.organizer.slug}/commissionplans/"
    rows = {"rules-TOTAL_FORMS": "3", "rules-INITIAL_FORMS": "0"}
    rules = {"rules-0-product": str(item.pk), "rules-0-fixed": "0.50", "rules-1-percent": "12.5"}
    wrong = sent(pages, f"{top}add/", name="Kiosks", **rows, **{"rules-0-percent": "101"})
    assert "not be more than 100" in wrong.content.decode()
    sent(pages, f"{top}add/", name="Kiosks", **rows, **rules)
    plan = CommissionPlan.objects.get()
    values = plan.rules.values_list("item", "fixed", "percent", "cap")
    assert list(values) == [
        (item.pk, Decimal("0.5"), Decimal(0), None),
        (None, Decimal(0), Decimal("12.5"), None),
    ]
    assert 'value="12.5"' in pages.get(f"{top}{plan.pk}/").content.decode()
    sent(pages, f"{top}{plan.pk}/", name="Clubs", **rows, **{"rules-0-percent": "10"})
    assert list(plan.rules.values_list("percent", flat=True)) == [Decimal(10)]
    seller = Seller.objects.create(organizer=event.organizer, name="Kiosk", commission_plan=plan)
    assert pages.post(f"{top}{plan.pk}/delete/").status_code == 403
    seller.delete()
    sent(pages, f"{top}{plan.pk}/delete/")
    assert not CommissionPlan.objects.exists()
