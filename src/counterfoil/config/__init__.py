"""Settings, URLs, the WSGI and Celery applications: puts the rooms together. Nobody imports it."""

from counterfoil.config.celery import app

# Celery finds "the current app" only if it was made: so it is, whoever reads the settings.
__all__ = ["app"]
