"""Reads the environment. An odd value stops the start with a sentence that names the variable."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_BOOLEANS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


class EnvironmentRefused(ImproperlyConfigured):
    """A variable holds a value that cannot be used. The text names it and says what would do."""


class Environment:
    """Typed access to environment variables; every name is asked for with its default."""

    def __init__(self, source: Mapping[str, str] = os.environ) -> None:
        self._source = source

    def text(self, name: str, default: str = "") -> str:
        return self._source.get(name, "").strip() or default

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in _BOOLEANS:
            raise EnvironmentRefused(f"{name} must be true or false, not {value!r}.")
        return _BOOLEANS[value]

    def integer(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            raise EnvironmentRefused(f"{name} must be a whole number, not {value!r}.") from None
        if not least <= number <= most:
            raise EnvironmentRefused(f"{name} must be between {least} and {most}, not {number}.")
        return number

    def seconds(self, name: str, default: float, *, least: float = 0.05) -> float:
        value = self.text(name)
        if not value:
            return default
        try:
            number = float(value)
        except ValueError:
            raise EnvironmentRefused(
                f"{name} must be a number of seconds, not {value!r}."
            ) from None
        if not least <= number <= 10**9:
            raise EnvironmentRefused(f"{name} must be at least {least} seconds, not {value}.")
        return number

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise EnvironmentRefused(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
        return value

    def rate(self, name: str) -> str:
        """Read a rate as "360/min"; the period is a second, a minute, an hour or a day."""
        value = self.text(name)
        if value and not re.fullmatch(
            r"[1-9][0-9]{0,8}/(s(ec(ond)?)?|m(in(ute)?)?|h(our)?|d(ay)?)", value
        ):
            raise EnvironmentRefused(f"{name} must be a rate such as 360/min, not {value!r}.")
        return value

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """Read a list separated by commas."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()] or list(
            default
        )

    def networks(self, name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """Read a list of networks such as 10.1.0.0/16; an address alone is a network of one."""
        networks = []
        for word in self.words(name):
            try:
                networks.append(ipaddress.ip_network(word))
            except ValueError:
                raise EnvironmentRefused(
                    f"{name} must be networks such as 10.1.0.0/16, not {word!r}."
                ) from None
        return networks

    def folders(self, name: str) -> list[Path]:
        """Read a list of folders separated as in PATH; each must exist."""
        found = [Path(word) for word in self.text(name).split(os.pathsep) if word]
        for folder in found:
            if not folder.is_dir():
                raise EnvironmentRefused(f"{name} names {str(folder)!r}, which is not a folder.")
        return found


def data_folder(environment: Environment) -> Path:
    """Return the folder for everything that must outlive the process; make it when missing.

    Raises:
        EnvironmentRefused: it cannot be made or written to.
    """
    folder = Path(environment.text("COUNTERFOIL_DATA_DIR", "data")).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentRefused(
            f"COUNTERFOIL_DATA_DIR {str(folder)!r} cannot be made: {problem.strerror}."
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentRefused(f"COUNTERFOIL_DATA_DIR {str(folder)!r} is not writable.")
    return folder


def secret_key(environment: Environment, folder: Path) -> str:
    """Return the key that signs sessions: from the environment, else from the data folder.

    It is made at the first start, readable by its owner only. Two processes that start at once
    agree on one: whoever links its file first wins.
    """
    configured = environment.text("COUNTERFOIL_SECRET_KEY")
    if configured:
        if len(configured) < 32:
            raise EnvironmentRefused("COUNTERFOIL_SECRET_KEY must be at least 32 characters long.")
        return configured
    place = folder / "secret-key"
    if not place.exists():
        _make_once(place, secrets.token_urlsafe(48))
    return place.read_text(encoding="ascii").strip()


def _make_once(place: Path, content: str) -> None:
    # Random: what a start that was killed has left may have this process's number in a container.
    draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()
