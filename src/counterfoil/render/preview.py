"""Pictures of tickets, drawn from the very PDF that would be printed."""

from __future__ import annotations

from io import BytesIO

import pypdfium2

from counterfoil.render.document import render_pdf
from counterfoil.render.plan import Plan
from counterfoil.render.values import Ticket


def render_png(plan: Plan, ticket: Ticket, *, page: int = 1, dpi: float = 150) -> bytes:
    """Draw one page of one ticket as a PNG.

    Args:
        page: counts from 1.

    Raises:
        IndexError: the plan has no such page.
        TicketError: the ticket cannot be printed.
    """
    if not 1 <= page <= len(plan.pages):
        raise IndexError(f"there is no page {page}")
    pdf = BytesIO()
    render_pdf(pdf, [(plan, ticket)], title=ticket.label, language=ticket.locale)
    picture = BytesIO()
    with pypdfium2.PdfDocument(pdf.getvalue()) as document:
        bitmap = document[page - 1].render(scale=dpi / 72)
        bitmap.to_pil().save(picture, "PNG")
    return picture.getvalue()
