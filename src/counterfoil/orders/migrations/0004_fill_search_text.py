"""Writes the search text of orders and tickets that were there before it."""

from typing import Any

from django.db import migrations
from django.db.models import Q

from counterfoil.orders.searchtext import name_texts, search_text


def fill(apps: Any, _schema_editor: Any) -> None:
    orders = apps.get_model("orders", "Order").objects
    nobody = Q(email=None) & Q(phone=None) & Q(invoice_address=None)
    for order in orders.exclude(nobody).only("email", "phone", "invoice_address").iterator():
        invoice = order.invoice_address or {}
        names = [invoice.get("name") or "", *name_texts(invoice.get("name_parts"))]
        others = [order.email or "", order.phone or "", invoice.get("company") or ""]
        orders.filter(pk=order.pk).update(search_text=search_text(names, others))
    positions = apps.get_model("orders", "OrderPosition").objects
    nobody = Q(attendee_name_parts={}) & Q(attendee_email=None) & Q(company=None)
    columns = ("attendee_name_parts", "attendee_email", "company")
    for position in positions.exclude(nobody).only(*columns).iterator():
        names = [*name_texts(position.attendee_name_parts)]
        others = [position.attendee_email or "", position.company or ""]
        positions.filter(pk=position.pk).update(search_text=search_text(names, others))


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_search_text")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
