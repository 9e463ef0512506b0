"""Commands that work for minutes beside a running site."""

import gc
import os
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import connection

# How nice a process is that people's requests do not wait for; theirs run at 0.
_BEHIND: Final = 10
_COLLECTED_AFTER: Final = (20_000, 20, 50)


class LongCommand(BaseCommand):
    """A command that lets people's requests go first, and looks for cycles seldom, when it is called from the shell."""

    _is_from_shell = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Note that the process is the command's own."""
        self._is_from_shell = True
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Give way, and run."""
        if self._is_from_shell:
            # First: a server that is started here serves others too, and must not become slow with us.
            connection.ensure_connection()
            if hasattr(connection, "step_back"):
                connection.step_back(_BEHIND)
            os.nice(_BEHIND)
            # Hundreds of thousands of records stay until the end: looking through all of them finds no cycles.
            gc.freeze()
            gc.set_threshold(*_COLLECTED_AFTER)
        return super().execute(*args, **options)
