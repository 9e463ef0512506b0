"""brat standoff: files that obey brat's own rules, read back but for the declared losses; foreign habits and traps."""

import io
import re
import zipfile
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from annotations.errors import IncompleteFile, Unprocessable
from annotations.formats.brat import BRAT
from annotations.formats.document import Annotation, Article, Link
from tests.formats.documents import assert_kept, documents, read_back, records, written

TEXT = "The army said: hold. 🚁 They deny it."
SPAN = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t(.*)")


def archive(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def reading_of(*lines, text=TEXT, name="a"):
    return read_back(BRAT, archive({f"{name}.txt": text, f"{name}.ann": "\n".join(lines)}))


def problems(reading):
    found = [reading.located(problem) for problem in reading.problems]
    return [(problem.line, problem.code) for problem in found]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_what_is_read_back_differs_only_by_the_declared_losses(document):
    content, losses = written(BRAT, document)

    assert {loss.what for loss in losses} <= {loss.what for loss in BRAT.losses}
    assert_kept(document, read_back(BRAT, content), losses)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_files_obey_the_rules_of_brat(document):
    content, _losses = written(BRAT, document)

    files = {name: content.decode() for name, content in unpacked(content).items()}
    for article in document.articles:
        text, marks = files[f"{article.id}.txt"], files[f"{article.id}.ann"]
        assert text == article.text
        # No sign breaks a line for any reader.
        assert marks.splitlines() == marks.split("\n")[:-1]
        ids = [line.split("\t")[0] for line in marks.splitlines()]
        assert len(set(ids)) == len(ids)
        for line in marks.splitlines():
            assert obeys(line, text, set(ids)), line


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert made.testzip() is None
        return {name: made.read(name) for name in made.namelist()}


def obeys(line, text, ids):
    """One line of standoff, checked against the documentation at brat's site."""
    span = SPAN.fullmatch(line)
    if span:
        pairs = [tuple(map(int, pair.split())) for pair in span[3].split(";")]
        in_order = all(first[1] <= second[0] for first, second in pairwise(pairs))
        return in_order and " ".join(text[start:end] for start, end in pairs) == span[4]
    relation = re.fullmatch(r"R\d+\t\S+ Arg1:(T\d+) Arg2:(T\d+)", line)
    attribute = re.fullmatch(r"A\d+\t\S+ ([TR]\d+)( \S+)?", line)
    note = re.fullmatch(r"#\d+\tAnnotatorNotes ([TR]\d+)\t.+", line)
    reference = re.fullmatch(r"N\d+\tReference (T\d+) \S+:\S+\t.*", line)
    found = relation or attribute or note or reference
    return found is not None and {found[0] for found in re.finditer(r"\b[TR]\d+\b", line.split("\t")[1])} <= ids


def test_real_article_is_read_back(panjshir):
    content, losses = written(BRAT, panjshir)

    assert_kept(panjshir, read_back(BRAT, content), losses)


def test_events_may_come_before_their_spans():
    reading = reading_of(
        "E1\tcounterclaim:T2 claimant1:T1",
        "A1\tact E1 deny",
        "T2\tcounterclaim 28 35\tdeny it",
        "T1\tparty 0 8\tThe army",
    )

    assert not reading.problems
    [claim] = [record for record in records(reading, Annotation) if record.kind == "counterclaim"]
    [link] = records(reading, Link)
    assert claim.attributes == {"act": "deny"}
    assert (link.link_type, link.source) == ("claimant", claim.id)


def test_equivalence_sets_may_have_three_members():
    spans = ["T1\tclaim 0 3\tThe", "T2\tclaim 4 8\tarmy", "T3\tclaim 9 13\tsaid"]

    links = records(reading_of("*\tEquiv T1 T2 T3", *spans), Link)

    assert [(link.link_type, link.source, link.target) for link in links] == [
        ("same_as", "a#T1", "a#T2"),
        ("same_as", "a#T1", "a#T3"),
    ]


def test_offsets_may_be_separated_by_tabs():
    [annotation] = records(reading_of("T1\tparty\t0\t8\tThe army"), Annotation)

    assert annotation.exact is None
    assert (annotation.segments[0].start, annotation.segments[0].end) == (0, 8)


def test_discontinuous_spans_stay_apart():
    [annotation] = records(reading_of("T1\tquote 0 3;9 13\tThe said"), Annotation)

    assert [(segment.start, segment.end) for segment in annotation.segments] == [(0, 3), (9, 13)]


def test_folders_are_annotators():
    span = "T1\tparty 0 8\tThe army"
    files = {"ana/a.txt": TEXT, "ana/a.ann": span, "bob/a.txt": TEXT, "bob/a.ann": span}

    reading = read_back(BRAT, archive(files))

    assert [annotation.author for annotation in records(reading, Annotation)] == ["ana", "bob"]
    assert len(records(reading, Article)) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("T1\tparty 0 99\tThe army", "out_of_range"),
        ("T1\tparty 5 5\t", "invalid"),
        ("T1\tparty 1 9\tThe army", "text_mismatch"),
        # UTF-16 offsets after the helicopter
        ("T1\tcounterclaim 29 36\tdeny it", "text_mismatch"),
        ("T1\tperson 0 8\tThe army", "unknown_label"),
        ("T1 party 0 8 The army", "malformed"),
        ("T1\tparty -1 8\tThe army", "malformed"),
        ("R1\tspeaker Arg1:T1 Arg2:T2", "not_found"),
        ("A1\tact T9 deny", "not_found"),
        ("#1\tAnnotatorNotes T9\tx", "not_found"),
        ("X1\twhat", "unknown_type"),
    ],
)
def test_wrong_line_is_listed_and_never_shifted(line, code):
    reading = reading_of("", line)

    assert problems(reading) == [(2, code)]
    assert reading.located(reading.problems[0]).detail.startswith("a.ann: ")
    assert records(reading, Annotation) == []


def test_unknown_relation_and_attribute_are_listed():
    reading = reading_of(
        "T1\tparty 0 8\tThe army", "A1\tact T1 deny", "R1\tkills Arg1:T1 Arg2:T1", "T1\tparty 0 8\tThe army"
    )

    assert sorted(problems(reading)) == [(2, "unknown_attribute"), (3, "unknown_label"), (4, "duplicate_id")]


def test_lines_are_counted_within_each_file():
    files = {"a.txt": TEXT, "a.ann": "\n\n\n", "b.txt": TEXT, "b.ann": "\nT1\tparty 0 99\tx"}
    reading = read_back(BRAT, archive(files))

    [problem] = [reading.located(problem) for problem in reading.problems]
    assert (problem.line, problem.code) == (2, "out_of_range")
    assert problem.detail.startswith("b.ann: ")


def test_marks_without_their_text_are_listed():
    assert problems(read_back(BRAT, archive({"a.ann": "", "b.txt": "x"}))) == [(1, "no_text")]


def test_text_that_is_not_utf8_is_listed():
    assert problems(read_back(BRAT, archive({"a.txt": b"\xff", "a.ann": ""}))) == [(1, "malformed")]


def test_archive_of_something_else_is_refused():
    with pytest.raises(Unprocessable) as refusal:
        read_back(BRAT, archive({"picture.png": b"x"}))
    assert refusal.value.code == "unknown_format"


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "a/../../b.txt", "c:a.txt", "a\\b.txt"])
def test_name_that_leads_out_of_the_archive_is_refused(name):
    with pytest.raises(Unprocessable) as refusal:
        read_back(BRAT, archive({name: "x"}))
    assert refusal.value.code == "unsafe_archive"


def test_file_that_grows_a_thousandfold_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", " " * 30_000_000)

    with pytest.raises(Unprocessable) as refusal:
        read_back(BRAT, stream.getvalue())
    assert refusal.value.code == "unsafe_archive"


def test_archive_cut_anywhere_is_incomplete():
    whole = archive({"a.txt": TEXT, "a.ann": ""})

    for cut in range(len(whole)):
        with pytest.raises(IncompleteFile):
            read_back(BRAT, whole[:cut])
