"""What an import leaves behind: its report with the mapping of ids, and one event in each article it touched."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection

from annotations.models import Import
from annotations.queries.access import Actor
from annotations.rules.chain import CanonicalJson
from annotations.services.events import Happening, record_events

_EVENTS_AT_ONCE: Final = 200
# An article a row, in the order in which chains are locked. The lists are written as `canonical_json` would write them:
# neither ids nor digests hold anything to escape.
_TOLD: Final = """
SELECT told.* FROM (
    SELECT article_id::text AS article, max(digest) FILTER (WHERE sort = 't'), max(length),
        string_agg('["' || id || '","' || digest || '"]', ',') FILTER (WHERE sort = 'a'),
        string_agg('["' || id || '","' || digest || '"]', ',') FILTER (WHERE sort = 'l')
    FROM (SELECT * FROM import_line WHERE digest IS NOT NULL ORDER BY article_id, line) AS f
    GROUP BY article_id
) AS told JOIN event_chain c ON c.article_id = told.article::uuid ORDER BY c.id
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
    for article, sha256, length, annotations, links in _told():
        members = [f'"import":"{report.id}"']
        if sha256 is not None:
            members.insert(0, f'"article":{{"length":{length},"sha256":"{sha256}"}}')
        if annotations or links:
            members = [f'"annotations":[{annotations or ""}]', *members, f'"links":[{links or ""}]']
        pk = UUID(article)
        yield Happening("article.imported", pk, "article", pk, CanonicalJson(f"{{{','.join(members)}}}"))


def _told() -> Iterator[tuple[str, str | None, int | None, str | None, str | None]]:
    """Read what is new, some articles at a time, from the temporary table of this transaction."""
    raw: Any = connection.connection
    with closing(raw.cursor(name="import_told")) as cursor:
        cursor.itersize = _EVENTS_AT_ONCE
        cursor.execute(_TOLD)
        yield from cursor
