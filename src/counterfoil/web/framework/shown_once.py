"""Secrets that are shown once, in the answer to the form that made them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from counterfoil.web.framework.views import Page


def shown_once(page: Page, *, title: Any, explanation: Any, secret: str, back: str) -> HttpResponse:
    """Show a secret, and see to it that no browser keeps the page."""
    known = {"title": title, "explanation": explanation, "secret": secret, "back": back}
    response = page.render("web/secret.html", known)
    response.headers["Cache-Control"] = "no-store"
    return response
