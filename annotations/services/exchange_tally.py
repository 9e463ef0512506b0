"""What an import found out so far: counts, and what is wrong with which line."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from annotations.errors import NewsdeskError
from annotations.formats.codec import MAX_PROBLEMS, Item, Problem
from annotations.services.exchange_checks import refusals_of

# The words of the end line.
NEW: Final = ("outlet", "incident", "party", "article", "annotation", "link")


@dataclass(slots=True)
class Tally:
    """Grows line by line; `new` counts what is stored, by the words of the end line."""

    problems: list[Problem] = field(default_factory=list)
    new: Counter[str] = field(default_factory=Counter)
    already_there: int = 0
    skipped: int = 0
    decisions_ignored: int = 0
    # A filtered export names earlier versions of its articles without holding them.
    supersedes_dropped: int = 0

    def try_line(self, item: Item, act: Callable[[Item], None]) -> bool:
        """Do something with a line, or list why it is refused; say whether it went well."""
        try:
            act(item)
        except NewsdeskError as error:
            refusals = refusals_of(error)
            self.refuse(item.line, *refusals[0])
            for code, detail in refusals[1:]:
                self._list(item.line, code, detail)
            return False
        return True

    def refuse(self, line: int, code: str, detail: str) -> None:
        """Leave a line out."""
        self.skipped += 1
        self._list(line, code, detail)

    def add_unread(self, problems: list[Problem]) -> None:
        """Count the lines that could not be read at all."""
        self.skipped += len({found.line for found in problems})
        self.problems = sorted([*problems, *self.problems], key=lambda found: found.line)[:MAX_PROBLEMS]

    def counts(self) -> dict[str, int]:
        """Give the counts of the report."""
        return {
            **{word: self.new[word] for word in NEW},
            "decision": 0,
            "already_there": self.already_there,
            "skipped": self.skipped,
            "decisions_ignored": self.decisions_ignored,
            "supersedes_dropped": self.supersedes_dropped,
        }

    def _list(self, line: int, code: str, detail: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(line, code, detail))
