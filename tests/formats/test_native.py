"""`newsdesk-jsonl`: what is written is read again, and a file that is cut or changed is told from a whole one."""

import difflib
import hashlib
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from annotations.errors import IncompleteFile, Unprocessable
from annotations.formats import codec_named
from annotations.formats.codec import Reading
from annotations.formats.document import (
    Annotation,
    Article,
    Decision,
    Document,
    Gone,
    Incident,
    Link,
    Outlet,
    Party,
)
from annotations.formats.native import read, write

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(folder.name for folder in GOLDEN.iterdir())

HEADER: dict[str, Any] = {
    "type": "newsdesk",
    "version": 1,
    "offset_unit": "codepoint",
    "project": {"id": "p", "slug": "p", "name": "P"},
    "state": "all",
    "exported_at": "2026-01-01T00:00:00Z",
}
OUTLET: dict[str, Any] = {
    "type": "outlet",
    "id": "o",
    "name": "Outlet",
    "domain": "",
    "country": "",
    "kind": None,
    "scale": None,
    "party": None,
}
ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "a",
    "title": "Title",
    "language": "en",
    "sha256": "x",
    "length": 1,
}


def document_of(reading: Reading) -> Document:
    def every(sort):
        return tuple(item.record for item in reading.items if isinstance(item.record, sort))

    return Document(
        reading.header,
        outlets=every(Outlet),
        incidents=every(Incident),
        parties=every(Party),
        articles=every(Article),
        annotations=every(Annotation),
        links=every(Link),
        decisions=every(Decision),
        gone=every(Gone),
    )


def file_of(*lines: Any, **counts: int) -> bytes:
    """Put lines (objects or bytes) under a header and over a right end line."""
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in (HEADER, *lines)]
    body = b"\n".join(raw) + b"\n"
    kinds = ("outlet", "incident", "party", "article", "annotation", "link", "decision")
    end = {
        "type": "end",
        "counts": {kind: counts.get(kind, 0) for kind in kinds},
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return body + json.dumps(end).encode() + b"\n"


def problems_of(content):
    return [(problem.line, problem.code) for problem in read(io.BytesIO(content)).problems]


@pytest.mark.parametrize("case", CASES)
def test_golden_file_reads_as_its_document(case):
    wanted = json.loads((GOLDEN / case / "document.json").read_text())

    reading = read(io.BytesIO((GOLDEN / case / "newsdesk.jsonl").read_bytes()))

    assert not reading.problems
    assert json.loads(json.dumps(asdict(document_of(reading)))) == wanted


@pytest.mark.parametrize("case", CASES)
def test_golden_document_is_written_as_its_file(case):
    golden = (GOLDEN / case / "newsdesk.jsonl").read_bytes()

    written = b"".join(write(document_of(read(io.BytesIO(golden)))))

    diff = difflib.unified_diff(
        golden.decode().split("\n"), written.decode().split("\n"), "golden", "written", lineterm=""
    )
    assert written == golden, "\n".join(diff)


def test_lines_end_with_line_feeds_alone():
    golden = (GOLDEN / "two_articles" / "newsdesk.jsonl").read_bytes()

    assert "\u2028" in golden.decode()
    assert len(golden.split(b"\n")) == len(read(io.BytesIO(golden)).items) + 3


def test_file_cut_at_any_byte_is_incomplete():
    whole = file_of(OUTLET, outlet=1)

    # Without its very last byte, the line feed, nothing is missing.
    for cut in range(len(whole) - 1):
        with pytest.raises(IncompleteFile):
            read(io.BytesIO(whole[:cut]))


@pytest.mark.parametrize("spelled", ['"type": "outlet"', '"type"\t: "outlet"', '"\\u0074ype":"outl\\u0065t"'])
def test_the_registry_is_found_wherever_it_stands(spelled):
    outlet = f'{{{spelled},"id":"far","name":"Outlet"}}'.encode()
    lines = [json.dumps(ARTICLE | {"id": str(number), "text": "x" * 400_000}).encode() for number in range(6)]
    content = file_of(*lines[:5], b"no JSON", outlet, lines[5])

    reading = read(io.BytesIO(content))

    [item] = [item for item in reading.items if isinstance(item.record, Outlet)]
    assert (item.line, item.record.id) == (8, "far")
    assert [(problem.line, problem.code) for problem in reading.problems] == [(7, "malformed")]


@pytest.mark.parametrize("size", [1_000_000, 1_048_576, 3_000_000])
def test_a_long_file_is_whole_or_incomplete(size):
    content = file_of(ARTICLE | {"text": "x" * size}, article=1)

    assert not read(io.BytesIO(content)).problems
    for changed in (content.replace(b"xx", b"xy", 1), content[:-2], content[: size // 2], content + b"\n"):
        with pytest.raises(IncompleteFile):
            read(io.BytesIO(changed))


@pytest.mark.parametrize(
    "changed",
    [
        file_of(OUTLET, outlet=1).replace(b"Outlet", b"outlet"),
        file_of(OUTLET, outlet=2),
        file_of(OUTLET, outlet=1) + b"\n",
        file_of(OUTLET, outlet=1) + json.dumps(OUTLET).encode(),
        b"",
    ],
    ids=["other text", "other counts", "a blank line after the end", "a line after the end", "nothing"],
)
def test_changed_file_is_incomplete(changed):
    with pytest.raises(IncompleteFile) as refusal:
        read(io.BytesIO(changed))
    assert refusal.value.code == "incomplete_file"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (OUTLET, "no_header"),
        (HEADER | {"version": 2}, "unknown_version"),
        (HEADER | {"version": "1"}, "unknown_version"),
        (HEADER | {"offset_unit": "utf16"}, "unknown_offset_unit"),
        (HEADER | {"extra": 1}, "unknown_field"),
    ],
)
def test_unknown_header_is_refused(header, code):
    body = json.dumps(header).encode() + b"\n"
    counts = dict.fromkeys(("outlet", "incident", "party", "article", "annotation", "link", "decision"), 0)
    end = {"type": "end", "counts": counts, "sha256": hashlib.sha256(body).hexdigest()}

    with pytest.raises(Unprocessable) as refusal:
        read(io.BytesIO(body + json.dumps(end).encode()))

    assert [(error.line, error.code) for error in refusal.value.errors] == [(1, code)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "malformed"),
        (b"[]", "malformed"),
        (b'{"type":"outlet","id":"o","id":"p","name":"x"}', "malformed"),
        (b'{"type":"outlet","id" :"o","id":"p","name":"x"}', "malformed"),
        (b'{"type":"outlet","id":"o","name":"a\\u0000b"}', "malformed"),
        (b'{"type":"outlet","id":"o","name":"\\ud800"}', "malformed"),
        (b'{"type":"outlet","id":"o","name":"\xff"}', "malformed"),
        (b'{"type":"outlet","id":"o","name":NaN}', "malformed"),
        (b'{"type":"outlet","id":"o","quantity":1e3}', "malformed"),
        (b'{"type":"outlet","id":' + b"[" * 40 + b"]" * 40 + b"}", "malformed"),
    ],
)
def test_line_that_is_no_strict_json_is_listed(line, code):
    assert problems_of(file_of(line)) == [(2, code)]


def test_escaped_characters_are_no_reason_to_refuse():
    name = 'He said: "a": "b" \\u0000 \\ \t'

    [outlet] = document_of(read(io.BytesIO(file_of(OUTLET | {"name": name}, outlet=1)))).outlets

    assert outlet.name == name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "outlets"}, "unknown_type"),
        ({"type": 1}, "unknown_type"),
        ({"type": ["outlet"]}, "unknown_type"),
        ({"type": {"outlet": "end"}, "name": "\x01"}, "unknown_type"),
        ({"extra": 1}, "unknown_field"),
        ({"id": ""}, "invalid_type"),
        ({"id": 7}, "invalid_type"),
        ({"name": None}, "invalid_type"),
        ({"kind": 3}, "invalid_type"),
    ],
)
def test_line_with_a_wrong_field_is_listed(change, code):
    counts = {"outlet": 1} if change.get("type", "outlet") == "outlet" else {}

    assert problems_of(file_of(OUTLET | change, **counts)) == [(2, code)]


def test_missing_field_is_listed():
    nameless = {name: value for name, value in OUTLET.items() if name != "name"}

    assert problems_of(file_of(nameless, outlet=1)) == [(2, "required")]


@pytest.mark.parametrize("segments", [[[0, 1.0]], [["0", 1]], [[0, True]], [[0]], [0, 1], None, {}])
def test_segments_are_pairs_of_whole_numbers(segments):
    annotation = {"type": "annotation", "id": "a", "article": "b", "kind": "cue", "segments": segments, "exact": ["x"]}

    assert problems_of(file_of(annotation, annotation=1)) == [(2, "invalid_type")]


@pytest.mark.parametrize("time", ["2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00+01:00", "now"])
def test_times_are_utc(time):
    assert problems_of(file_of(ARTICLE | {"published_at": time}, article=1)) == [(2, "invalid")]


def test_native_format_loses_nothing():
    assert codec_named("newsdesk-jsonl").losses == ()
