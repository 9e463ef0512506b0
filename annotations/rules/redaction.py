"""Redaction on paper: who asks, who confirms, and how a request ends (docs/data-model.md#redactions)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from annotations.errors import FieldError
from annotations.rules.texts import note_errors

MOST_SEGMENTS: Final = 500


class Closing(StrEnum):
    """How a request ended."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def reason_errors(reason: object, names_it: Iterable[object]) -> list[FieldError]:
    """Say what is wrong with the reason; `names_it` are the places at which it repeats what is to be masked."""
    found = note_errors("reason", reason)
    if not found and not str(reason).strip():
        found = [FieldError("reason", "required", "A redaction needs a reason.")]
    if not found and any(True for _ in names_it):
        found = [FieldError("reason", "names_it", "Leave the passage itself out of the reason: it is kept.")]
    return found
