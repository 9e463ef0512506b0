"""What all readers of foreign files share: items with their lines, problems, and articles made of a bare text."""

import codecs
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, Final, NoReturn

from annotations.anchoring.intake import direction_of, is_language_tag, text_digest
from annotations.errors import FieldError, IncompleteFile, Unprocessable
from annotations.formats.codec import MAX_PROBLEMS, Item, Part, Problem, Reading
from annotations.formats.document import Annotation, Article, Header, JsonObject, Link, Record
from annotations.formats.native_json import NotStrict, strict_value

# What a file says that does not say its language.
UNDETERMINED: Final = "und"
MAX_TITLE: Final = 500
MAX_JSON_BYTES: Final = 256 * 1024 * 1024


class Collector:
    """Collects what a reader finds; lines of several files are numbered through."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._problems: list[Problem] = []
        self._parts: list[Part] = []
        self._lines_before = 0

    def begin_part(self, name: str, lines: int) -> None:
        """Start the next file of an archive, which has so many lines."""
        first = self._parts[-1].first + self._lines_before if self._parts else 1
        self._parts.append(Part(first, name))
        self._lines_before = max(lines, 1)

    def add(self, line: int, record: Record) -> None:
        """Take a record from a line of the present file."""
        self._items.append(Item(self._number(line), record))

    def refuse(self, line: int, code: str, detail: str) -> None:
        """List what is wrong with a line of the present file."""
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(self._number(line), code, detail))

    def reading(self, header: Header | None = None) -> Reading:
        """Answer all that was collected."""
        found = header or Header("", "", "", "all", "", "")
        return Reading(found, tuple(self._items), tuple(self._problems), tuple(self._parts))

    def _number(self, line: int) -> int:
        return line + self._parts[-1].first - 1 if self._parts else line


def read_json(file: BinaryIO) -> object:
    """Read a file that is one piece of JSON. Raises: IncompleteFile, Unprocessable `malformed`, `too_large`."""
    raw = file.read(MAX_JSON_BYTES + 1)
    if len(raw) > MAX_JSON_BYTES:
        refuse_file("too_large", f"A file of this format has at most {MAX_JSON_BYTES} bytes.")
    try:
        return strict_value(raw.removeprefix(codecs.BOM_UTF8))
    except NotStrict as error:
        if error.__cause__ is None:
            refuse_file("malformed", str(error))
        detail = "The file is cut, or no JSON in UTF-8. Download it again."
        raise IncompleteFile(detail, errors=[FieldError("", IncompleteFile.code, detail)]) from error


def refuse_file(code: str, detail: str) -> NoReturn:
    """Refuse a file as a whole. Raises: Unprocessable."""
    raise Unprocessable(detail, code=code, errors=[FieldError("", code, detail)])


def bare_article(identifier: str, text: str, title: str, language: str = UNDETERMINED) -> Article:
    """Make an article of a text and what little a foreign file says about it."""
    one_line = " ".join(title.split())[:MAX_TITLE]
    known = language if is_language_tag(language) else UNDETERMINED
    return Article(
        id=identifier,
        title="".join(sign for sign in one_line if sign.isprintable()).strip() or "Untitled",
        outlet=None,
        url="",
        byline="",
        language=known,
        direction=direction_of(known),
        published_at=None,
        retrieved_at=None,
        sha256=text_digest(text),
        length=len(text),
        license="",
        incidents=(),
        supersedes=None,
        chain_head="",
        text=text,
    )


def draft_annotation(identifier: str, article: str, kind: str, **fields: object) -> Annotation:
    """Make an annotation of which a file says only some fields."""
    return Annotation(**{**_BARE_ANNOTATION, "id": identifier, "article": article, "kind": kind, **fields})  # type: ignore[arg-type]


def draft_link(identifier: str, link_type: str, source: str, target: str, **fields: object) -> Link:
    """Make a link of which a file says only some fields."""
    ends = {"id": identifier, "link_type": link_type, "source": source, "target": target}
    return Link(**{**_BARE_FRAME, **ends, **fields})  # type: ignore[arg-type]


def text_or(value: object, default: str) -> str:
    """Give a text that is not empty, or the default."""
    return value if isinstance(value, str) and value else default


def stem_of(name: str) -> str:
    """Take folder and ending off a name in an archive."""
    return PurePosixPath(name).stem


def folder_of(name: str) -> str:
    """Give the folder of a name in an archive; empty at the top."""
    parent = str(PurePosixPath(name).parent)
    return "" if parent == "." else parent


_NOTHING: JsonObject = {}
_BARE_FRAME: Mapping[str, object] = {
    "attributes": _NOTHING,
    "note": "",
    "state": "draft",
    "version": 1,
    "author": None,
    "origin": _NOTHING,
    "created_at": None,
    "updated_at": None,
}
_BARE_ANNOTATION: Mapping[str, object] = {**_BARE_FRAME, "segments": (), "exact": None, "parties": ()}
