"""Files of other tools with the traps that made others lose or shift something: taken in right, or refused whole."""

import io
import json
import zipfile

import pytest

from annotations.errors import NewsdeskError
from annotations.models import Annotation, Article, Import, Link, Party
from annotations.services.exchange import ImportOrder, import_file
from tests.factories import make_actor, make_project

pytestmark = pytest.mark.django_db

TEXT = "🇺🇦 The army 🚩 said it holds the bridge; the rebels deny it, and so does he.\n"
ARMY, HOLDS, DENY, ALSO = "The army", "it holds the bridge", "deny it", "so does he"


def place(words, text=TEXT):
    return text.index(words), text.index(words) + len(words)


def utf16(words):
    start, end = place(words)
    return len(TEXT[:start].encode("utf-16-le")) // 2, len(TEXT[:end].encode("utf-16-le")) // 2


def graphemes(words):
    """The flag is two code points and one character."""
    start, end = place(words)
    return start - 1, end - 1


def packed(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def span(mark, label, words, between=" "):
    start, end = place(words)
    return f"{mark}\t{label}{between}{start}{between}{end}\t{words}\n"


def brat(*lines, text=TEXT):
    return packed({"one.txt": text, "one.ann": "".join(lines)})


def doccano(unit, **fields):
    entities = [
        {"id": number, "label": label, "start_offset": unit(words)[0], "end_offset": unit(words)[1], **extra(words)}
        for number, (label, words, extra) in enumerate(
            [("party", ARMY, lambda words: {"text": words}), ("claim", HOLDS, lambda words: {"text": words})]
        )
    ]
    relations = [{"id": 1, "from_id": 1, "to_id": 0, "type": "claimant"}]
    return (
        json.dumps({"text": TEXT, "entities": entities, "relations": relations, "Comments": [], **fields}).encode()
        + b"\n"
    )


def labelstudio(unit):
    def region(identifier, label, words):
        start, end = unit(words)
        value = {"start": start, "end": end, "text": words, "labels": [label]}
        return {"id": identifier, "type": "labels", "from_name": "l", "to_name": "t", "value": value}

    result = [
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "left", "labels": ["claimant"]},
        region("a", "Party", ARMY),
        region("b", "Claim", HOLDS),
    ]
    return json.dumps([{"data": {"text": TEXT}, "annotations": [{"completed_by": 7, "result": result}]}]).encode()


EVENTS_FIRST = brat("E1\tclaim:T2 claimant:T1\n", span("T2", "claim", HOLDS), span("T1", "party", ARMY))
TABS = brat(span("T2", "claim", HOLDS, "\t"), span("T1", "party", ARMY, "\t"), "R1\tclaimant Arg1:T2 Arg2:T1\n")
FILES = {
    "brat, events before their spans": ("brat", EVENTS_FIRST),
    "brat, tabs between offsets": ("brat", TABS),
    "doccano, code points": ("doccano", doccano(place)),
    "doccano, UTF-16": ("doccano", doccano(utf16)),
    "doccano, graphemes": ("doccano", doccano(graphemes)),
    "label studio, UTF-16, a relation first and leftwards": ("labelstudio", labelstudio(utf16)),
}


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana)


def take(ana, project, format_, raw, **order):
    return import_file(actor=ana, project=project, file=io.BytesIO(raw), order=ImportOrder(format_, **order))


@pytest.mark.parametrize(("format_", "raw"), FILES.values(), ids=FILES)
def test_a_file_of_another_tool_is_taken_in_at_the_right_place(ana, project, format_, raw):
    report = take(ana, project, format_, raw)

    assert report.errors == []
    found = {
        kind: (exact, segments) for kind, exact, segments in Annotation.objects.values_list("kind", "exact", "segments")
    }
    assert found == {"party": ([ARMY], [list(place(ARMY))]), "claim": ([HOLDS], [list(place(HOLDS))])}
    link = Link.objects.select_related("source", "target").get()
    assert (link.type, link.source.kind, link.target.kind) == ("claimant", "claim", "party")


def test_an_equivalence_set_of_three_becomes_two_links(ana, project):
    spans = [span("T1", "claim", HOLDS), span("T2", "counterclaim", DENY), span("T3", "counterclaim", ALSO)]

    take(ana, project, "brat", brat("*\tEquiv T1 T2 T3\n", *spans))

    assert sorted(Link.objects.values_list("type", "target__exact")) == [("same_as", [DENY]), ("same_as", [ALSO])]


def test_several_annotators_of_one_text_stay_apart_and_are_recognised_again(ana, project):
    marks = span("T1", "party", ARMY)
    files = packed({f"{who}/one.{end}": raw for who in ("a", "b") for end, raw in (("txt", TEXT), ("ann", marks))})

    take(ana, project, "brat", files)
    again = take(ana, project, "brat", files)

    assert Article.objects.count() == 1
    assert {origin["annotator"] for origin in Annotation.objects.values_list("origin", flat=True)} == {"a", "b"}
    assert (again.counts["annotation"], again.counts["already_there"]) == (0, 4)


GOOD = span("T1", "party", ARMY)
PAST = f"T2\tclaim {len(TEXT) - 2} {len(TEXT) + 9}\tx\n"
XMI = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>"""
PAST_UTF16 = doccano(utf16).replace(str(utf16(HOLDS)[1]).encode(), b"9000")
REFUSED = {
    "past the end": ("brat", brat(GOOD, PAST), "out_of_range", 2),
    "other words": ("brat", brat(GOOD, span("T2", "claim", HOLDS).replace("bridge", "road")), "text_mismatch", 2),
    "an end that is not there": ("brat", brat(GOOD, "R1\tclaimant Arg1:T1 Arg2:T9\n"), "not_found", 2),
    "a relation that may not join these": (
        "brat", brat(GOOD, span("T2", "cue", "said"), "R1\tspeaker Arg1:T1 Arg2:T2\n"), "kind_not_allowed", 3,
    ),
    "inside a character": ("brat", brat(GOOD, "T2\tcue 1 6\t🇦 The\n".replace("🇦", TEXT[1])), "splits_grapheme", 2),
    "past the end, elsewhere": ("doccano", PAST_UTF16, "out_of_range", 1),
    "code points where UTF-16 is due": ("labelstudio", labelstudio(place), "text_mismatch", 3),
    "a document type": ("casxmi", packed({"a.xmi": XMI}), "dtd_not_allowed", 1),
    "a way out of the archive": ("brat", packed({"../a.txt": TEXT}), "unsafe_archive", None),
    "a bomb": ("brat", packed({"a.txt": " " * 30_000_000}), "unsafe_archive", None),
    "no archive": ("brat", b"PK\x03\x04nonsense", "incomplete_file", None),
    "cut JSON": ("labelstudio", labelstudio(utf16)[:-5], "incomplete_file", None),
    "Windows line ends": ("brat", brat("T1\tparty 4 12\tThe army\n", text="So, The army\r\n"), "not_clean", 1),
}  # fmt: skip


@pytest.mark.parametrize(("format_", "raw", "code", "line"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_right_is_refused_with_its_line_and_nothing_is_stored(ana, project, format_, raw, code, line):
    with pytest.raises(NewsdeskError) as refusal:
        take(ana, project, format_, raw)

    assert (line, code) in {(error.line, error.code) for error in refusal.value.errors}
    assert [model.objects.count() for model in (Article, Annotation, Link, Party, Import)] == [0, 0, 0, 0, 0]
