"""A whole evening with two sellers in a browser, from inactive tickets to the payment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pypdfium2
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.browser.axe import problems_of
from e2e.browser.conftest import EVENT, Site

ORGANIZER = "/organizers/demo/"
NIGHT = EVENT
#: Of a batch of 2,000 in books of 50: its number, its gate, and the codes of some tickets.
_BATCH = """
import json, sys, django
django.setup()
from decimal import Decimal
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.batches.services import create_batch_at_once
from counterfoil.batches.spec import BatchSpec
from counterfoil.catalog.models import Event, Item, Quota
event = Event.objects.get(slug="night")
item = Item.objects.create(
    event=event, name={"en": "Evening"}, default_price=Decimal("12.35"), admission=True
)
Quota.objects.create(event=event, name="Evening", size=None).items.add(item)
spec = BatchSpec(
    item=item,
    amount=2000,
    sales_channel=event.organizer.sales_channels.get(identifier="web"),
    activation="on_handover",
    book_size=50,
    comment="Evening",
)
actor = UserActor(User.objects.first())
batch = create_batch_at_once(actor=actor, event=event, spec=spec)
numbers = [1, 2, 200, 301, 451, 1500]
rows = batch.tickets.filter(number__in=numbers).values_list("number", "position__secret")
gate = event.checkin_lists.get(name="Gate")
print(json.dumps([batch.pk, gate.pk, dict(rows)]))
"""


def test_an_evening_with_two_sellers_comes_out_to_the_cent(
    site: Site, chromium: Browser, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{ORGANIZER}commissionplans/add/")
    made = site.world.python(_BATCH)
    assert made.returncode == 0, made.stderr
    batch, gate, secrets = json.loads(made.stdout.splitlines()[-1])

    page.get_by_label("Name").fill("Ten percent")
    page.get_by_label("Percent of rule 1").fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Ten percent")).to_be_visible()
    kiosk = _add_seller(page, "Kiosk at the station", "Ten percent")
    club = _add_seller(page, "Rowing club", None)
    page.goto(f"{NIGHT}batches/{batch}/")
    page.get_by_role("button", name="Print", exact=True).click()
    page.wait_for_url(re.compile("/jobs/|/prints/"))
    printed = page.url  # in the background; it is looked at when all else is done

    _hand_out_by_scanner(page, kiosk, _cover_codes(page, batch)[:10])
    page.goto(f"{NIGHT}sellers/{club}/hand-out/")
    page.get_by_label("Books").fill("11-20")
    page.get_by_label("Batch").select_option(str(batch))
    page.get_by_label("Counted").fill("500")
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text("Done: note")).to_be_visible()

    phone = chromium.new_context(base_url=site.address, viewport={"width": 390, "height": 800})
    _report_sold(page, phone, kiosk, "1", "190")
    phone.close()
    page.goto(f"{NIGHT}batches/{batch}/stock/act/?action=lost")
    page.get_by_label("Books").fill("10")
    page.get_by_label("Reason").fill("stolen")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Type 50 to confirm").fill("50")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/stock/$"))
    _take_back(page, kiosk, batch)

    outcomes = {"1": True, "2": True, "200": True, "451": True, "301": False, "1500": False}
    _scan(page, gate, {secrets[number]: is_in for number, is_in in outcomes.items()})

    # 12.35 with 10 %: 1.235, rounded half up to 1.24 for each ticket
    settle = f"{NIGHT}sellers/{kiosk}/settle/"
    page.goto(f"{settle}?basis=declared")
    assert _figures(page) == [500, 150, 50, 190, "2,346.50", "235.60", "2,110.90"]
    page.goto(f"{settle}?basis=not_returned")
    assert _figures(page) == [500, 150, 50, 300, "3,705.00", "372.00", "3,333.00"]
    page.goto(f"{settle}?basis=greater_of_declared_and_scanned")
    assert _figures(page) == [500, 150, 49, 192, "2,371.20", "238.08", "2,133.12"]
    expect(page.get_by_text("Scanned, not reported: certainly sold: 2")).to_be_visible()
    expect(page.get_by_text("Alarm")).to_be_visible()
    assert problems_of(page) == []
    page.get_by_role("button", name="Issue statement").click()
    page.get_by_role("link", name="Record a payment").click()
    page.get_by_label("Amount").fill("2000")
    page.get_by_label("Event").select_option(index=1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("133.12").first).to_be_visible()
    assert problems_of(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(printed)
    download = page.get_by_role("link", name=re.compile("Download")).first
    expect(download).to_be_visible(timeout=240_000)


def _add_seller(page: Page, name: str, plan: str | None) -> int:
    page.goto(f"{ORGANIZER}sellers/add/")
    page.get_by_label("Name", exact=True).fill(name)
    if plan is not None:
        page.get_by_label("Commission plan").select_option(plan)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/sellers/\d+/$"))
    return int(page.url.split("/")[-2])


def _hand_out_by_scanner(page: Page, seller: int, codes: list[str]) -> None:
    """A scanner types each code and Enter; a further Enter goes on to the count."""
    page.goto(f"{NIGHT}sellers/{seller}/hand-out/")
    expect(page.get_by_label("Books")).to_be_focused()
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("500")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: note")).to_be_visible()


def _cover_codes(page: Page, batch: int) -> list[str]:
    """Read the labels as a scanner does."""
    pdf = page.request.get(f"{NIGHT}batches/{batch}/covers.pdf").body()
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [sheet.render(scale=2).to_pil() for sheet in document]
    codes = [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    assert len(codes) == 40
    return sorted(codes, key=lambda code: int(code.partition("X")[2]))


def _report_sold(page: Page, context: BrowserContext, seller: int, first: str, last: str) -> None:
    """Report sales on the seller's own page, on a phone and without an account."""
    page.goto(f"{ORGANIZER}sellers/{seller}/")
    page.get_by_role("button", name="New link").click()
    link = re.search(r"/seller/[\w-]+/", page.content())
    assert link is not None
    phone = context.new_page()
    phone.goto(link[0])
    phone.get_by_label("First ticket").fill(first)
    phone.get_by_label("Last ticket").fill(last)
    assert problems_of(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Thank you. Noted.")).to_be_visible()


def _take_back(page: Page, seller: int, batch: int) -> None:
    page.goto(f"{NIGHT}sellers/{seller}/take-back/")
    assert "191-" not in page.content()  # counted blind
    page.get_by_label("Tickets").fill("301-450")
    page.get_by_label("Batch").select_option(str(batch))
    page.get_by_label("Counted").fill("149")
    page.keyboard.press("Enter")
    expect(page.get_by_text("These are 150 tickets, and you counted 149.")).to_be_visible()
    page.get_by_label("Counted").fill("150")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Still with the seller: Evening: 191-300 (110)")).to_be_visible()


def _scan(page: Page, gate: int, outcomes: dict[str, bool]) -> None:
    page.goto(f"{NIGHT}checkin/{gate}/gate/")
    for secret, is_in in outcomes.items():
        page.get_by_label("Ticket code").fill(secret)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.press("Enter")
        plate = page.locator("[data-outcome]")
        expect(plate).to_have_class(re.compile("good" if is_in else "bad"))


def _figures(page: Page) -> list[int | str]:
    names = ("Handed out", "Returned", "Void and lost", "Sold")
    amounts = ("Sales", "Commission", "New balance")

    def cell(name: str) -> str:
        header = page.get_by_role("rowheader", name=name, exact=True)
        return header.locator("xpath=..").get_by_role("cell").inner_text()

    return [
        *(int(cell(name)) for name in names),
        *(re.sub(r"[^0-9.,-]", "", cell(name)) for name in amounts),
    ]
