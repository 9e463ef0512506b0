"""The acts of the workbench that can be undone, each as a whole."""

from enum import StrEnum
from typing import Final

# How many acts of one person in one article can be undone.
MOST_STEPS: Final = 200


class StepKind(StrEnum):
    """What a person did in one act."""

    TAGGED = "tagged"
    KIND = "kind"
    SPAN = "span"
    NOTE = "note"
    ATTRIBUTE = "attribute"
    PARTIES = "parties"
    REMOVED = "removed"
    LINKED = "linked"
    UNLINKED = "unlinked"
    MENTIONS = "mentions"
