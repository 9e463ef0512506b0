"""What a codec is: a pure pair of functions between a file and the neutral document, with its declared losses."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Protocol

from annotations.formats.document import Header, Incident, Outlet, Party, Record
from annotations.formats.losses import Loss
from annotations.formats.names import Names
from annotations.formats.outgoing import Outgoing

MAX_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a file."""

    line: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Item:
    """A record and the line (from 1) on which it stands."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an archive; `first` is the number of its first line when all files are read in a row."""

    first: int
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its header, its good records in the order of the file, and what is wrong by line.

    Lines of an archive are numbered through; `parts` (in order) says where each of its files begins.
    In JSON that is no list of lines, a line is the number of an item.
    """

    header: Header
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    parts: tuple[Part, ...] = ()

    def located(self, problem: Problem) -> Problem:
        """Name the file of an archive and the line in it."""
        at = bisect_right(self.parts, problem.line, key=lambda part: part.first) - 1
        if at < 0:
            return problem
        part = self.parts[at]
        return replace(problem, line=problem.line - part.first + 1, detail=f"{part.name}: {problem.detail}")


class Stream(Protocol):
    """A file read piece by piece: first what articles and mentions name, then all other records."""

    registry: tuple[Item, ...]
    problems: list[Problem]

    def items(self) -> Iterator[Item]:
        """Give all other records in the order of the file, each time anew; `problems` grows meanwhile.

        Raises: IncompleteFile, at the end, for a file that is not whole.
        """

    def located(self, problem: Problem) -> Problem:
        """Name the file of an archive and the line in it."""


class ReadingStream:
    """What was read as a whole, given piece by piece."""

    def __init__(self, reading: Reading) -> None:
        """Take a reading."""
        self._reading = reading
        self.registry = tuple([item for item in reading.items if isinstance(item.record, REGISTRY)])
        self.problems = list(reading.problems)

    def items(self) -> Iterator[Item]:
        """Give what is no registry record."""
        return (item for item in self._reading.items if not isinstance(item.record, REGISTRY))

    def located(self, problem: Problem) -> Problem:
        """Name the file of an archive and the line in it."""
        return self._reading.located(problem)


REGISTRY = (Outlet, Incident, Party)


@dataclass(frozen=True, slots=True)
class Codec:
    """One format. `read` and `write` are None where the format goes one way only.

    `read` raises IncompleteFile for a file that is cut or changed, and Unprocessable for one of another format.
    `write` takes what it is given once, an article at a time, and notes each loss in `outgoing.lost`.
    `flavours` are the ways in which it can be written, the first by default; `needs_text` is true where an export
    without texts makes no sense; `needs` names a package that its first flavour needs and that may be absent;
    `read_named` is `read` with a mapping of names, where a format has labels of anybody's choice.
    `other_types` are media type and extension of flavours that differ in these. `stream` reads a file without
    holding all of it, where the format allows that.
    """

    name: str
    media_type: str
    extension: str
    losses: tuple[Loss, ...]
    read: Callable[[BinaryIO], Reading] | None
    write: Callable[[Outgoing], Iterator[bytes]] | None
    flavours: tuple[str, ...] = ()
    needs_text: bool = False
    needs: str = ""
    read_named: Callable[[BinaryIO, Names], Reading] | None = None
    other_types: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    stream: Callable[[BinaryIO], Stream] | None = None

    def type_of(self, flavour: str) -> tuple[str, str]:
        """Answer media type and extension of a flavour."""
        return self.other_types.get(flavour, (self.media_type, self.extension))
