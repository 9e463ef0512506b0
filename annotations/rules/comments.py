"""What is said about a record: the acts of a thread, and who is called in it by @name."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

_K = TypeVar("_K")


class CommentAct(StrEnum):
    """What an entry of a thread does; a thread is resolved when its last entry resolves it."""

    SAID = "said"
    RESOLVED = "resolved"


MAX_CALLED: Final = 50
_CALL: Final = re.compile(r"(?<![\w@])@([\w.@+-]+)")


def called(text: str, people: Mapping[str, _K]) -> list[_K]:
    """Find whom a text calls by @name, each once; a full stop or hyphen at the end is not part of the name."""
    found = (people.get(name) or people.get(name.rstrip(".-+@")) for name in _CALL.findall(text))
    return list(dict.fromkeys(person for person in found if person is not None))[:MAX_CALLED]


def is_resolved(acts: Sequence[str]) -> bool:
    """Say whether a thread, told by its acts oldest first, is resolved."""
    return bool(acts) and acts[-1] == CommentAct.RESOLVED
