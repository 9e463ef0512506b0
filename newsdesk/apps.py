"""The project as an installed app: it brings commands and system checks."""

import sys
from typing import Final

from django.apps import AppConfig

# Imported to register what it holds.
from newsdesk import checks  # noqa: F401

# How long a thread that computes keeps the others waiting. Those mostly wait for the database, many times a request.
_TURN_SECONDS: Final = 0.0005


class NewsdeskConfig(AppConfig):
    """The house around the app."""

    name = "newsdesk"
    verbose_name = "newsdesk"

    def ready(self) -> None:
        """Let threads take turns ten times as often as Python does by itself: 5 ms is as long as a whole request."""
        sys.setswitchinterval(_TURN_SECONDS)
