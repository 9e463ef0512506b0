"""Every column in which words of an article may stand again, and every other one with why it need not be searched."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from annotations.anchoring.anchor import Segment
from annotations.anchoring.masking import find_words, forms_of

Path = tuple[str, ...]
_OPEN: Final = re.compile(r"[\s\"\\%_.+-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A table with the columns that people write in. `what` is the record that its rows belong to."""

    table: str
    columns: tuple[str, ...]
    key: str = "id"
    number: str = "0"
    article: str = "NULL::uuid"
    project: str = "project_id"

    @property
    def what(self) -> str:
        """The table of the record: versions belong to theirs."""
        return self.table.removesuffix("_version")


@dataclass(frozen=True, slots=True)
class Found:
    """One stored text that holds the words, and where in it; `field` is what two people decide on."""

    source: Source
    record: UUID
    number: int
    article: UUID | None
    path: Path
    field: str
    text: str
    segments: tuple[Segment, ...]


SOURCES: Final = (
    Source("project", ("name", "description"), project="id"),
    Source("article", ("title", "byline", "url", "license"), article="id"),
    Source("outlet", ("name", "domain", "country")),
    Source("incident", ("title", "place")),
    Source("party", ("name", "external_ids")),
    Source("party_alias", ("text",)),
    Source("annotation", ("attributes", "note", "origin"), article="article_id"),
    Source("annotation_version", ("content",), key="annotation_id", number="number", article="article_id"),
    Source("link", ("attributes", "note", "origin"), article="source_article_id"),
    Source("link_version", ("content",), key="link_id", number="number", article="article_id"),
    Source("decision", ("comment", "proposal"), article="article_id"),
    Source("comment", ("text",), article="article_id"),
    Source("import", ("errors",)),
    Source("invitation", ("note",)),
    Source("guideline_version", ("text",), number="number"),
    Source("release", ("name",)),
    Source("redaction", ("reason",), article="article_id"),
    Source("redaction_request", ("reason",), article="article_id"),
)
# Handled by the redaction itself, without anybody's choice.
OF_THE_PASSAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "article": ("text", "sha256"),
    "article_passage": ("words",),
    "annotation": ("exact",),
    "event_payload": ("content", "salt"),
    "idempotent_answer": ("body", "body_digest"),
    "import": ("mapping",),
    "undo_step": ("changes",),
    "release": ("manifest", "texts"),
    "release_part": ("content",),
}
# Closed sets, digests, numbers, names of accounts: nothing of an article comes here.
WITHOUT_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "project": ("slug", "settings"),
    "membership": ("role",),
    "user": ("password", "username", "email"),
    "api_token": ("name", "prefix", "digest", "scope"),
    "sign_in_link": ("digest",),
    "sign_in_count": ("digest",),
    "party": ("entity_type", "actor_type"),
    "party_alias": ("language",),
    "outlet": ("kind", "scale"),
    "article": ("language", "direction", "cleaned"),
    "annotation": ("state", "kind", "segments", "parties"),
    "link": ("state", "type"),
    "comment": ("act", "mentions"),
    "event_chain": ("head",),
    "event": ("verb", "subject_label", "payload_digest", "previous", "digest"),
    "idempotent_answer": ("key", "method", "path", "headers"),
    "import": ("format", "status", "counts", "unknown"),
    # Labels of other tools; addresses; ids and closed sets.
    "import_names": ("format", "labels", "relations"),
    "release": ("filters",),
    "webhook": ("url", "topics", "salt"),
    "webhook_delivery": ("topic", "body", "state", "problem"),
    "decision": ("verdict", "reason"),
    "redaction": ("segments", "old_digest", "counts"),
    "redaction_request": ("segments", "choices", "closed_as"),
    "redaction_place": ("place_table", "path", "field", "segments"),
    "undo_step": ("kind",),
    "key_settings": ("keys",),
    "invitation": ("role", "digest"),
    "mail_settings": ("digest",),
}


def find_in_sources(project_id: UUID, words: list[str]) -> Iterator[Found]:
    """Find the words in everything people wrote in a project but the texts of its articles. One statement a table."""
    patterns = like_patterns(words)
    for source in SOURCES if patterns else ():
        with connection.cursor() as cursor:
            cursor.execute(_statement(source), [project_id, patterns])
            rows = cursor.fetchall()
        for record, number, article, written in rows:
            for path, text in _strings(orjson.loads(written)):
                if segments := find_words(text, words):
                    yield Found(source, record, number, article, path, _field(path), text, tuple(segments))


def like_patterns(words: list[str]) -> list[str]:
    """Write the words for ILIKE, wider than find_words: whatever JSON, LIKE or an address writes otherwise is open."""
    forms = {cased for form in forms_of(words) for cased in (form, form.upper(), form.lower(), form.title())}
    return sorted({f"%{_OPEN.sub('%', form)}%" for form in forms})


def _statement(source: Source) -> str:
    columns = ", ".join(f"'{column}', t.\"{column}\"" for column in source.columns)
    written = " || ' ' || ".join(f"coalesce(t.\"{column}\"::text, '')" for column in source.columns)
    return (
        f"SELECT t.{source.key}, {source.number}, {source.article}, jsonb_build_object({columns})::text "  # noqa: S608 - names of ours
        f'FROM "{source.table}" t WHERE t.{source.project} = %s AND ({written}) ILIKE ANY (%s) ORDER BY 1, 2'
    )


def _strings(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Go through the texts of a JSON value; what is cut from the article itself goes by its place, not its words."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, held in value.items():
            if name not in {"exact", "segments"}:
                yield from _strings(held, (*path, name))
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from _strings(held, (*path, str(index)))


def _field(path: Path) -> str:
    """Name what people decide on: a column, or an attribute; the same in a record and all of its versions."""
    return ".".join(path[1:3] if path[0] == "content" else path[:2])
