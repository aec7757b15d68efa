"""What workers do for the pages. The stored job kinds must not change."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.utils.translation import gettext_lazy as _

from counterfoil.jobs.claims import Claim
from counterfoil.jobs.periodic import periodic
from counterfoil.jobs.registry import handler
from counterfoil.web.exports import services as exports
from counterfoil.web.models import ExportRequest


@handler(
    exports.EXPORT,
    request=ExportRequest,
    label=_("Export data"),
    describe=exports.describe,
    gives_way=True,
)
def write_export(claim: Claim) -> None:
    exports.perform(claim)


@periodic(every_s=3600)
def forget_ended_sessions() -> None:
    SessionStore.clear_expired()
