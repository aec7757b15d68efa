"""Users, teams, API tokens, devices and permissions; answers stored for repeated requests.

Tokens are 256 random bits, shown once and stored as their SHA-256. That is enough for a secret
nobody chose: there is no dictionary to try, and a request costs a microsecond instead of the
quarter second of a password hash.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import clock


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: str | bool) -> User:
        """Create a user who signs in with this e-mail address, in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    email = models.EmailField(unique=True)
    fullname = models.CharField(max_length=255, blank=True, default="")
    locale = models.CharField(max_length=50, default="en")
    is_active = models.BooleanField(default=True)
    #: Part of what a session is checked against: counting it up ends all sessions.
    session_epoch = models.PositiveIntegerField(default=0)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, which knows the password only: another one ends the sessions."""
        checked = f"{self.password}:{self.session_epoch}" if self.session_epoch else self.password
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, checked, secret=secret, algorithm="sha256").hexdigest()


class Team(models.Model):
    """A set of rights in one organizer. A token has exactly its team's rights."""

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=190)
    members = models.ManyToManyField(User, related_name="teams", blank=True)
    all_events = models.BooleanField(default=False)
    limit_events = models.ManyToManyField(Event, related_name="+", blank=True)
    all_event_permissions = models.BooleanField(default=False)
    event_permissions = models.JSONField(default=list)
    all_organizer_permissions = models.BooleanField(default=False)
    organizer_permissions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A link that makes whoever opens it a member of a team. It goes when it was used."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(max_length=190, blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField()

    def __str__(self) -> str:
        return self.note or f"#{self.pk}"


class OneTimeLink(models.Model):
    """A link that lets somebody do one thing without a password. It goes when it was used."""

    class Purpose(models.TextChoices):
        START = "start"  # make the first account
        PASSWORD = "password"  # choose a new one  # noqa: S105

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="links")
    # Who made it on the pages, and in which organizer; a command of the operator is nobody's.
    made_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    organizer = models.ForeignKey(Organizer, null=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class APIToken(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=190)
    active = models.BooleanField(default=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A scanner. It gets its token by showing the initialization token once."""

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="devices")
    device_id = models.PositiveIntegerField()
    unique_serial = models.CharField(max_length=190, unique=True)
    initialization_token = models.CharField(max_length=190, unique=True)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    all_events = models.BooleanField(default=False)
    limit_events = models.ManyToManyField(Event, related_name="+", blank=True)
    revoked = models.BooleanField(default=False)
    name = models.CharField(max_length=190)
    created = models.DateTimeField(default=clock.now, editable=False)
    initialized = models.DateTimeField(null=True, blank=True)
    hardware_brand = models.CharField(max_length=190, null=True, blank=True)
    hardware_model = models.CharField(max_length=190, null=True, blank=True)
    os_name = models.CharField(max_length=190, null=True, blank=True)
    os_version = models.CharField(max_length=190, null=True, blank=True)
    software_brand = models.CharField(max_length=190, null=True, blank=True)
    software_version = models.CharField(max_length=190, null=True, blank=True)
    rsa_pubkey = models.TextField(null=True, blank=True)
    info = models.JSONField(null=True, blank=True)
    security_profile = models.CharField(max_length=190, default="full")
    #: The key of the actor whose rights let it in; empty for the operator.
    announced_by = models.CharField(max_length=190, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "device_id"], name="device_id_unique_in_organizer"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(models.Model):
    """The answer to a request with this key, stored for 24 hours.

    It is written in the transaction of the work itself, so it is there exactly if the work is.
    Where making the body takes long, it is stored after that; until then ``subject`` says what the
    answer is about.
    """

    credential_hash = models.CharField(max_length=64)  # of the actor's key
    key = models.CharField(max_length=190)
    created = models.DateTimeField(default=clock.now, editable=False, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    subject = models.CharField(max_length=190, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential_hash", "key"], name="idempotency_key_unique_to_credential"
            ),
        ]

    def __str__(self) -> str:
        return self.key
