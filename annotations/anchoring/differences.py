"""What changed between two wordings: runs of words that stayed, went or came."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

# Comparing is quadratic in the worst case; longer wordings are shown whole, old and new.
MAX_WORDS: Final = 2_000
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")


class Fate(StrEnum):
    """What became of a run of words."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words and what became of it."""

    fate: Fate
    text: str


def compare(before: str, after: str) -> tuple[Run, ...]:
    """Tell a change word by word. The kept and new runs make `after`, the kept and gone ones `before`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        steps = [("replace" if before != after else "equal", 0, len(old), 0, len(new))]
    else:
        steps = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    runs: list[Run] = []
    for name, old_start, old_end, new_start, new_end in steps:
        if name == "equal":
            runs.append(Run(Fate.KEPT, "".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            runs.append(Run(Fate.GONE, "".join(old[old_start:old_end])))
        if new_end > new_start:
            runs.append(Run(Fate.NEW, "".join(new[new_start:new_end])))
    return tuple(runs)
