"""The one writer of annotations and links: takes sequences, uses COPY above a hundred rows.

The verbs (annotations.py, links.py, exchange.py) check rights and rules; this only stores.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import IntegrityError, connection
from django.db.models import Model

from annotations.errors import (
    AlreadyCued,
    AlreadyExpressed,
    Conflict,
    DuplicateAnnotation,
    DuplicateLink,
    FieldError,
    InvalidFields,
    OwnWork,
    TextMismatch,
)
from annotations.models import Annotation, Link, User
from annotations.rules.kinds import Kind
from annotations.rules.links import End
from annotations.services.copying import copy_rows

COPY_ABOVE: Final = 100

Content = dict[str, object]


def content_of(record: Annotation | Link) -> Content:
    """Answer the complete content of a record, as a version keeps it."""
    if isinstance(record, Annotation):
        return {
            "kind": record.kind,
            "segments": [list(segment) for segment in record.segments],
            "exact": list(record.exact),
            "attributes": record.attributes,
            "parties": [str(party) for party in record.parties],
            "note": record.note,
        }
    return {"attributes": record.attributes, "note": record.note}


def end_of(annotation: Annotation) -> End:
    """Answer what the link matrix asks of one end."""
    return End(annotation.id, annotation.project_id, annotation.article_id, Kind(annotation.kind), annotation.segments)


def insert_annotations(annotations: Sequence[Annotation], *, editor: User) -> None:
    """Store new annotations with their first versions. Raises: DuplicateAnnotation, InvalidFields (parties)."""
    _insert(annotations, editor)


def insert_links(links: Sequence[Link], *, editor: User) -> None:
    """Store new links with their first versions. Raises: DuplicateLink, AlreadyExpressed, AlreadyCued."""
    _insert(links, editor)


def update_record(record: Annotation | Link, *, editor: User, fields: Sequence[str]) -> None:
    """Store changed content as the next version: the caller has raised `version` and set the fields."""
    with refusals():
        record.save(update_fields=[*fields, "version", "state", "updated_at"])
        _write_versions([record], editor)


class refusals:  # noqa: N801 - reads as a statement: `with refusals():`
    """Turn what a database guard refuses into our own error; anything unknown stays as it is.

    `also` names one more guard, and the error it becomes.
    """

    def __init__(self, also: str = "", error: type[Conflict] = Conflict) -> None:
        self._also, self._error = also, error

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError):
            cause = error.__cause__
            name = getattr(getattr(cause, "diag", None), "constraint_name", "") or ""
            if name in _REFUSALS:
                raise _REFUSALS[name] from error
            if self._also and name == self._also:
                raise self._error from error
            if name == "annotation_parties":
                raise InvalidFields(
                    [FieldError("parties", "not_found", "One of these parties is not in this project.")]
                ) from error
            if name == "annotation_matches_text":
                raise TextMismatch(stored=[]) from error


_REFUSALS: Mapping[str, type[Conflict] | type[OwnWork]] = {
    "annotation_once": DuplicateAnnotation,
    "link_once": DuplicateLink,
    "link_same_as_once": DuplicateLink,
    "link_one_quote": AlreadyExpressed,
    "link_one_cue": AlreadyCued,
    "decision_by_another": OwnWork,
    "decision_four_eyes": OwnWork,
}


def _insert(records: Sequence[Annotation | Link], editor: User) -> None:
    if not records:
        return
    with refusals():
        if len(records) > COPY_ABOVE:
            copy_rows(records)
        else:
            model: type[Model] = type(records[0])
            model._default_manager.bulk_create(records)
        _write_versions(records, editor)


# The same contents as `content_of`, made from the rows just stored.
_ANNOTATION_VERSIONS: Final = """
INSERT INTO annotation_version (project_id, article_id, annotation_id, number, content, editor_id, at)
SELECT project_id, article_id, id, version, jsonb_build_object(
    'kind', kind, 'segments', to_jsonb(segments), 'exact', to_jsonb(exact),
    'attributes', attributes, 'parties', to_jsonb(parties), 'note', note
), %s, updated_at FROM annotation WHERE id = ANY(%s::uuid[])
"""
_LINK_VERSIONS: Final = """
INSERT INTO link_version (project_id, article_id, link_id, number, content, editor_id, at)
SELECT project_id, source_article_id, id, version, jsonb_build_object('attributes', attributes, 'note', note),
    %s, updated_at FROM link WHERE id = ANY(%s::uuid[])
"""


def _write_versions(records: Sequence[Annotation | Link], editor: User) -> None:
    statement = _ANNOTATION_VERSIONS if isinstance(records[0], Annotation) else _LINK_VERSIONS
    with connection.cursor() as cursor:
        cursor.execute(statement, [editor.id, [record.id for record in records]])
