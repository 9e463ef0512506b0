"""Redact a passage: one admin asks, a second person confirms, and what they both chose is masked for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from annotations.anchoring.anchor import Segment
from annotations.anchoring.locate import check_segments
from annotations.anchoring.masking import find_words, joined, words_at
from annotations.errors import (
    Conflict,
    DuplicateAnnotation,
    DuplicateArticle,
    FieldError,
    InvalidFields,
    NotFound,
    OwnWork,
    WrongState,
)
from annotations.models import Article, Redaction, RedactionRequest
from annotations.queries.access import Actor, require
from annotations.queries.redaction_sources import Found, find_in_sources
from annotations.rules.permissions import Action
from annotations.rules.redaction import MOST_SEGMENTS, Closing, reason_errors
from annotations.services.events import Happening, record_events
from annotations.services.masking import Masking
from annotations.services.records import refusals

Key = tuple[str, UUID, str]
Choices = Mapping[Key, bool]

# A project is searched and a long text written in one transaction.
_PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"


class AlreadyMasked(Conflict):
    """409: nothing but blocks stands there."""

    code = "already_masked"
    sentence = "Nothing is left to mask at these places."


class Undecided(Conflict):
    """409: words of the passage stand elsewhere too, and somebody has not said whether they are masked there."""

    code = "undecided"
    sentence = "The same words stand in other records; decide for each whether it is masked there."


@dataclass(frozen=True, slots=True)
class RedactionDraft:
    """What an admin asks for. `choices` says of every other place of the words whether they are masked there."""

    segments: tuple[Segment, ...]
    reason: str
    choices: Choices


def request_redaction(*, actor: Actor, article: Article, draft: RedactionDraft) -> RedactionRequest:
    """Ask a second person to confirm that segments of a text are masked for good.

    Raises: NotAllowed, InvalidFields, SplitsGrapheme, AlreadyMasked, Undecided.
    """
    require(actor, Action.REQUEST_REDACTION, article.project_id)
    segments = joined(draft.segments)
    if not 0 < len(segments) <= MOST_SEGMENTS:
        raise InvalidFields([FieldError("segments", "required", "Choose at least one place.")])
    _check_places(article, segments)
    words = words_at(article.text, segments)
    if not words:
        raise AlreadyMasked
    if found := reason_errors(draft.reason, find_words(draft.reason, words)):
        raise InvalidFields(found)
    with transaction.atomic():
        keys = {key_of(one) for one in _elsewhere(article, words)}
        _require_choices(keys, draft.choices)
        request = RedactionRequest.objects.create(
            project_id=article.project_id,
            article=article,
            segments=[[segment.start, segment.end] for segment in segments],
            reason=draft.reason,
            choices=[
                {"what": what, "record": str(record), "field": field, "mask": draft.choices[what, record, field]}
                for what, record, field in sorted(keys)
            ],
            requested_by=actor.user,
        )
        _happened(actor, request, "requested")
    return request


def close_request(*, actor: Actor, request: RedactionRequest) -> RedactionRequest:
    """End a request without masking: whoever asked takes it back, anybody else who may confirm refuses it.

    Raises: NotFound, NotAllowed, WrongState.
    """
    require(actor, Action.CONFIRM_REDACTION, request.project_id)
    with transaction.atomic():
        held = _hold(request)
        is_own = held.requested_by_id == actor.user.id
        _close(held, Closing.WITHDRAWN if is_own else Closing.REFUSED)
        _happened(actor, held, str(held.closed_as))
    return held


def confirm_redaction(*, actor: Actor, request: RedactionRequest, choices: Choices) -> Redaction:
    """Mask what was asked for, and elsewhere what both people chose to mask; cannot be undone.

    Raises: NotFound, NotAllowed, OwnWork (one's own request), WrongState (ended already), Undecided, AlreadyMasked,
    DuplicateAnnotation and DuplicateArticle when two records would be alike afterwards.
    """
    require(actor, Action.CONFIRM_REDACTION, request.project_id)
    if request.requested_by_id == actor.user.id:
        raise OwnWork("Somebody else has to confirm this.")
    with transaction.atomic():
        held = _hold(request)
        # Locked so that nobody who read the text before can store an annotation on its old words.
        article = Article.objects.select_for_update(of=("self",)).get(pk=held.article_id)
        segments = [Segment(start, end) for start, end in held.segments]
        words = words_at(article.text, segments)
        if not words:
            raise AlreadyMasked
        found = [*_elsewhere(article, words)]
        agreed = _agreed(held, {key_of(one) for one in found}, choices)
        masking = Masking(article, segments, words, [one for one in found if key_of(one) in agreed])
        counts = {**masking.counts(), "left": len({key_of(one) for one in found} - agreed)}
        redaction = Redaction.objects.create(
            project_id=held.project_id,
            article=article,
            request=held,
            segments=held.segments,
            reason=held.reason,
            requested_by_id=held.requested_by_id,
            confirmed_by=actor.user,
            old_digest=old_digest(article.sha256),
            counts=counts,
        )
        _mask(masking, redaction)
        _close(held, Closing.CONFIRMED)
        happenings = [
            Happening("article.redacted", pk, "article", pk, {"redaction": str(redaction.id)})
            for pk in sorted({article.id, *masking.articles})
        ]
        if masking.touches_project:
            payload = {"redaction": str(redaction.id)}
            happenings.append(Happening("project.redacted", held.project_id, "project", None, payload))
        happenings += masking.releases
        record_events(actor=actor.user, project_id=held.project_id, happenings=happenings)
        # After the chains are locked: an event that was just being written is seen.
        masking.drop_payloads(redaction)
    return redaction


def old_digest(sha256: str) -> str:
    """Key the SHA-256 that a text had, so that whoever reads the table cannot confirm a guessed name with it."""
    return salted_hmac("newsdesk.redaction", sha256, algorithm="sha256").hexdigest()


def key_of(found: Found) -> Key:
    """Name what is chosen for a text that was found."""
    return (found.source.what, found.record, found.field)


def _check_places(article: Article, segments: Sequence[Segment]) -> None:
    """Refuse places outside the text, and such as cut a character. Raises: InvalidFields, SplitsGrapheme."""
    for segment in segments:
        check_segments(article.text, [segment], [article.text[segment.start : segment.end]])


def _elsewhere(article: Article, words: list[str]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
    return list(find_in_sources(article.project_id, words))


def _require_choices(keys: set[Key], choices: Choices) -> None:
    if missing := keys - choices.keys():
        detail = "Say whether it is masked here."
        errors = [FieldError(f"{what}.{field}", "required", detail, record=str(pk)) for what, pk, field in missing]
        raise Undecided(errors=sorted(errors, key=lambda error: (error.field, str(error.record))))


def _agreed(request: RedactionRequest, keys: set[Key], choices: Choices) -> set[Key]:
    """Give what both people chose to mask. Raises: Undecided when one of them has not said."""
    asked = {(c["what"], UUID(c["record"]), c["field"]): bool(c["mask"]) for c in request.choices}
    _require_choices(keys, asked)
    _require_choices(keys, choices)
    return {key for key in keys if asked[key] and choices[key]}


def _hold(request: RedactionRequest) -> RedactionRequest:
    held = RedactionRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if held is None:
        raise NotFound
    if held.closed_at is not None:
        raise WrongState
    return held


def _close(held: RedactionRequest, closing: Closing) -> None:
    held.closed_as, held.closed_at = closing, timezone.now()
    held.save(update_fields=["closed_as", "closed_at"])


def _mask(masking: Masking, redaction: Redaction) -> None:
    """Store. Raises: DuplicateArticle, DuplicateAnnotation."""
    try:
        with refusals("article_text_once", DuplicateArticle):
            masking.store(redaction)
    except DuplicateAnnotation as refusal:
        detail = "Two annotations would be alike afterwards; withdraw one of them first."
        raise DuplicateAnnotation(detail=detail) from refusal


def _happened(actor: Actor, request: RedactionRequest, verb: str) -> None:
    payload = {"request": str(request.id)}
    happening = Happening(f"redaction.{verb}", request.id, "redaction", request.article_id, payload)
    record_events(actor=actor.user, project_id=request.project_id, happenings=[happening])
