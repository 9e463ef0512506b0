"""UIMA CAS: dkpro-cassis opens what we write, its covered texts are ours, and all of it is read back."""

import io
import json
import re
import zipfile
from typing import Any

import cassis
import pytest
from hypothesis import HealthCheck, given, settings

from annotations.anchoring.anchor import Segment
from annotations.errors import IncompleteFile, NewsdeskError, Unprocessable
from annotations.formats.document import Annotation, Article, Document
from annotations.formats.uima import CAS_JSON, CAS_XMI
from annotations.services.exchange_checks import check_annotation
from tests.formats.documents import HEADER, article_of, documents, read_back, records, written

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CODECS = pytest.mark.parametrize("codec", [CAS_JSON, CAS_XMI], ids=lambda codec: codec.name)
SORTS = ("outlets", "incidents", "parties", "articles", "annotations", "links", "decisions")


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def opened(files, name):
    """A file as somebody else opens it: with the type system of the archive."""
    types = cassis.load_typesystem(io.BytesIO(files["TypeSystem.xml"]))
    load = cassis.load_cas_from_json if name.endswith(".json") else cassis.load_cas_from_xmi
    return load(io.BytesIO(files[name]), typesystem=types)


def in_order(records):
    return sorted(records, key=lambda record: record.id)


def assert_same(document, reading, losses):
    unused = {record for loss in losses if loss.what == "registry_unused" for record in loss.ids}
    replaced = {record for loss in losses if loss.what == "illegal_characters" for record in loss.ids}
    assert not reading.problems
    for sort in SORTS:
        wanted = [record for record in getattr(document, sort) if record.id not in unused | replaced]
        found = [record for record in records(reading, type(wanted[0])) if record.id not in replaced] if wanted else []
        assert in_order(found) == in_order(wanted)


def refusals(codec, content):
    """What the reader, or else the check of each annotation against its text, says."""
    reading = read_back(codec, content)
    found = [problem.code for problem in reading.problems]
    texts = {article.id: article.text for article in records(reading, Article)}
    for annotation in records(reading, Annotation):
        try:
            check_annotation(annotation, texts[annotation.article])
        except NewsdeskError as error:
            found.append(error.code)
    return found


@SLOW
@CODECS
@given(document=documents())
def test_everything_is_read_back(codec, document):
    content, losses = written(codec, document)

    assert {loss.what for loss in losses} <= {loss.what for loss in codec.losses}
    assert_same(document, read_back(codec, content), losses)


@CODECS
def test_real_article_is_read_back(codec, panjshir):
    content, losses = written(codec, panjshir)

    reading = read_back(codec, content)

    assert_same(panjshir, reading, losses)
    assert reading.header == panjshir.header


@SLOW
@CODECS
@given(document=documents())
def test_covered_texts_are_ours_for_the_library(codec, document):
    files = unpacked(written(codec, document)[0])

    found: dict[str, dict[int, str]] = {}
    for article in document.articles:
        cas = opened(files, f"{article.id}.{codec.name.removeprefix('cas')}")
        assert cas.sofa_string == article.text
        for segment in cas.select("newsdesk.Segment"):
            assert segment.get_covered_text() == segment.exact
            found.setdefault(segment.record.recordId, {})[segment.number] = segment.get_covered_text()
    assert found == {annotation.id: dict(enumerate(annotation.exact, start=1)) for annotation in document.annotations}


def test_offsets_in_the_file_count_utf16(trap):
    files = unpacked(written(CAS_JSON, trap)[0])

    [content] = [content for name, content in files.items() if name.startswith("00")]
    assert b'"begin": 3, "end": 11' in content


@pytest.fixture
def trap():
    article = article_of("00000000-0000-7000-8000-000000000001", "🚁 The army said.", outlet=None, incidents=())
    frame: tuple[Any, ...] = ("a\x01b", "draft", 1, None, {}, None, None)
    annotation = Annotation("a", article.id, "party", (Segment(2, 10),), ("The army",), {}, (), *frame)
    return Document(HEADER, articles=(article,), annotations=(annotation,))


def test_character_that_xml_cannot_hold_is_replaced_and_listed(trap):
    content, losses = written(CAS_XMI, trap)

    [annotation] = records(read_back(CAS_XMI, content), Annotation)

    assert annotation.note == "a\ufffdb"
    assert [(loss.what, loss.ids) for loss in losses] == [("illegal_characters", ("a",))]


@CODECS
@pytest.mark.parametrize(
    ("begin", "code"),
    [("99", "out_of_range"), ("1", "splits_code_point"), ("2", "text_mismatch"), ("x", "invalid_type")],
)
def test_wrong_offset_is_refused_and_never_shifted(codec, trap, begin, code):
    files = unpacked(written(codec, trap)[0])
    [name] = [name for name in files if name.startswith("00")]
    said = f'"{begin}"' if begin == "x" and codec is CAS_JSON else begin
    wrong = re.sub(rb'(\bbegin"?[:=] ?"?)3', rb"\g<1>" + said.encode().strip(b'"'), files[name])
    wrong = wrong.replace(b'"begin": x', b'"begin": "x"')

    assert refusals(codec, packed({**files, name: wrong})) == [code]


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_xml_with_a_document_type_is_refused(trap, declaration):
    files = unpacked(written(CAS_XMI, trap)[0])
    [name] = [name for name in files if name.startswith("00")]
    wrong = files[name].replace(b"?>", b"?>" + declaration, 1)

    [problem] = read_back(CAS_XMI, packed({name: wrong})).problems

    assert problem.code == "dtd_not_allowed"


@CODECS
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"<x/>", b"[1]", b'{"%FEATURE_STRUCTURES":[{"%TYPE":"uima.cas.Sofa"}]}']
)
def test_other_file_is_listed(codec, content):
    [problem] = read_back(codec, packed({f"a.{codec.name.removeprefix('cas')}": content})).problems

    assert problem.code in {"malformed", "no_text"}


@CODECS
def test_types_of_others_are_refused(codec, trap):
    files = unpacked(written(codec, trap)[0])
    [name] = [name for name in files if name.startswith("00")]
    wrong = files[name].replace(b"newsdesk.Link", b"other.Thing").replace(b"newsdesk:Segment", b"newsdesk:Other")
    wrong = wrong.replace(b'"newsdesk.Segment"', b'"other.Segment"')

    assert [problem.code for problem in read_back(codec, packed({name: wrong})).problems] == ["unknown_type"]


def test_type_system_of_a_file_is_never_used(trap, tmp_path):
    mark = tmp_path / "ran"
    name = f"x)}}{{open({str(mark)!r}, 'w')}}{{(self.x"
    files = unpacked(written(CAS_JSON, trap)[0])
    [member] = [member for member in files if member.startswith("00")]
    content = json.loads(files[member])
    content["%TYPES"]["newsdesk.Record"][name] = {"%NAME": name, "%RANGE": "uima.cas.String"}

    reading = read_back(CAS_JSON, packed({member: json.dumps(content).encode()}))

    assert len(records(reading, Annotation)) == 1
    assert not mark.exists()


@CODECS
def test_archive_of_something_else_is_refused(codec):
    with pytest.raises(Unprocessable) as refusal:
        read_back(codec, packed({"a.txt": b"x"}))
    assert refusal.value.code == "unknown_format"


@CODECS
def test_archive_cut_anywhere_is_incomplete(codec, trap):
    content, _losses = written(codec, trap)

    for cut in range(0, len(content) - 1, 7):
        with pytest.raises(IncompleteFile):
            read_back(codec, content[:cut])
