"""Every format as it is written of the golden documents; a difference is shown, and how to accept it."""

import difflib
import io
import json
import os
import zipfile
from pathlib import Path

import pyarrow.parquet
import pytest
import spacy
from spacy.tokens import DocBin

from annotations.formats import CODECS, DEFAULT_FORMAT
from annotations.formats.native import read
from annotations.formats.spacy_docs import DOCBIN
from tests.formats.documents import document_of, written

GOLDEN = Path(__file__).parent / "golden"
ACCEPT = "ACCEPT_GOLDEN=1 .venv/bin/pytest tests/formats/test_golden.py"
CASES = [
    (folder.name, name, flavour)
    for folder in sorted(GOLDEN.iterdir())
    for name in sorted(CODECS.keys() - {DEFAULT_FORMAT})
    for flavour in CODECS[name].flavours or ("",)
]


@pytest.mark.parametrize(("case", "name", "flavour"), CASES)
def test_golden_document_is_written_as_its_file(case, name, flavour):
    document = document_of(read(io.BytesIO((GOLDEN / case / "newsdesk.jsonl").read_bytes())))
    content, losses = written(CODECS[name], document, flavour)
    report = json.dumps([[loss.what, list(loss.ids)] for loss in losses])

    made = f"{readable(name, flavour, content)}\n=== losses\n{report}\n"

    golden = GOLDEN / case / f"{name}{'.' if flavour else ''}{flavour}.txt"
    if os.environ.get("ACCEPT_GOLDEN"):
        golden.write_bytes(made.encode())
    wanted = golden.read_bytes().decode() if golden.exists() else ""
    diff = "\n".join(difflib.unified_diff(wanted.split("\n"), made.split("\n"), "golden", "written", lineterm=""))
    assert not diff, f"{diff}\n\nThe format changed. If that is decided, accept it with:\n  {ACCEPT}"


def readable(name, flavour, content):
    """A file as text that people can compare."""
    if flavour == DOCBIN:
        docs = DocBin().from_bytes(content).get_docs(spacy.blank("xx").vocab)
        spans = [
            [span.label_, span.id_, span.start_char, span.end_char] for doc in docs for span in doc.spans["newsdesk"]
        ]
        return json.dumps(spans, indent=0)
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"=== {member}\n{shown(member, archive.read(member))}" for member in archive.namelist())


def shown(member, content):
    if member.endswith(".parquet"):
        rows = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return content.decode()
