"""The sellers of the example event: who got which books, what was sold, and what is owed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.services import create_batch_at_once
from counterfoil.batches.spec import BatchSpec
from counterfoil.catalog.models import Event, Item
from counterfoil.catalog.services import WEB
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.sellers import accounts, consignments, notices, people, statements
from counterfoil.sellers.models import Seller, SellerNotice
from counterfoil.stock import services as stock
from counterfoil.stock.moves import Action
from counterfoil.stock.selection import select


class SellersStory:
    """Makes sellers for an event and lets them sell, step by step as ``source`` says."""

    def __init__(self, event: Event, actor: Actor, source: dict[str, Any]) -> None:
        self._event = event
        self._actor = actor
        self._source = source

    def tell(self, item: Item) -> None:
        item.refresh_from_db()  # it was made of texts
        organizer = self._event.organizer
        web = organizer.sales_channels.get(identifier=WEB)
        day = self._event.date_from.astimezone(self._event.tz).date()
        spec = BatchSpec(
            item=item,
            sales_channel=web,
            return_by=day - timedelta(days=self._source["days_to_return"]),
            **self._source["batch"],
        )
        self._batch = create_batch_at_once(actor=self._actor, event=self._event, spec=spec)
        self._sellers = self._make_sellers()
        for step in self._source["story"]:
            self._take(step)

    def _make_sellers(self) -> list[Seller]:
        """Create sellers of this example's own: their accounts begin at nothing."""
        organizer = self._event.organizer
        entry = self._source["commission_plan"]
        rules = [{name: Decimal(text) for name, text in each.items()} for each in entry["rules"]]
        plan = people.save_plan(plan=None, organizer=organizer, name=entry["name"], rules=rules)
        self._note("commissionplan", plan)
        sellers = []
        for fields in self._source["sellers"]:
            values = {**fields, "name": f"{fields['name']} ({self._event.slug})"}
            values["commission_plan"] = plan if values.pop("plan") else None
            if "credit_limit" in values:
                values["credit_limit"] = Decimal(values["credit_limit"])
            values["language"] = self._event.locale
            seller = people.save_seller(seller=None, organizer=organizer, fields=values)
            self._note("seller", seller)
            sellers.append(seller)
        return sellers

    def _take(self, step: dict[str, Any]) -> None:
        seller = self._sellers[step.get("seller", 0)]
        match step["do"]:
            case "out" | "back" | "transfer":
                self._consign(step, seller)
            case "scan":
                self._scan(step["tickets"])
            case "report":
                notices.give_notice(
                    seller=seller,
                    batch=self._batch,
                    kind=SellerNotice.Kind.SOLD,
                    tickets=step["tickets"],
                )
            case "statement":
                draft = statements.draft(event=self._event, seller=seller, basis=step["basis"])
                statements.issue(actor=self._actor, statement=draft)
            case "payment":
                accounts.record_payment(
                    actor=self._actor,
                    seller=seller,
                    amount=Decimal(step["amount"]),
                    currency=self._event.currency,
                    event=self._event,
                    note=step["note"],
                )
            case action:
                stock.act(
                    actor=self._actor,
                    event=self._event,
                    action=Action(action),
                    selections=select(
                        event=self._event, batch=self._batch, tickets=step["tickets"]
                    ),
                    options=stock.Options(reason=step.get("reason", "")),
                )

    def _consign(self, step: dict[str, Any], seller: Seller) -> None:
        way = "books" if "books" in step else "tickets"
        draft = consignments.save_draft(
            draft=None,
            event=self._event,
            fields={
                "kind": step["do"],
                "seller": seller,
                "to": self._sellers[step["to"]] if "to" in step else None,
            },
            lines=[consignments.NewLine(batch=self._batch, way=way, text=step[way])],
        )
        consignments.accept(actor=self._actor, consignment=draft)

    def _scan(self, tickets: str) -> None:
        gate = self._event.checkin_lists.order_by("pk")[0]
        (selection,) = select(event=self._event, batch=self._batch, tickets=tickets)
        rows = selection.states(selection.numbers).order_by("number")
        for secret in rows.values_list("position__secret", flat=True):
            redeem(scan=Scan(lists=[gate], secret=secret), actor=self._actor)

    def _note(self, kind: str, row: Any) -> None:
        audit.record(
            actor=self._actor,
            action=f"counterfoil.{kind}.added",
            obj=row,
            organizer=self._event.organizer,
            data={"example": True},
        )
