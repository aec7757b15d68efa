"""One's own account: name, password, language."""

from __future__ import annotations

from django.contrib.auth.views import PasswordChangeView
from django.urls import path

routes = [
    path(
        "account/",
        PasswordChangeView.as_view(template_name="web/form.html", success_url="/account/"),
        name="account",
    ),
]
