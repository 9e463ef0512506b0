"""What an import leaves behind: its report with the mapping of ids, and one event in each article it touched."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection

from annotations.models import Import
from annotations.queries.access import Actor
from annotations.services.events import Happening, record_events

_EVENTS_AT_ONCE: Final = 200
# In the order in which chains are locked.
_TOLD: Final = """
SELECT f.article_id, f.sort, f.id::text, f.digest, f.length FROM import_line f
JOIN event_chain c ON c.article_id = f.article_id WHERE f.digest IS NOT NULL ORDER BY c.id, f.line
"""
_MAPPING: Final = """
UPDATE import SET mapping = %s::jsonb || coalesce(
    (SELECT jsonb_object_agg(file_id, id) FROM import_line WHERE id IS NOT NULL), '{}')
WHERE id = %s
"""


def save_report(report: Import, registry: dict[str, str]) -> None:
    """Store the report with the mapping of all ids, which is read when it is asked for: it may be long."""
    report.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(_MAPPING, [json.dumps(registry), report.id])
    report.__dict__.pop("mapping", None)


def record_import(actor: Actor, report: Import, registry: dict[str, list[str]]) -> None:
    """Write one event per article, whose payload lists [id, digest of the content] of each record; then the import's.

    Call it last in the transaction: it locks the chains.
    """
    events = _article_events(report)
    while happenings := list(islice(events, _EVENTS_AT_ONCE)):
        record_events(actor=actor.user, project_id=report.project_id, happenings=happenings)
    payload = {"format": report.format, **registry}
    done = Happening("import.done", report.id, "import", None, payload)
    record_events(actor=actor.user, project_id=report.project_id, happenings=[done])


def _article_events(report: Import) -> Iterator[Happening]:
    for article, rows in groupby(_told(), key=itemgetter(0)):
        payload: dict[str, object] = {"import": str(report.id)}
        annotations: list[list[str]] = []
        links: list[list[str]] = []
        for _article, sort, pk, digest, length in rows:
            if sort == "t":
                payload["article"] = {"sha256": digest, "length": length}
            else:
                (annotations if sort == "a" else links).append([pk, digest])
        if annotations or links:
            payload |= {"annotations": annotations, "links": links}
        yield Happening("article.imported", article, "article", article, payload)


def _told() -> Iterator[tuple[UUID, str, str, str, int | None]]:
    """Read what is new, some at a time, from the temporary table of this transaction."""
    raw: Any = connection.connection
    with closing(raw.cursor(name="import_told")) as cursor:
        cursor.itersize = 5_000
        cursor.execute(_TOLD)
        yield from cursor
