"""The base classes of all API views. How to add a resource:

    class ThingView(ListView, DetailView, EventView[Thing]):      # or OrganizerView, ApiView
        verbose_name = "thing"                    # for the documentation
        example = {"id": 1, "name": "..."}        # an answer, for the documentation
        action_examples = {"redeem": {...}}       # the same for actions beyond the usual six
        request_examples = {"redeem": {...}}      # where requests are no part of the answer
        serializer_class = ThingSerializer        # the output
        input_serializer_class = NewThingSerializer   # what is sent, where it is something else
        write_permissions = ("event.items:write",)  # any one of these; () = seeing the event
        action_permissions = {"redeem": ("event.orders:write", "event.orders:checkin")}

        def get_queryset(self) -> QuerySet[Thing]:
            return self.event.things.order_by("position")    # the list adds the primary key

    routes = event_routes("things", ThingView, name="thing")

``self.actor``, ``self.organizer`` and ``self.event`` are there once permissions are checked:
rows that the actor may not see are the same 403 as rows that do not exist. Within an event the
current time zone is the event's, so that DateTimeFields come out right; inside a list of several
events wrap each object in ``timezone.override(event.tz)``.

Actions are methods ``list``, ``create``, ``retrieve``, ``update``, ``partial_update``, ``destroy``
and ``@action`` ones (REST framework's). Refusals raised by services become HTTP in ``api.errors``.
The order is REST framework's and the contract's: 406, 401, 403, 405, 404, 400.
Add the module to ``api.urls`` and a row per route to ``tests/accesstable.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db import DatabaseError, InterfaceError
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.utils.http import http_date
from rest_framework import mixins
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet, ViewSetMixin

from counterfoil.accounts.actors import Actor
from counterfoil.accounts.idempotency import KeyUse
from counterfoil.api.framework import conditional, idempotency
from counterfoil.api.framework import converters as _ids  # noqa: F401 — knows how ids stand in routes
from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.sparse_fieldsets import chosen
from counterfoil.audit import queries as audit_queries
from counterfoil.audit import services as audit
from counterfoil.catalog import change_clock, saving
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.refusals import Refusal
from counterfoil.core.transactions import late_atomic

M = TypeVar("M", bound=Model)


class ApiView(GenericViewSet[M]):
    """A view below no organizer: anybody with credentials, unless ``*_permissions`` say more."""

    verbose_name: ClassVar[str] = ""
    example: ClassVar[Any] = None
    action_examples: ClassVar[dict[str, Any]] = {}
    request_examples: ClassVar[dict[str, Any]] = {}
    #: The input, where it differs from the output.
    input_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    #: How the key of a path is read: ids of rows; ``str`` where it is a code or a name.
    lookup_value_converter: ClassVar[str] = "id"
    #: Needed where two routes lead to one view, as ``as_view({...}, operation_id="...")``.
    operation_id: str = ""
    read_permissions: ClassVar[Needs] = ()
    write_permissions: ClassVar[Needs] = ()
    action_permissions: ClassVar[dict[str, Needs]] = {}
    #: Actions whose answer carries a secret: it is not stored for a repeated idempotency key.
    secret_actions: ClassVar[frozenset[str]] = frozenset()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(timezone.get_current_timezone()):  # put back what find_scope sets
            try:
                use = self._key_in(request)
                if use is None:
                    return super().dispatch(request, *args, **kwargs)
                return idempotency.answer_once(
                    use,
                    lambda: super(ApiView, self).dispatch(request, *args, **kwargs),
                    lambda subject: self._dispatch_about(subject, request),
                )
            except (Refusal, APIException, DatabaseError, InterfaceError) as problem:
                return self._failed_outside(request, problem)

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.auth  # type: ignore[assignment]
        return actor

    def answer_about(self, subject: str) -> Response:
        """Answer a request that was carried out: see `idempotency.after_commit`."""
        raise NotImplementedError(subject)

    def get_object(self) -> M:
        self.key_in_path(self.lookup_url_kwarg or self.lookup_field)
        obj: M = super().get_object()
        return obj

    def key_in_path(self, name: str) -> Any:
        """Return the key of an object. What is no id at all is a 404 without a message."""
        key = self.kwargs[name]
        if key is None:
            raise NotFound
        return key

    def find_scope(self) -> bool:
        """Find what the path names among what the actor may see; False is the 403."""
        return True

    def has_permission(self, permissions: Needs) -> bool:
        """Whether the actor holds one of the permissions in this scope."""
        return not permissions

    def _key_in(self, request: HttpRequest) -> KeyUse | None:
        key = idempotency.key_of(request)
        if not key:
            return None
        actor = _actor_in(self.initialize_request(request, *self.args, **self.kwargs))
        if actor is None or getattr(self, "action", None) in self.secret_actions:
            return None
        _ = request.body  # read before the transaction: a slow sender must not hold the lock
        return KeyUse.of(actor.key, key)

    def _dispatch_about(self, subject: str, request: HttpRequest) -> HttpResponseBase:
        """Check who asks as for the request itself, and make its answer without acting again."""
        method = (request.method or "").lower()
        setattr(self, method, lambda *_args, **_kwargs: self.answer_about(subject))
        return super().dispatch(request, *self.args, **self.kwargs)

    def _failed_outside(self, request: HttpRequest, problem: Exception) -> HttpResponseBase:
        """Answer what failed before or after the view itself: the key, the lock, the commit."""
        self.request = self.initialize_request(request, *self.args, **self.kwargs)
        self.headers = self.default_response_headers
        self.format_kwarg = None
        response = self.handle_exception(problem)
        return self.finalize_response(self.request, response, *self.args, **self.kwargs)


def _actor_in(request: Request) -> Actor | None:
    """Return who asks, if their credentials are good."""
    try:
        actor: Actor | None = request.auth  # type: ignore[assignment]
    except APIException:
        return None
    return actor


class OrganizerView(ApiView[M]):
    """A view below ``organizers/{organizer}/``."""

    organizer: Organizer

    def find_scope(self) -> bool:
        organizer = self.actor.organizers().filter(slug=self.kwargs["organizer"]).first()
        if organizer is None:
            return False
        self.organizer = organizer
        return True

    def has_permission(self, permissions: Needs) -> bool:
        return not permissions or any(
            self.actor.may_in_organizer(permission, self.organizer) for permission in permissions
        )


class EventView(OrganizerView[M]):
    """A view below ``organizers/{organizer}/events/{event}/``, in the event's time zone."""

    event: Event

    def find_scope(self) -> bool:
        if not super().find_scope():
            return False
        event = self.actor.events(self.organizer).filter(slug=self.kwargs["event"]).first()
        if event is None:
            return False
        event.organizer = self.organizer
        self.event = event
        timezone.activate(event.tz)
        return True

    def has_permission(self, permissions: Needs) -> bool:
        return not permissions or any(
            self.actor.may_in_event(permission, self.event) for permission in permissions
        )

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if hasattr(self, "event"):  # the schema generator has none
            context["event"] = self.event
        return context


class ListView(mixins.ListModelMixin):
    """A paginated list in a total order.

    ``log_kind`` makes it conditional: the kind of log entry that tells when it last changed.
    ``page_generated`` sends X-Page-Generated, the time from which on to ask for changes next.
    Clients choose the fields of an answer with ``include`` and ``exclude``.
    """

    log_kind: ClassVar[str | None] = None
    page_generated: ClassVar[bool] = False
    counted_filters: ClassVar[tuple[str, ...]] = ()

    def whole_count(self) -> int | None:
        """Return the number of rows without filters, or with those in ``counted_filters``.

        None: it is not kept, and must be counted.
        """
        return None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        poll_from = self._poll_from() if self.page_generated else None
        modified = self._last_modified()
        early = modified and conditional.early_answer(request, changed=modified.required)
        response = early or super().list(request, *args, **kwargs)
        if modified is not None and early is None:
            response["Last-Modified"] = http_date(modified.sent.timestamp())
        if poll_from is not None:
            response["X-Page-Generated"] = poll_from.isoformat()
        return response

    def _poll_from(self) -> datetime:
        event: Event | None = getattr(self, "event", None)
        if event is not None:
            return change_clock.poll_from([event.pk])
        organizer: Organizer = self.organizer  # type: ignore[attr-defined]
        return change_clock.poll_from(list(organizer.events.values_list("pk", flat=True)))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)  # type: ignore[misc]
        request: Request = self.request  # type: ignore[attr-defined]
        return chosen(serializer, request) if request.method in SAFE_METHODS else serializer

    def _last_modified(self) -> audit_queries.LastModified | None:
        event: Event | None = getattr(self, "event", None)
        if self.log_kind is None or event is None:
            return None
        return audit_queries.last_modified(event, self.log_kind)


class DetailView(mixins.RetrieveModelMixin):
    """One object by its key; an unknown or malformed key is a 404."""


class WritingViews(mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin):
    """Create, change and delete with a log entry each, in one transaction.

    The serializer's ``save`` gets ``scope()``; services apply the rules; they
    the serializer or ``remove`` calls.
    """

    log_as: ClassVar[str]

    def scope(self) -> dict[str, Any]:
        """What a new object belongs to."""
        return {"event": self.event}  # type: ignore[attr-defined]

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        with late_atomic():
            self.record("added", serializer.save(**self.scope()))

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        with late_atomic():
            self.record("changed", serializer.save())

    def perform_destroy(self, instance: Any) -> None:
        with late_atomic():
            self.record("deleted", instance)
            self.remove(instance)

    def remove(self, instance: Any) -> None:
        """Delete the object, or refuse with the rule that forbids it."""
        saving.delete(instance)

    def record(self, verb: str, obj: Model) -> None:
        request: Request = self.request  # type: ignore[attr-defined]
        audit.record(
            actor=request.auth,  # type: ignore[arg-type]
            action=f"counterfoil.{self.log_as}.{verb}",
            obj=obj,
            event=getattr(self, "event", None),
            organizer=getattr(self, "organizer", None),
            data=request_data(request) if verb != "deleted" else {},
        )


def request_data(request: Request) -> dict[str, Any]:
    """What the client sent; of a form its texts, without its files."""
    data = request.POST if isinstance(request.data, QueryDict) else request.data
    return dict(data) if isinstance(data, dict) else {}


def organizer_routes(prefix: str, view: type[ViewSetMixin], *, name: str) -> list[URLPattern]:
    """Return ``organizers/{organizer}/{prefix}/`` and what lies below, named ``{name}-list`` …"""
    return _routes(f"organizers/<str:organizer>/{prefix}", view, name)


def event_routes(prefix: str, view: type[ViewSetMixin], *, name: str) -> list[URLPattern]:
    """Return ``…/events/{event}/{prefix}/`` and what lies below, named ``{name}-list`` …"""
    return _routes(f"organizers/<str:organizer>/events/<str:event>/{prefix}", view, name)


def _routes(prefix: str, view: type[ViewSetMixin], name: str) -> list[URLPattern]:
    router = SimpleRouter(use_regex_path=False)
    router.register(prefix, view, basename=name)
    urls: list[URLPattern | URLResolver] = router.urls
    return [route for route in urls if isinstance(route, URLPattern)]
