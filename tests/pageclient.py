"""A browser, as far as the server can tell, in which somebody is signed in."""

from __future__ import annotations

from django.test import Client

from counterfoil.accounts.models import User


def signed_in(user: User, *, enforce_csrf_checks: bool = False) -> Client:
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client
