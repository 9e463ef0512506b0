"""Fill an empty site with what the measurements need, and print how to reach it as one line of JSON."""

import json
from argparse import ArgumentParser
from io import BytesIO
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from annotations.models import Project
from annotations.queries.access import Actor
from annotations.rules.permissions import Scope
from annotations.services.accounts import create_sign_in_link, issue_token, make_user
from annotations.services.exchange import ImportOrder, import_file
from annotations.services.projects import create_project
from bench.bare.models import TABLE
from bench.material import ArticlePlan, write_set


class Command(BaseCommand):
    """Make a user, two projects and articles with so many annotations each."""

    help = "Prepare a site for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many annotations each article is to have."""
        parser.add_argument("--sizes", default="", help="annotations of each article, by commas")
        parser.add_argument("--length", type=int, default=30_000, help="code points of each article")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        with connections["owner"].cursor() as cursor:
            cursor.execute(TABLE)
        actor = Actor(make_user(username="bench"))
        articles = create_project(actor=actor, name="Articles")
        empty = create_project(actor=actor, name="Transfer")
        sizes = [int(size) for size in options["sizes"].split(",") if size]
        prepared = {
            "token": issue_token(user=actor.user, scope=Scope.REVIEW),
            "link": create_sign_in_link(user=actor.user),
            "project": str(articles.id),
            "slug": articles.slug,
            "transfer": str(empty.id),
            "articles": _fill(actor, articles, sizes, options["length"]),
        }
        self.stdout.write(json.dumps(prepared))


def _fill(actor: Actor, project: Project, sizes: list[int], length: int) -> list[str]:
    if not sizes:
        return []
    file = BytesIO()
    write_set(file, [ArticlePlan(number, length, size) for number, size in enumerate(sizes)])
    file.seek(0)
    report = import_file(actor=actor, project=project, file=file, order=ImportOrder())
    return [report.mapping[f"article-{number}"] for number in range(len(sizes))]
