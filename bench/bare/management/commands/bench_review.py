"""Fill a project with records that wait for review, and print how to reach it as one line of JSON."""

import json
from argparse import ArgumentParser
from io import BytesIO
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import connections

from annotations.models import Article
from annotations.queries.access import Actor
from annotations.rules.permissions import Role
from annotations.services.accounts import create_sign_in_link, make_user
from annotations.services.exchange import ImportOrder, import_file
from annotations.services.projects import add_member, create_project
from annotations.services.submission import submit_article
from bench.material import ArticlePlan, write_set

# The material links half as many annotations as there are.
ANNOTATIONS: Final = 100
RECORDS: Final = 150
LENGTH: Final = 8_000


class Command(BaseCommand):
    """Make an author, a reviewer, and articles whose records are all handed in."""

    help = "Prepare a review queue for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many records are to wait."""
        parser.add_argument("--records", type=int, default=100_000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        author, reviewer = Actor(make_user(username="queue-author")), Actor(make_user(username="queue-reviewer"))
        project = create_project(actor=author, name="Queue")
        add_member(actor=author, project=project, username="queue-reviewer", role=Role.REVIEWER)
        count = -(-options["records"] // RECORDS)
        file = BytesIO()
        write_set(file, [ArticlePlan(number, LENGTH, ANNOTATIONS) for number in range(count)])
        file.seek(0)
        import_file(actor=author, project=project, file=file, order=ImportOrder())
        waiting = 0
        for article in Article.objects.filter(project=project).defer("text").iterator():
            done = submit_article(actor=author, article=article)
            waiting += done.annotations + done.links
        # As autovacuum does within minutes on a site that was not filled in one go.
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        link = create_sign_in_link(user=reviewer.user)
        self.stdout.write(json.dumps({"slug": project.slug, "link": link, "waiting": waiting}))
