"""The one permission class: may this actor see the organizer and event, and do this there?

Unknown, foreign, out of the team's scope and not permitted are all the same 403, so that nobody
learns what exists. A view says what it needs in ``read_permissions``, ``write_permissions`` and
``action_permissions`` (see ``api.framework.views``); the walk over all routes reads the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from counterfoil.accounts.actors import DeviceActor
from counterfoil.api.framework.device_profiles import profile_allows

if TYPE_CHECKING:  # REST framework reads this module while it makes its APIView
    from rest_framework.views import APIView

Needs = tuple[str, ...]


class ScopedView(Protocol):
    """What this module needs of a view: ``api.framework.views.ApiView`` is one."""

    @property
    def read_permissions(self) -> Needs: ...

    @property
    def write_permissions(self) -> Needs: ...

    @property
    def action_permissions(self) -> dict[str, Needs]: ...

    def find_scope(self) -> bool: ...

    def has_permission(self, permissions: Needs) -> bool: ...


class ScopePermission(BasePermission):
    """Finds the rows that the path names among those the actor may see, then asks for rights."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            return False
        if isinstance(request.auth, DeviceActor):
            _check_profile(request, request.auth)
        api_view: ScopedView = view  # type: ignore[assignment]
        return api_view.find_scope() and api_view.has_permission(
            required_permissions_of(api_view, request.method)
        )


def required_permissions_of(view: ScopedView, method: str | None) -> Needs:
    """Return the permissions of which one is enough; none listed means seeing is enough."""
    action = getattr(view, "action", None)
    if action in view.action_permissions:
        return view.action_permissions[action]
    return view.read_permissions if method in SAFE_METHODS else view.write_permissions


def _check_profile(request: Request, actor: DeviceActor) -> None:
    match = request._request.resolver_match
    name = match.url_name if match else None
    if not profile_allows(actor.device.security_profile, request.method or "", name or ""):
        raise PermissionDenied(
            _("The security profile of this device does not allow this request.")
        )
