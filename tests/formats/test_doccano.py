"""doccano: offsets whose unit the file does not say are inferred from the texts, or refused."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings

from annotations.errors import IncompleteFile, Unprocessable
from annotations.formats.doccano import DOCCANO
from annotations.formats.document import Annotation, Link
from tests.formats.documents import assert_kept, documents, read_back, records, written

SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Where each unit puts the words: code points, UTF-16 units, graphemes.
TEXT = "🚁 👨\u200d👩\u200d👧 The army said: hold."
ARMY = {"code points": (8, 16), "utf16": (12, 20), "graphemes": (4, 12)}


def entity(start, end, label="party", **more):
    return {"id": 1, "label": label, "start_offset": start, "end_offset": end, **more}


def lines(*found):
    return "".join(json.dumps(line) + "\n" for line in found).encode()


def reading_of(*entities, text=TEXT, **more):
    return read_back(DOCCANO, lines({"id": 1, "text": text, "entities": list(entities), **more}))


def problems(reading):
    return [(found.line, found.code) for found in reading.problems]


@SLOW
@given(documents())
def test_what_is_read_back_differs_only_by_the_declared_losses(document):
    assume(document.articles)
    content, losses = written(DOCCANO, document)

    assert {loss.what for loss in losses} <= {loss.what for loss in DOCCANO.losses}
    assert_kept(document, read_back(DOCCANO, content), losses)


def test_real_article_is_read_back(panjshir):
    content, losses = written(DOCCANO, panjshir)

    assert_kept(panjshir, read_back(DOCCANO, content), losses)


@SLOW
@given(documents())
def test_offsets_are_code_points_and_ids_are_numbers(document):
    content, _losses = written(DOCCANO, document)

    found = [json.loads(line) for line in content.splitlines() if line]
    entities = [entity for line in found for entity in line["entities"]]
    for line in found:
        for one in line["entities"]:
            assert line["text"][one["start_offset"] : one["end_offset"]] == one["text"]
    assert len({one["id"] for one in entities}) == len(entities)


@pytest.mark.parametrize("unit", ARMY)
def test_words_in_the_file_tell_the_unit(unit):
    [annotation] = records(reading_of(entity(*ARMY[unit], text="The army")), Annotation)

    assert [(segment.start, segment.end) for segment in annotation.segments] == [(8, 16)]


@pytest.mark.parametrize("unit", ARMY)
def test_whole_words_tell_the_unit(unit):
    [annotation] = records(reading_of(entity(*ARMY[unit])), Annotation)

    assert [(segment.start, segment.end) for segment in annotation.segments] == [(8, 16)]


def test_one_line_tells_the_unit_of_all():
    told = {"text": TEXT, "entities": [entity(*ARMY["utf16"], text="The army")]}
    open_ = {"text": "🚁 a b c d e f g", "entities": [entity(3, 4)]}

    reading = read_back(DOCCANO, lines(open_, told))

    assert records(reading, Annotation)[0].segments[0].start == 2


def test_open_unit_is_refused_with_its_line():
    with pytest.raises(Unprocessable) as refusal:
        reading_of(entity(3, 5), text="🚁 abcdef")

    assert refusal.value.code == "undecidable_offsets"
    assert [error.line for error in refusal.value.errors] == [1]


def test_mixed_units_are_refused():
    with pytest.raises(Unprocessable) as refusal:
        reading_of(entity(*ARMY["utf16"], text="The army"), entity(*ARMY["graphemes"], id=2, text="The army"))

    assert refusal.value.code == "undecidable_offsets"


def test_older_lists_of_labels_are_read():
    reading = read_back(DOCCANO, lines({"text": "The army", "label": [[0, 8, "Party"]]}))

    [annotation] = records(reading, Annotation)
    assert (annotation.kind, annotation.segments[0].end) == ("party", 8)


def test_relations_name_entities_by_their_numbers():
    spans = [entity(4, 8, "counterclaim", id=7), entity(0, 3, "claim", id=9)]
    relation = {"id": 3, "from_id": 7, "to_id": 9, "type": "disputes", "mode": "rebuts"}

    [link] = records(reading_of(*spans, text="The army", relations=[relation]), Link)

    assert (link.link_type, link.source, link.target, link.attributes) == ("disputes", "1#7", "1#9", {"mode": "rebuts"})


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"text": "The army", "entities": [entity(0, 99)]}, "out_of_range"),
        ({"text": "The army", "entities": [entity(0, 3, text="They")]}, "text_mismatch"),
        ({"text": "The army", "entities": [entity(3, 3)]}, "text_mismatch"),
        ({"text": "The army", "entities": [entity(0, 3, "PER")]}, "unknown_label"),
        ({"text": "The army", "entities": [entity("0", 3)]}, "invalid_type"),
        ({"text": "The army", "relations": [{"from_id": 1, "to_id": 2, "type": "speaker"}]}, "not_found"),
        ({"text": "The army", "relations": [{"from_id": 1, "to_id": 2, "type": "kills"}]}, "unknown_label"),
        ({"entities": []}, "no_text"),
    ],
)
def test_wrong_line_is_listed(line, code):
    assert problems(read_back(DOCCANO, lines({"text": "x"}, line))) == [(2, code)]


def test_line_that_is_no_json_is_listed():
    assert problems(read_back(DOCCANO, b'{"text"}\n{"text":"x"}\n')) == [(1, "malformed")]


def test_our_file_cut_anywhere_is_incomplete(panjshir):
    content, _losses = written(DOCCANO, panjshir)
    two = content.replace(b'"of":1', b'"of":2') + content.replace(b'"number":1,"of":1', b'"number":2,"of":2')
    read_back(DOCCANO, two)

    for cut in [*range(0, len(two) - 1, 211), len(content)]:
        with pytest.raises(IncompleteFile):
            read_back(DOCCANO, two[:cut])
