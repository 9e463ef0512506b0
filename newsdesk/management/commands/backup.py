"""Save the whole site to one file, beside the running site: the database, the secret key, and what people put there."""

import os
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsdesk.backups import BrokenBackup, read_manifest, site_files, write_backup
from newsdesk.dumps import DumpFailed, check_dump, dump_database


class Command(BaseCommand):
    """Write a backup, read it again, and only then give it its name."""

    help = "Save database and files to one verified file, while the site runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, help="where to write; it may not exist yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write beside the file first: what bears its name is whole and was read again."""
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"There is a file {file} already; give the backup another name.")
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with TemporaryDirectory(prefix="newsdesk-") as folder:
                dump = Path(folder) / "database.dump"
                dump_database(dump)
                check_dump(dump)
                write_backup(draft, dump, site_files(settings.NEWSDESK_VAR), settings.NEWSDESK_VAR)
            manifest = read_manifest(draft)
            draft.replace(file)
        except (BrokenBackup, DumpFailed, OSError) as failure:
            raise CommandError(f"There is no backup: {failure}") from failure
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(
            f"Saved to {file} ({file.stat().st_size:,} bytes, {len(manifest.digests)} parts, all read again)."
        )
