"""Run background tasks: mails that are due, and whatever else the site queued."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from annotations.tasks.worker import Worker


class Command(BaseCommand):
    """`serve` runs one by itself; more may run beside it, on this machine or another."""

    help = "Run background tasks until SIGINT or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to stay."""
        parser.add_argument("--parent", type=int, help="end when this parent process is gone")
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work."""
        worker = Worker(parent=options["parent"])
        if options["once"]:
            count = worker.run_all()
            self.stdout.write(ngettext("{count} task done.", "{count} tasks done.", count).format(count=count))
            return
        worker.stop_on_signals()
        worker.run()
