"""Every failure newsdesk raises on purpose: stable code, HTTP status, named fields. Knows no framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field, item of a list (`index`), line of a file or record."""

    field: str
    code: str
    detail: str
    index: int | None = None
    line: int | None = None
    record: str | None = None


class NewsdeskError(Exception):
    """Base of all: `code` is for programs, `detail` is a sentence that says what to do next.

    `extras` are further top-level members of the answer (`nearest`, `stored`, `missing`, `existing`, …).
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Error"
    code: str = "error"
    sentence: ClassVar[str] = "Something went wrong."

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        extras: Mapping[str, object] | None = None,
    ) -> None:
        self.detail = detail or self.sentence
        self.errors = tuple(errors)
        self.extras: dict[str, object] = dict(extras or {})
        super().__init__(self.detail)


# --- families -----------------------------------------------------------------------------------


class InvalidInput(NewsdeskError):
    """400: the input itself is wrong, whatever is stored."""

    status = 400
    title = "Invalid input"
    code = "invalid"
    sentence = "Some fields are not right; see errors."

    def __init__(
        self,
        detail: str = "",
        *,
        field: str = "",
        code: str = "",
        errors: Sequence[FieldError] = (),
        extras: Mapping[str, object] | None = None,
    ) -> None:
        if code:
            self.code = code
        found = tuple(errors) or (FieldError(field, self.code, detail or self.sentence),)
        super().__init__(detail, errors=found, extras=extras)


class InvalidFields(InvalidInput):
    """400 for one or more field errors; with a single one its own code is the answer's code."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        only = errors[0] if len(errors) == 1 else None
        super().__init__(only.detail if only else "", code=only.code if only else "", errors=errors)


class NotAuthenticated(NewsdeskError):
    """401."""

    status = 401
    title = "Not signed in"
    code = "not_authenticated"
    sentence = "Sign in, or send a valid token."


class NotAllowed(NewsdeskError):
    """403: visible, but this role may not do it."""

    status = 403
    title = "Not allowed"
    code = "not_allowed"
    sentence = "Your role in this project does not allow this."


class NotFound(NewsdeskError):
    """404: missing, or not yours to see; never told apart."""

    status = 404
    title = "Not found"
    code = "not_found"
    sentence = "There is nothing here that you may see."


class Conflict(NewsdeskError):
    """409: contradicts what is stored."""

    status = 409
    title = "Conflict"
    code = "conflict"
    sentence = "This contradicts what is stored; load it again and repeat."


class Stale(NewsdeskError):
    """412: the content changed since it was read. `record` is the stored model row, shown as `current`."""

    status = 412
    title = "Changed meanwhile"
    code = "stale_version"
    sentence = "This was changed meanwhile; compare with the current version and repeat."

    def __init__(self, record: object = None) -> None:
        super().__init__()
        self.record = record


class TooLarge(NewsdeskError):
    """413."""

    status = 413
    title = "Too large"
    code = "too_large"
    sentence = "This is larger than the limit; send it in smaller parts."


class Unprocessable(NewsdeskError):
    """422: a batch or file with bad items, or an idempotency key used twice."""

    status = 422
    title = "Cannot be processed"
    code = "unprocessable"
    sentence = "Some items cannot be taken; see errors. Nothing was stored."

    def __init__(
        self,
        detail: str = "",
        *,
        code: str = "",
        errors: Sequence[FieldError] = (),
        extras: Mapping[str, object] | None = None,
    ) -> None:
        if code:
            self.code = code
        super().__init__(detail, errors=errors, extras=extras)


class PreconditionRequired(NewsdeskError):
    """428."""

    status = 428
    title = "Precondition required"
    code = "precondition_required"
    sentence = "Send If-Match with the ETag you last read."


class Throttled(NewsdeskError):
    """429; `extras['retry_after']` seconds become the header."""

    status = 429
    title = "Too many requests"
    code = "throttled"
    sentence = "Too many requests; wait a little and repeat."


class Unavailable(NewsdeskError):
    """503 with Retry-After."""

    status = 503
    title = "Unavailable"
    code = "unavailable"
    sentence = "The database is away for a moment; repeat in a few seconds. Nothing was changed."


# --- 400 ----------------------------------------------------------------------------------------


class Malformed(InvalidInput):
    code = "malformed"
    title = "Malformed request"
    sentence = "The body is not valid JSON in UTF-8."


class InvalidIfMatch(InvalidInput):
    code = "invalid_if_match"
    sentence = 'If-Match takes exactly one strong ETag, such as "3".'


class InvalidParameter(InvalidInput):
    code = "invalid_parameter"
    sentence = "A query parameter is unknown or malformed."


class SplitsGrapheme(InvalidInput):
    """A segment starts or ends inside a character as people see it; `nearest` are legal offsets."""

    code = "splits_grapheme"
    sentence = "A segment cuts through a character; use the nearest offsets."

    def __init__(self, *, nearest: Sequence[Sequence[int]]) -> None:
        super().__init__(field="segments", extras={"nearest": [list(pair) for pair in nearest]})


class KindNotAllowed(InvalidInput):
    code = "kind_not_allowed"
    sentence = "A link of this type cannot join these kinds."


class SelfLink(InvalidInput):
    code = "self_link"
    sentence = "An annotation cannot be linked to itself."


class CrossArticle(InvalidInput):
    code = "cross_article_not_allowed"
    sentence = "A link of this type cannot leave its article."


class OutsideQuote(InvalidInput):
    code = "outside_quote"
    sentence = "The claim must lie inside the quote's segments."


class OtherProject(InvalidInput):
    code = "other_project"
    sentence = "Both ends of a link must be in one project."


class ReasonRequired(InvalidInput):
    code = "reason_required"
    sentence = "Rejecting and asking for changes need a reason; the reason 'other' needs a comment."


# --- 403 ----------------------------------------------------------------------------------------


class NotYours(NotAllowed):
    code = "not_yours"
    sentence = "Only its author may do this."


class OwnWork(NotAllowed):
    code = "own_work"
    sentence = "You wrote or edited this; somebody else has to decide on it."


class SecondFactorRequired(NotAllowed):
    code = "second_factor_required"
    sentence = "This project asks its members for a second factor; set one up on the account page, then come back."


class InsufficientScope(NotAllowed):
    code = "insufficient_scope"
    sentence = "This token's scope is too narrow; use one with a wider scope."


# --- 409 ----------------------------------------------------------------------------------------


class TextMismatch(Conflict):
    """The text at the segments is not what the writer believes; `stored` is what is there."""

    code = "text_mismatch"
    sentence = "The text at these offsets differs from exact; load the article again and select anew."

    def __init__(self, *, stored: Sequence[str]) -> None:
        super().__init__(extras={"stored": list(stored)})


class WrongState(Conflict):
    code = "wrong_state"
    sentence = "This step is not possible in the record's present state; load it again."


class Duplicate(Conflict):
    """Repeats a stored record; `existing` is its id."""

    code = "duplicate"
    sentence = "This is already there."

    def __init__(self, existing: object = None, detail: str = "") -> None:
        super().__init__(detail, extras={"existing": None if existing is None else str(existing)})


class DuplicateAnnotation(Duplicate):
    code = "duplicate_annotation"
    sentence = "You already have this kind on these segments; open the existing annotation."


class DuplicateLink(Duplicate):
    code = "duplicate_link"
    sentence = "These two are already linked in this way."


class DuplicateArticle(Duplicate):
    code = "duplicate_article"
    sentence = "This project already holds an article with exactly this text."


class AlreadyExpressed(Conflict):
    code = "already_expressed"
    sentence = "This claim already belongs to a quote; withdraw that link first."


class AlreadyCued(Conflict):
    code = "already_cued"
    sentence = "This already has a cue; withdraw that link first."


class BreaksLinks(Conflict):
    """`errors[].record` names each living link that the change would make illegal."""

    code = "breaks_links"
    sentence = "The change would break links; withdraw them first."

    def __init__(self, links: Sequence[str]) -> None:
        found = [FieldError("", self.code, "This link would break.", record=link) for link in links]
        super().__init__(errors=found)


class ChangedSince(Conflict):
    """An act cannot be undone: `record` is not as it left it; `errors` say what differs, then and now."""

    code = "changed_since"
    sentence = "This was changed since, so it stays as it is; look at it, then undo by hand or leave the step out."

    def __init__(self, record: object, differences: Sequence[FieldError]) -> None:
        super().__init__(errors=differences)
        self.record = record


class EndsNotApproved(Conflict):
    code = "ends_not_approved"
    sentence = "A link can be approved only with both of its ends; add them to the list."


class Incomplete(Conflict):
    """`missing` names what is absent; `errors[].record` the record that would complete it, when it exists."""

    code = "incomplete"
    sentence = "Something is missing before this can be approved; see missing."

    def __init__(self, missing: Sequence[str], errors: Sequence[FieldError]) -> None:
        super().__init__(errors=errors, extras={"missing": list(missing)})


class LastAdmin(Conflict):
    code = "last_admin"
    sentence = "A project needs an admin; make somebody else admin first."


class InUse(Conflict):
    code = "in_use"
    sentence = "Other records refer to this, so it cannot be deleted."


class Immutable(Conflict):
    code = "immutable"
    sentence = "A stored text never changes; add the corrected page as a new article."


class InProgress(Conflict):
    code = "in_progress"
    sentence = "The same request is still running; repeat it in a moment."


# --- 422 ----------------------------------------------------------------------------------------


class IdempotencyConflict(Unprocessable):
    code = "idempotency_conflict"
    sentence = "This Idempotency-Key was used for another request; make a new key."


class IncompleteFile(Unprocessable):
    code = "incomplete_file"
    sentence = "The file is cut or changed: its end line is missing or does not match; download it again."


# --- 415 ----------------------------------------------------------------------------------------


class UnsupportedMediaType(NewsdeskError):
    status = 415
    title = "Unsupported media type"
    code = "unsupported_media_type"
    sentence = "Send JSON as application/json in UTF-8."
