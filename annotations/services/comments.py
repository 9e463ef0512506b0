"""Say something about a record or resolve its thread; remember how far each person has read."""

from django.db import connection, transaction

from annotations.errors import FieldError, InvalidFields
from annotations.models import Annotation, Comment, Link
from annotations.queries.access import Actor, require
from annotations.queries.comments import people_who_see
from annotations.rules.comments import CommentAct, called
from annotations.rules.permissions import Action
from annotations.rules.texts import note_errors
from annotations.services.holding import record_change

# A version seen before stays the one to compare with, until a newer one is seen; an unchanged row is not written.
_SEE = """
INSERT INTO record_seen AS seen (id, project_id, user_id, {column}_id, version, before, at)
VALUES (%s, %s, %s, %s, %s, NULL, clock_timestamp())
ON CONFLICT ({column}_id, user_id) WHERE {column}_id IS NOT NULL DO UPDATE SET
    before = CASE WHEN seen.version < excluded.version THEN seen.version ELSE seen.before END,
    version = greatest(seen.version, excluded.version),
    at = excluded.at
WHERE seen.version < excluded.version OR EXISTS (
    SELECT 1 FROM comment WHERE comment.{column}_id = excluded.{column}_id AND comment.at > seen.at)
"""
_SETTLE = """
UPDATE record_seen SET settled_at = clock_timestamp() WHERE user_id = %s AND {column}_id = %s
"""


def add_comment(*, actor: Actor, record: Annotation | Link, text: str, act: CommentAct = CommentAct.SAID) -> Comment:
    """Add an entry to a record's thread, or resolve it; members called by @name are told, if they may see the record.

    Raises: NotAllowed, InvalidFields.
    """
    require(actor, Action.COMMENT, record.project_id)
    found = note_errors("text", text)
    if act is CommentAct.SAID and not found and not text.strip():
        found = [FieldError("text", "blank", "This may not be blank.")]
    if found:
        raise InvalidFields(found)
    is_link = isinstance(record, Link)
    with transaction.atomic():
        comment = Comment.objects.create(
            project_id=record.project_id,
            article_id=record.source_article_id if isinstance(record, Link) else record.article_id,
            annotation_id=None if is_link else record.id,
            link_id=record.id if is_link else None,
            act=act,
            text=text,
            mentions=called(text, people_who_see(record)),
            author=actor.user,
        )
        record_change(actor, record, "commented" if act is CommentAct.SAID else "resolved", comment=str(comment.id))
    return comment


def see_record(*, actor: Actor, record: Annotation | Link) -> None:
    """Remember that a person has this version and its comments on the screen; a bookmark, so without an event."""
    column = "link" if isinstance(record, Link) else "annotation"
    values = (Comment().id, record.project_id, actor.user.id, record.id, record.version)
    with connection.cursor() as cursor:
        cursor.execute(_SEE.format(column=column), values)


def settle_record(*, actor: Actor, record: Annotation | Link) -> None:
    """Put a record away in the actor's inbox until something new happens to it."""
    column = "link" if isinstance(record, Link) else "annotation"
    with transaction.atomic():
        see_record(actor=actor, record=record)
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE.format(column=column), [actor.user.id, record.id])
