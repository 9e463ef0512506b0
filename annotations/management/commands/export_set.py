"""`manage.py export_set`: the same export as the API's, from the shell."""

import sys
from argparse import ArgumentParser
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from annotations.errors import NewsdeskError
from annotations.formats import CODECS, DEFAULT_FORMAT, FLAVOURS
from annotations.management.long_command import LongCommand
from annotations.models import Project
from annotations.queries.export import open_export
from annotations.queries.export_choice import ALL, APPROVED, Choice, Order

_MEGABYTE = 1024 * 1024


class Command(LongCommand):
    """Write a project's annotations, links and decisions to a file."""

    help = "Export a project to a file, or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--format", default=DEFAULT_FORMAT, choices=sorted(CODECS))
        parser.add_argument("--flavour", default="", choices=["", *FLAVOURS])
        parser.add_argument("--state", default=APPROVED, help=f"{APPROVED}, {ALL}, or states separated by commas")
        parser.add_argument("--text", default="include", choices=["include", "omit"])
        parser.add_argument("--people", default="pseudonyms", choices=["pseudonyms", "names"])
        parser.add_argument("--output", metavar="FILE", type=Path, help="standard output when left out")

    def handle(self, **options: Any) -> None:
        """Write the export. Raises: CommandError."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(_("There is no project %(slug)s.") % {"slug": options["project"]})
        choice = Choice(
            format=options["format"],
            flavour=options["flavour"],
            state=options["state"],
            with_text=options["text"] == "include",
            with_names=options["people"] == "names",
        )
        try:
            self._write(Order(project, choice), options["output"])
        except NewsdeskError as error:
            raise CommandError(error.detail) from error
        except ValueError as error:
            raise CommandError(_("There is no such state: %(state)s.") % {"state": options["state"]}) from error

    def _write(self, order: Order, output: Path | None) -> None:
        export = open_export(order)
        target = nullcontext(sys.stdout.buffer) if output is None else output.open("wb")
        written = 0
        with closing(export.stream), target as file:
            for piece in export.stream:
                file.write(piece)
                written += len(piece)
                self._progress(written)
        if self.stderr.isatty():
            self.stderr.write("")

    def _progress(self, written: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{written / _MEGABYTE:,.1f} MB", ending="")
