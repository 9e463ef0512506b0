"""System checks: what would break silently is refused at the start."""

import importlib.util
from typing import Any

from django.core.checks import CheckMessage, Error, register


@register()
def psycopg_3_is_absent(**_options: Any) -> list[CheckMessage]:
    """Refuse psycopg 3: Django prefers it silently, and what is written for psycopg2 then fails."""
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg (version 3) is installed beside psycopg2.",
            hint="Uninstall psycopg: Django would use it instead of psycopg2.",
            id="newsdesk.E001",
        )
    ]
