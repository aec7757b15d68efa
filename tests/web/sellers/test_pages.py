"""The pages of sellers, and a seller's own page."""

from __future__ import annotations

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
    over = sent(pages, f"{below}/hand-out/", batch=batch.pk, books=cover, counted=5)
    assert "credit limit" in over.content.decode()
    assert Consignment.objects.get().state == "accepted"
    sent(pages, f"{below}/take-back/", batch=batch.pk, tickets="9-10", counted=2)
    shown = pages.get(f"{below}/settle/?basis=not_returned").content.decode()
    assert "72.00" in shown
    sent(pages, f"{below}/settle/", basis="not_returned")
    assert balance_of(seller) == Decimal("72.00")
    paid = sent(pages, f"{top}/sellers/{seller.pk}/pay/", amount="70", event=event.pk, note="cash")
    assert "2.00" in paid.content.decode()
    listed = pages.get(f"{top}/sellers/").content.decode()
    assert re.search(r"Kiosk.*80\.00.*2\.00", listed, re.DOTALL)
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
    shown = upload("name,language,credit_limit\nKiosk,de,120.50\nClub,,\n")
    assert not Seller.objects.exists()
    signed = re.search(r'name="preview" value="([^"]+)"', shown)
    assert signed is not None
    sent(pages, path, preview=signed[1])
    rows = Seller.objects.order_by("pk").values_list("name", "language", "credit_limit")
    assert list(rows) == [("Kiosk", "de", Decimal("120.50")), ("Club", "en", None)]
    assert "already" in sent(pages, path, preview=signed[1]).content.decode()
    assert "once more" in sent(pages, path, preview="forged").content.decode()
