"""The site's secret key: given by the operator, else made once and kept beside the data."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from newsdesk.env import env_secret

_SHORTEST = 32


def read_or_make_key(var: Path) -> str:
    """Read SECRET_KEY or SECRET_KEY_FILE; else read, or make at random, the file secret_key in `var`.

    Raises: ImproperlyConfigured when a key is shorter than 32 characters.
    """
    given = env_secret("SECRET_KEY")
    if given is not None:
        return _checked(given, "SECRET_KEY")
    path = var / "secret_key"
    if not path.exists():
        _make(path)
    return _checked(path.read_text(encoding="ascii").strip(), str(path))


def _checked(key: str, source: str) -> str:
    if len(key) < _SHORTEST:
        raise ImproperlyConfigured(f"{source} must hold at least {_SHORTEST} characters.")
    return key


def _make(path: Path) -> None:
    """Write the key whole before it gets its name: processes that start together all read the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
