"""Reads `newsdesk-jsonl` without holding it: once over the bytes for digest and registry, then line by line."""

import hashlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple, NoReturn, cast

from annotations.errors import FieldError, IncompleteFile, Unprocessable
from annotations.formats.codec import MAX_PROBLEMS, Item, Problem
from annotations.formats.document import Header
from annotations.formats.native_json import NotStrict, strict_object
from annotations.formats.native_lines import COUNTED, header_of, record_of

# The longest legal line is an article of 5,000,000 code points, each written as two \\uXXXX.
MAX_LINE_BYTES: Final = 64 * 1024 * 1024

# What the first reading must look into. A key or a word may be written with escapes, so those lines too; where there
# are none, a pattern that begins with its only word is ten times as fast.
_NAMED: Final = rb'"type"[ \t\r]*:[ \t\r]*"(?:outlet|incident|party|end)"'
_LOOKED_INTO: Final = re.compile(_NAMED)
_LOOKED_INTO_ESCAPED: Final = re.compile(_NAMED + rb"|\\u")
_BYTES_AT_ONCE: Final = 1024 * 1024
_REGISTRY: Final = frozenset({"outlet", "incident", "party"})


def open_stream(file: BinaryIO) -> "NativeStream":
    """Read over a whole file; what cannot be read twice is kept in a temporary file.

    Raises: IncompleteFile when the file was cut or changed, Unprocessable for a header we cannot read.
    """
    if not file.seekable():
        kept = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as the stream
        shutil.copyfileobj(file, kept)
        kept.seek(0)
        file = kept
    return NativeStream(file)


class NativeStream:
    """One file. A file that is cut is refused before anything else is said about it."""

    def __init__(self, file: BinaryIO) -> None:
        """Read over the file for the first time."""
        self.problems: list[Problem] = []
        self._file = file
        self._start = file.tell()
        first, self._end_line, self._stated, found = _read_over(file)
        registry: list[Item] = []
        for number, values in found:
            self._take(number, values, registry)
        self.registry = tuple(registry)
        self._first_problems = tuple(self.problems)
        self.header = _read_header(first)

    def items(self) -> Iterator[Item]:
        """Give all records but those of the registry.

        Raises: IncompleteFile when the end line counts other lines.
        """
        counts: Counter[str] = Counter()
        malformed = False
        found: list[Item] = []
        self.problems = list(self._first_problems)
        self._file.seek(self._start)
        for number, raw in enumerate(_lines(self._file), start=1):
            if number in {1, self._end_line}:
                continue
            values = self._values(number, raw)
            if values is None:
                malformed = True
                continue
            kind = str(values.get("type"))
            counts[kind] += 1
            if kind not in _REGISTRY:
                self._take(number, values, found)
                if found:
                    yield found.pop()
        # A line that is no JSON cannot be counted; it is listed instead.
        if not malformed and self._stated != {kind: counts[kind] for kind in COUNTED}:
            detail = "The end line counts other lines than the file holds. Download it again."
            raise _incomplete(detail, self._end_line)

    def located(self, problem: Problem) -> Problem:
        """Leave a line where it is: there is one file only."""
        return problem

    def _values(self, number: int, raw: bytes) -> dict[str, object] | None:
        try:
            return strict_object(raw)
        except NotStrict as error:
            self._problem(number, "malformed", str(error))
            return None

    def _take(self, number: int, values: dict[str, object], found: list[Item]) -> None:
        record, problems = record_of(values)
        if record is not None:
            found.append(Item(number, record))
        for code, detail in problems:
            self._problem(number, code, detail)

    def _problem(self, number: int, code: str, detail: str) -> None:
        # A line beyond the limit is as bad, but a report of a million lines helps nobody.
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(number, code, detail))


class _Overview(NamedTuple):
    """What the first reading finds; lines are counted from 1."""

    first: bytes
    end_line: int
    stated: Mapping[str, object]
    registry: list[tuple[int, dict[str, object]]]


def _read_over(file: BinaryIO) -> _Overview:
    """Find the end, compare its digest, and read the registry. Raises: IncompleteFile, Unprocessable."""
    digest = hashlib.sha256()
    registry: list[tuple[int, dict[str, object]]] = []
    first, last = b"", 0
    for chunk in _chunks(file):
        first = first or chunk[: chunk.find(b"\n") + 1] or chunk
        for number, start, stop in _looked_into(chunk, last + 1):
            values = _values_of(chunk[start:stop])
            kind = values.get("type")
            if kind == "end":
                digest.update(chunk[:start])
                if stop < len(chunk) or file.read(1):
                    raise _incomplete("There is something after the end line.", number + 1)
                if values.get("sha256") != digest.hexdigest():
                    raise _incomplete("The file was changed or cut: its digest differs. Download it again.", number)
                counts = values.get("counts")
                return _Overview(first, number, counts if isinstance(counts, dict) else {}, registry)
            if isinstance(kind, str) and kind in _REGISTRY:
                registry.append((number, values))
        digest.update(chunk)
        last += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
    raise _incomplete("The end line is missing; the file was cut. Download it again.", last)


def _looked_into(chunk: bytes, number: int) -> Iterator[tuple[int, int, int]]:
    """Give the lines of a chunk that are looked into: number, start and stop; `number` is that of the first line."""
    pattern = _LOOKED_INTO_ESCAPED if b"\\u" in chunk else _LOOKED_INTO
    start = stop = 0
    while found := pattern.search(chunk, stop):
        before, start = start, chunk.rfind(b"\n", 0, found.start()) + 1
        stop = chunk.find(b"\n", found.end()) + 1 or len(chunk)
        number += chunk.count(b"\n", before, start)
        yield number, start, stop


def _values_of(raw: bytes) -> dict[str, object]:
    """Read a line that may be malformed, which is said at the second reading."""
    try:
        return strict_object(raw)
    except NotStrict:
        return {}


def _read_header(first: bytes) -> Header:
    header, problems = header_of(_values_of(first))
    if header is None:
        errors = [FieldError("", code, detail, line=1) for code, detail in problems]
        raise Unprocessable(errors[0].detail, code=errors[0].code, errors=errors)
    return header


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_BYTES_AT_ONCE):
        rest = b"" if chunk.endswith(b"\n") else file.readline(MAX_LINE_BYTES + 1)
        if len(rest) > MAX_LINE_BYTES:
            _refuse_long()
        yield chunk + rest


def _lines(file: BinaryIO) -> Iterator[bytes]:
    read = file.readline
    while raw := read(MAX_LINE_BYTES + 1):
        if len(raw) > MAX_LINE_BYTES:
            _refuse_long()
        yield raw


def _refuse_long() -> NoReturn:
    detail = f"A line is at most {MAX_LINE_BYTES} bytes long."
    raise Unprocessable(detail, code="too_long", errors=[FieldError("", "too_long", detail)])


def _incomplete(detail: str, line: int) -> IncompleteFile:
    return IncompleteFile(detail, errors=[FieldError("", IncompleteFile.code, detail, line=line)])
