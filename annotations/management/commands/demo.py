"""Fill an empty database with a small project to try newsdesk on."""

from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotations.management.demo.load import load_demo
from annotations.models import Project

# Any number, as long as nobody else takes it: two first starts at once must not both find the database empty.
_LOCK: Final = 7_363_201


class Command(BaseCommand):
    """Make the demo project, or nothing."""

    help = "Make the demo project with its three users. Does nothing where there are projects already."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write all of it in one transaction."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            if Project.objects.exists():
                self.stdout.write(_("This database already holds projects: the demo was not made."))
                return
            demo = load_demo()
        counts = {"articles": len(demo.articles), "annotations": len(demo.annotations), "links": len(demo.links)}
        sentence = _(
            "Made the project “%(name)s”: %(articles)d articles, %(annotations)d annotations, %(links)d links."
        )
        self.stdout.write(sentence % {"name": demo.project.name, **counts})
