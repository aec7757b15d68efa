"""What was done to tickets that were not returned in time, as a document."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pypdfium2

from apiclient import Api, at
from batches.making import make
from counterfoil.catalog.models import Event
from counterfoil.jobs import runner
from counterfoil.jobs.models import Job
from counterfoil.stock import deadlines, services
from counterfoil.stock.services import Consignment, Line
from makers import make_item

DAY = date(2027, 6, 10)


def test_the_document_names_seller_tickets_and_the_ledger_s_hash_for_good(
    api: Api, event: Event
) -> None:
    batch = make(make_item(event), 9, return_by=DAY, then="void")
    seller = event.organizer.sellers.create(name="Kiosk at the station", address="Platform 1")
    lines = [Line(batch=batch, numbers=[range(1, 4), range(6, 8)])]
    consignment = Consignment(event=event, lines=lines, document="2027-0007")
    services.hand_out(actor=None, consignment=consignment, seller=seller.pk)
    deadlines.submit_due(datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(days=2))
    runner.run(Job.objects.get(kind=deadlines.RETURN_BY).pk)

    (row,) = api.get(at(event, "stockdocuments/")).json()["results"]

    issued = row.pop("issued")
    newest = api.get(at(event, "stockevents/?ordering=-number")).json()["results"][0]
    assert row == {
        "id": row["id"],
        "number": f"RB-{issued[:4]}-0001",
        "seller": seller.pk,
        "batch": batch.pk,
        "action": "void",
        "ranges": "1-3,6-7",
        "count": 5,
        "value": "115.00",
        "head": newest["hash"],
    }
    assert newest["document"] == row["number"]
    path = at(event, f"stockdocuments/{row['id']}/pdf/")
    pdf = api.get(path).content
    with pypdfium2.PdfDocument(pdf) as document:
        (text,) = (page.get_textpage().get_text_range() for page in document)
    words = [row["number"], row["head"], "Kiosk at the station", "2027-0007", "Made void"]
    assert [
        word for word in [*words, "June 10, 2027", "€115.00", "€69.00"] if word not in text
    ] == []
    seller.name = "Renamed"
    seller.save()
    assert api.get(path).content == pdf
