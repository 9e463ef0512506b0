"""Bring a whole site back from one file of `backup`."""

from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from newsdesk.backups import DATABASE, BrokenBackup, extract, put_files_back, read_manifest
from newsdesk.dumps import DumpFailed, check_dump, holds_data, restore_database


class Command(BaseCommand):
    """Check every part, replace the database, put the files back, bring the tables up to date."""

    help = "Bring database and files back from a file of backup."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether it may replace data."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="even if that replaces data")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check first: a broken file changes nothing."""
        try:
            manifest = read_manifest(options["file"])
            if holds_data() and not options["force"]:
                raise CommandError("This site holds data. Restore into an empty one, or say --force to replace it.")
            with TemporaryDirectory(prefix="newsdesk-") as folder:
                extract(options["file"], Path(folder))
                check_dump(Path(folder) / DATABASE)
                restore_database(Path(folder) / DATABASE)
                put_files_back(Path(folder), settings.NEWSDESK_VAR)
        except (BrokenBackup, DumpFailed, OSError) as failure:
            raise CommandError(f"Nothing was restored: {failure}") from failure
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(
            f"Restored the site as it was on {manifest.made_at}. Start it anew, so that it reads its secret key again, "
            "and look it over: python manage.py doctor --audit"
        )
