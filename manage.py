#!/usr/bin/env python3
"""Entry to every command of newsdesk."""

import os
import sys

from django.core.management import execute_from_command_line

# What serves people keeps the short timeouts of the settings; a command may take its time.
_SERVING = frozenset({"serve"})
_TIMEOUTS = ("DB_STATEMENT_TIMEOUT_SECONDS", "DB_LOCK_TIMEOUT_SECONDS", "DB_IDLE_TIMEOUT_SECONDS")


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
    if not _SERVING.intersection(sys.argv[1:2]):
        for name in _TIMEOUTS:
            os.environ.setdefault(name, "0")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
