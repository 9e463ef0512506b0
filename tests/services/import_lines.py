"""A small file for imports, line by line, to be changed and put together by tests."""

import hashlib
import io
from typing import Any

from annotations.models import Import, Project
from annotations.queries.access import Actor
from annotations.services.exchange import ImportOrder, import_file
from tests.formats.test_native import file_of

TEXT = "“We hold the bridge,” the army said 🚩. The rebels denied it."
ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "t1",
    "title": "Both sides",
    "outlet": None,
    "url": "",
    "byline": "",
    "language": "en",
    "direction": "ltr",
    "published_at": None,
    "retrieved_at": "2026-01-01T00:00:00Z",
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "length": len(TEXT),
    "license": "",
    "incidents": [],
    "supersedes": None,
    "text": TEXT,
}
FRAME: dict[str, Any] = {
    "note": "",
    "state": "approved",
    "version": 4,
    "author": "gold",
    "origin": {"by": "human"},
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-02T00:00:00Z",
}
CLAIM = {"voice": "attributed", "act": "assert", "topic": "other", "commitment": "certain"}
PARTY: dict[str, Any] = {
    "type": "party",
    "id": "p1",
    "name": "Army",
    "entity_type": "group",
    "actor_type": "state_forces",
    "parent": None,
    "aliases": [{"text": "the army", "language": "en"}],
    "external_ids": {"wikidata": "Q1"},
}


def span(pk: str, kind: str, *words: str, **fields: Any) -> dict[str, Any]:
    segments = [[TEXT.index(piece), TEXT.index(piece) + len(piece)] for piece in words]
    frame = {"article": "t1", "segments": segments, "exact": list(words), "attributes": {}, "parties": []}
    return {"type": "annotation", "id": pk, "kind": kind, **frame, **FRAME, **fields}


def link(pk: str, type_: str, source: str, target: str, **fields: Any) -> dict[str, Any]:
    ends = {"link_type": type_, "source": source, "target": target, "attributes": {}}
    return {"type": "link", "id": pk, **ends, **FRAME, **fields}


QUOTE = span("q", "quote", "“We hold the bridge,”", attributes={"quote_type": "direct"})
HELD = span("c", "claim", "We hold the bridge", attributes=CLAIM)
DENIAL = span("d", "counterclaim", "denied it", attributes=CLAIM | {"act": "deny"})
SPEAKER = span("s", "party", "the army", attributes={"mention_form": "nominal"}, parties=["p1"])
SAYS = link("k1", "speaker", "q", "s")
DISPUTES = link("k2", "disputes", "d", "c", attributes={"mode": "rebuts"})
GOOD = (PARTY, ARTICLE, QUOTE, HELD, DENIAL, SPEAKER, SAYS, DISPUTES)


def content(*lines: dict[str, Any]) -> bytes:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["type"]] = counts.get(line["type"], 0) + 1
    return file_of(*lines, **counts)


def take(actor: Actor, project: Project, *lines: dict[str, Any], **order: Any) -> Import:
    return import_file(actor=actor, project=project, file=io.BytesIO(content(*lines)), order=ImportOrder(**order))
