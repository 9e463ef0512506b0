"""`manage.py import_set`: the same import as the API's, from the shell."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from annotations.errors import NewsdeskError
from annotations.formats import CODECS, DEFAULT_FORMAT
from annotations.formats.native_json import strict_object
from annotations.management.long_command import LongCommand
from annotations.models import User
from annotations.queries.access import Actor, get_project_for
from annotations.services.exchange import ImportOrder, OnError, import_file
from annotations.services.restoring import restore_archive


class Command(LongCommand):
    """Take a file into a project, in somebody's name."""

    help = "Import a file into a project: all or nothing, or with --on-error skip its good lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--as", required=True, metavar="NAME", dest="username")
        parser.add_argument("--format", default=DEFAULT_FORMAT, choices=sorted(CODECS))
        parser.add_argument("--on-error", default=str(OnError.REFUSE), choices=[str(choice) for choice in OnError])
        parser.add_argument("--labels", type=_names, metavar="JSON", help='for instance {"PER": "party", "O": ""}')
        parser.add_argument("--relations", type=_names, metavar="JSON", help="the same for types of link")
        parser.add_argument(
            "--restore",
            action="store_true",
            help="bring a full archive back into an empty project, with its ids, authors, decisions and times",
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")

    def handle(self, **options: Any) -> None:
        """Take the file in and print the counts. Raises: CommandError."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(_("There is no user %(name)s.") % {"name": options["username"]})
        if options["restore"] and (options["dry_run"] or options["format"] != DEFAULT_FORMAT):
            raise CommandError(_("--restore takes a whole archive of our own format, and has no dry run."))
        actor = Actor(user)
        order = ImportOrder(
            format=options["format"],
            on_error=OnError(options["on_error"]),
            dry_run=options["dry_run"],
            labels=options["labels"],
            relations=options["relations"],
        )
        try:
            project = get_project_for(actor, options["project"])
            with options["file"].open("rb") as file:
                watched = self._watched(file)
                if options["restore"]:
                    report = restore_archive(actor=actor, project=project, file=watched)
                else:
                    report = import_file(actor=actor, project=project, file=watched, order=order)
        except OSError as error:
            raise CommandError(str(error)) from error
        except NewsdeskError as error:
            raise CommandError(_explained(error)) from error
        for found in report.errors:
            self.stderr.write(f"{found['line']}: {found['code']}: {found['detail']}")
        for sort, names in report.unknown.items():
            for name, count in names.items():
                self.stderr.write(f"{sort}: {name}: {count}")
        for name, count in report.counts.items():
            self.stdout.write(f"{name} {count}")

    def _watched(self, file: BinaryIO) -> BinaryIO:
        """Show on a terminal how far the file was read."""
        return cast(BinaryIO, _Watched(file, self)) if self.stderr.isatty() else file


def _names(text: str) -> dict[str, str]:
    """Read a mapping of names. Raises: ValueError, which argparse tells."""
    found = strict_object(text.encode())
    if not all(isinstance(meaning, str) for meaning in found.values()):
        raise ValueError(text)
    return {name: str(meaning) for name, meaning in found.items()}


class _Watched:
    """A file that tells how far it was read, at most a hundred times."""

    def __init__(self, file: BinaryIO, command: LongCommand) -> None:
        self._file, self._command = file, command
        self._size = max(os.fstat(file.fileno()).st_size, 1)
        self._shown = -1

    def __getattr__(self, name: str) -> Any:
        # Archives are read in no order that would show how far.
        return getattr(self._file, name)

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(limit)
        percent = 100 * self._file.tell() // self._size
        if percent != self._shown:
            self._shown = percent
            self._command.stderr.write(f"\r{percent} %", ending="" if line else "\n")
        return line


def _explained(error: NewsdeskError) -> str:
    lines = [f"{found.line}: {found.code}: {found.detail}" for found in error.errors if found.line is not None]
    return "\n".join([error.detail, *lines])
