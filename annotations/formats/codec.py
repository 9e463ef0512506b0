"""What a codec is: a pure pair of functions between a file and the neutral document, with its declared losses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from annotations.formats.document import Document, Header, Record

MAX_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing a format cannot carry: a stable code and a sentence for people."""

    what: str
    sentence: str


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
class Reading:
    """What a file holds: its header, its good records in the order of the file, and what is wrong by line."""

    header: Header
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Codec:
    """One format. `read` and `write` are None where the format goes one way only.

    `read` raises IncompleteFile for a file that is cut or changed, and Unprocessable for one of another format.
    """

    name: str
    media_type: str
    extension: str
    losses: tuple[Loss, ...]
    read: Callable[[BinaryIO], Reading] | None
    write: Callable[[Document], Iterator[bytes]] | None
