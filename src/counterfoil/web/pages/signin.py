"""Signing in and out, and the language of the pages."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

routes = [
    path(
        "signin/",
        LoginView.as_view(
            template_name="web/account/signin.html", redirect_authenticated_user=True
        ),
        name="signin",
    ),
    path("signout/", LogoutView.as_view(next_page="web:signin"), name="signout"),
    path("language/", set_language, name="language"),
]
