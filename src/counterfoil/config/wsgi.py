"""The WSGI application, for gunicorn and for the embedded server."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from counterfoil.core.setup import choose_settings

choose_settings()

application = get_wsgi_application()

from counterfoil.jobs import migration_check  # noqa: E402 - needs the applications

migration_check.known()  # what a newer version brings that is installed while we run is not ours
