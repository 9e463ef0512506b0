"""Typed, loud readers of environment variables: a bad value stops the start and names its variable."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a PostgreSQL database is and as whom to enter it."""

    name: str
    user: str
    password: str
    host: str
    port: str
    options: Mapping[str, str]


def env_str(name: str, default: str = "") -> str:
    """Read a text; unset or empty means the default."""
    return os.environ.get(name) or default


def env_bool(name: str, *, default: bool = False) -> bool:
    """Read yes or no. Raises: ImproperlyConfigured for anything else."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")


def env_int(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    """Read a whole number within bounds. Raises: ImproperlyConfigured."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.")
    number = int(text)
    if number < minimum or (maximum is not None and number > maximum):
        bounds = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise ImproperlyConfigured(f"{name} must be {bounds}, not {number}.")
    return number


def env_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Read texts separated by commas; blanks around them do not count."""
    text = os.environ.get(name, "")
    items = [item.strip() for item in text.split(",")]
    return [item for item in items if item] or list(default)


def env_path(name: str, default: Path) -> Path:
    """Read a folder or file name, made absolute."""
    return Path(env_str(name, str(default))).expanduser().resolve()


def env_secret(name: str) -> str | None:
    """Read a secret from NAME or from the file that NAME_FILE names; None when neither is set.

    Raises: ImproperlyConfigured when both are set, or the file is unreadable or empty.
    """
    value, file_name = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value and file_name:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if not file_name:
        return value or None
    try:
        secret = Path(file_name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}.") from error
    if not secret:
        raise ImproperlyConfigured(f"{name}_FILE names an empty file.")
    return secret


def env_database(name: str) -> DatabaseAddress | None:
    """Read a postgres:// address from NAME or NAME_FILE; None when unset.

    Raises: ImproperlyConfigured; the message never repeats the address, which holds a password.
    """
    text = env_secret(name)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        port = str(parts.port or "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a valid address.") from error
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must start with postgres:// (PostgreSQL 15 or newer).")
    return _database_address(name, parts, port)


def _database_address(name: str, parts: SplitResult, port: str) -> DatabaseAddress:
    database = unquote(parts.path.removeprefix("/"))
    if not database:
        raise ImproperlyConfigured(f"{name} must end with the name of the database.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    # libpq's way to name a socket folder or a host with odd characters.
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return DatabaseAddress(
        name=database,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=options.pop("port", "") or port,
        options=options,
    )


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    """Read one of the choices, as written. Raises: ImproperlyConfigured."""
    text = env_str(name, default)
    if text not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
    return text


def env_choices(name: str, default: tuple[str, ...], choices: Collection[str]) -> list[str]:
    """Read some of the choices, separated by commas. Raises: ImproperlyConfigured."""
    items = env_list(name, default)
    for item in items:
        if item not in choices:
            raise ImproperlyConfigured(f"{name} must hold only {', '.join(choices)}, not {item!r}.")
    return items


def origins(address: str) -> list[str]:
    """Name the origin of an address, for a policy; none for an empty one. Raises: ImproperlyConfigured."""
    if not address:
        return []
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured("OIDC_SERVER_URL must be an address that starts with https://.")
    return [f"{parts.scheme}://{parts.netloc}"]
