"""Reads `newsdesk-jsonl` without holding it: once over the bytes for digest and registry, then line by line."""

import hashlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, NoReturn, cast

from annotations.errors import FieldError, IncompleteFile, Unprocessable
from annotations.formats.codec import MAX_PROBLEMS, Item, Problem
from annotations.formats.document import Header
from annotations.formats.native_json import NotStrict, strict_object
from annotations.formats.native_lines import COUNTED, header_of, record_of

# The longest legal line is an article of 5,000,000 code points, each written as two \\uXXXX.
MAX_LINE_BYTES: Final = 64 * 1024 * 1024

# What the first reading must look into. A key or a word may be written with escapes, so those lines too.
_LOOKED_INTO: Final = re.compile(rb'"type"\s*:\s*"(?:outlet|incident|party|end)"|\\u')
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
        self._end_line = 0
        self._stated: Mapping[str, int] = {}
        registry: list[Item] = []
        first = b""
        digest, last = hashlib.sha256(), 0
        for last, raw in enumerate(_lines(file), start=1):
            if self._end_line:
                _refuse_incomplete("There is something after the end line.", last)
            if last == 1:
                first = raw
            elif _LOOKED_INTO.search(raw) and (values := self._values(last, raw, is_first_look=True)) is not None:
                if values.get("type") == "end":
                    self._end(last, values, digest.hexdigest())
                    continue
                if values.get("type") in _REGISTRY:
                    self._take(last, values, registry)
            digest.update(raw)
        self._check_end(first, last)
        self.registry = tuple(registry)
        self._first_problems = tuple(self.problems)
        self.header = self._read_header(first)

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
            kind = values.get("type")
            counts[kind if type(kind) is str else str(kind)] += 1
            if kind not in _REGISTRY:
                self._take(number, values, found)
                if found:
                    yield found.pop()
        # A line that is no JSON cannot be counted; it is listed instead.
        if not malformed and self._stated != {kind: counts[kind] for kind in COUNTED}:
            detail = "The end line counts other lines than the file holds. Download it again."
            _refuse_incomplete(detail, self._end_line)

    def located(self, problem: Problem) -> Problem:
        """Leave a line where it is: there is one file only."""
        return problem

    def _values(self, number: int, raw: bytes, *, is_first_look: bool = False) -> dict[str, object] | None:
        try:
            return strict_object(raw)
        except NotStrict as error:
            if not is_first_look:
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

    def _end(self, number: int, values: Mapping[str, object], digest: str) -> None:
        if values.get("sha256") != digest:
            _refuse_incomplete("The file was changed or cut: its digest differs. Download it again.", number)
        counts = values.get("counts")
        self._stated = dict(counts) if isinstance(counts, dict) else {}
        self._end_line = number

    def _check_end(self, first: bytes, last: int) -> None:
        values = self._values(1, first, is_first_look=True) if last == 1 else None
        if values is not None and values.get("type") == "end":
            self._end(1, values, hashlib.sha256().hexdigest())
        if not self._end_line:
            _refuse_incomplete("The end line is missing; the file was cut. Download it again.", last)

    def _read_header(self, first: bytes) -> Header:
        header, problems = header_of(self._values(1, first, is_first_look=True) or {})
        if header is None:
            errors = [FieldError("", code, detail, line=1) for code, detail in problems]
            raise Unprocessable(errors[0].detail, code=errors[0].code, errors=errors)
        return header


def _lines(file: BinaryIO) -> Iterator[bytes]:
    read = file.readline
    while raw := read(MAX_LINE_BYTES + 1):
        if len(raw) > MAX_LINE_BYTES:
            detail = f"A line is at most {MAX_LINE_BYTES} bytes long."
            raise Unprocessable(detail, code="too_long", errors=[FieldError("", "too_long", detail)])
        yield raw


def _refuse_incomplete(detail: str, line: int) -> NoReturn:
    raise IncompleteFile(detail, errors=[FieldError("", IncompleteFile.code, detail, line=line)])
