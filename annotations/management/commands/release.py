"""`manage.py release`: make, list and write out releases from the shell."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from annotations.errors import NewsdeskError
from annotations.formats import CODECS, FLAVOURS
from annotations.management.long_command import LongCommand
from annotations.models import Project, User
from annotations.queries.access import Actor, get_numbered_release_for, get_project_for, visible_releases
from annotations.queries.export_choice import ALL, APPROVED, Choice
from annotations.queries.releases import open_release
from annotations.services.releases import make_release


class Command(LongCommand):
    """Make a release of a project, list its releases, or write one to a file."""

    help = "Make a release (--name), write one to a file (--number, --output), or list all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--as", required=True, metavar="NAME", dest="username")
        parser.add_argument("--name", help="make a release of this name")
        parser.add_argument("--state", default=APPROVED, help=f"{APPROVED}, {ALL}, or states separated by commas")
        parser.add_argument("--text", default="include", choices=["include", "omit"])
        parser.add_argument("--number", type=int, help="which release to write")
        parser.add_argument("--format", default="", choices=["", *sorted(CODECS)], help="the whole zip when left out")
        parser.add_argument("--flavour", default="", choices=["", *FLAVOURS])
        parser.add_argument("--output", metavar="FILE", type=Path)

    def handle(self, **options: Any) -> None:
        """Do what was asked. Raises: CommandError."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(_("There is no user %(name)s.") % {"name": options["username"]})
        actor = Actor(user)
        try:
            project = get_project_for(actor, options["project"])
            if options["name"] is not None:
                self._make(actor, project, options)
            elif options["number"] is not None:
                self._write(actor, project, options)
            else:
                self._list(actor, project)
        except NewsdeskError as error:
            raise CommandError(error.detail) from error
        except ValueError as error:
            raise CommandError(_("There is no such state: %(state)s.") % {"state": options["state"]}) from error

    def _make(self, actor: Actor, project: Project, options: dict[str, Any]) -> None:
        choice = Choice(state=options["state"], with_text=options["text"] == "include")
        release = make_release(actor=actor, project=project, name=options["name"], choice=choice)
        self.stdout.write(f"{release.number}")

    def _write(self, actor: Actor, project: Project, options: dict[str, Any]) -> None:
        if options["output"] is None:
            raise CommandError(_("Say with --output where the release is to be written."))
        release = get_numbered_release_for(actor, project, options["number"])
        found = open_release(release, options["format"], options["flavour"])
        with options["output"].open("wb") as file:
            for piece in found.pieces:
                file.write(piece)

    def _list(self, actor: Actor, project: Project) -> None:
        for release in visible_releases(actor, project.id).order_by("number"):
            self.stdout.write(f"{release.number}\t{release.created_at:%Y-%m-%d}\t{release.name}")
