"""Fill a project with records and an event of each, audit the log, and print how long it took as one line of JSON."""

import json
import time
from argparse import ArgumentParser
from contextlib import closing
from io import BytesIO
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from annotations.models import Annotation, Event, Link
from annotations.queries.access import Actor
from annotations.queries.doctor import Examination
from annotations.queries.doctor_chain import audit_chains, check_chains
from annotations.queries.doctor_snapshot import Snapshot
from annotations.rules.chain import content_digest
from annotations.services.accounts import make_user
from annotations.services.events import record_events
from annotations.services.exchange import ImportOrder, import_file
from annotations.services.holding import happened
from annotations.services.projects import create_project
from annotations.services.records import content_of
from bench.material import ArticlePlan, write_set

# The material links half as many annotations as there are.
ANNOTATIONS: Final = 100
RECORDS: Final = 150
LENGTH: Final = 8_000
_AT_ONCE: Final = 1_000


class Command(BaseCommand):
    """Make articles whose records have each an event that tells their content, as single creates leave them."""

    help = "Prepare a log and audit it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many records there are to be."""
        parser.add_argument("--records", type=int, default=60_000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        _fill(Actor(make_user(username="auditor")), -(-options["records"] // RECORDS))
        # As autovacuum does within minutes on a site that was not filled in one go.
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        events = Event.objects.count()
        audited, whole = _audit(), _examine()
        self.stdout.write(json.dumps({"events": events, "seconds": audited, "whole": whole}))


def _fill(actor: Actor, articles: int) -> None:
    project = create_project(actor=actor, name="Log")
    file = BytesIO()
    write_set(file, [ArticlePlan(number, LENGTH, ANNOTATIONS) for number in range(articles)])
    file.seek(0)
    import_file(actor=actor, project=project, file=file, order=ImportOrder())
    for model in (Annotation, Link):
        records: list[Annotation | Link] = list(model._default_manager.filter(project=project).order_by("id"))
        for start in range(0, len(records), _AT_ONCE):
            told = [
                happened(record, "created", content=content_digest(content_of(record)))
                for record in records[start : start + _AT_ONCE]
            ]
            with transaction.atomic():
                record_events(actor=actor.user, project_id=project.id, happenings=told)


def _audit() -> float:
    started = time.perf_counter()
    with closing(Snapshot()) as snapshot:
        found = [*check_chains(snapshot), *audit_chains(snapshot)]
    if found:
        raise RuntimeError(f"the log is not whole: {found[0]}")
    return time.perf_counter() - started


def _examine() -> float:
    started = time.perf_counter()
    if any(Examination(audit=True).findings()):
        raise RuntimeError("something is wrong with the material")
    return time.perf_counter() - started
