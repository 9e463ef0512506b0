"""`manage.py deliver`: send the messages of webhooks that are due."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from annotations.services.delivering import deliver_due


class Command(BaseCommand):
    """Send what is due, once or again and again."""

    help = "Send the messages of webhooks that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--watch", type=float, metavar="SECONDS", help="look again after so many seconds, for ever")

    def handle(self, **options: Any) -> None:
        """Send, and say how many were tried."""
        while True:
            tried = deliver_due()
            if tried:
                self.stdout.write(f"{tried}")
            elif options["watch"] is None:
                return
            else:
                # Nothing is held while waiting: the database may be stopped meanwhile.
                connection.close()
                time.sleep(options["watch"])
