"""Label Studio: UTF-16 offsets that a JavaScript string would agree with; foreign exports with their traps."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from annotations.errors import IncompleteFile, Unprocessable
from annotations.formats.document import Annotation, Link
from annotations.formats.labelstudio import LABEL_STUDIO
from tests.formats.documents import assert_kept, documents, read_back, records, written

SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = "🚁 The army said: hold. They deny it."


def region(start=3, end=11, text="The army", label="party", **more):
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": "r1", "from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


def reading_of(*results, **more):
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [{"result": list(results), **more}]}
    return read_back(LABEL_STUDIO, json.dumps([task]).encode())


def problems(reading):
    return [(found.line, found.code) for found in map(reading.located, reading.problems)]


@SLOW
@given(documents())
def test_what_is_read_back_differs_only_by_the_declared_losses(document):
    content, losses = written(LABEL_STUDIO, document)

    assert {loss.what for loss in losses} <= {loss.what for loss in LABEL_STUDIO.losses}
    assert_kept(document, read_back(LABEL_STUDIO, content), losses)


def test_real_article_is_read_back(panjshir):
    content, losses = written(LABEL_STUDIO, panjshir)

    assert_kept(panjshir, read_back(LABEL_STUDIO, content), losses)


@SLOW
@given(documents())
def test_offsets_are_those_of_a_javascript_string(document):
    tasks = json.loads(written(LABEL_STUDIO, document)[0])

    for task in tasks:
        units = task["data"]["text"].encode("utf-16-le")
        for result in task["annotations"][0]["result"]:
            value = result.get("value", {})
            if "labels" in value:
                assert units[2 * value["start"] : 2 * value["end"]].decode("utf-16-le") == value["text"]
        ids = [one["id"] for one in task["annotations"][0]["result"] if one["type"] == "labels"]
        assert len(set(ids)) == len(ids)


def test_foreign_region_is_read_in_utf16():
    [annotation] = records(reading_of(region(), completed_by={"email": "ana@example.org"}), Annotation)

    assert (annotation.segments[0].start, annotation.segments[0].end) == (2, 10)
    assert annotation.author == "ana@example.org"


def test_annotators_of_one_task_stay_apart():
    annotations = [{"result": [region()], "completed_by": 1}, {"result": [region()], "completed_by": 2}]
    task = {"id": 1, "data": {"text": TEXT}, "annotations": annotations}

    found = records(read_back(LABEL_STUDIO, json.dumps([task]).encode()), Annotation)

    assert [annotation.author for annotation in found] == ["1", "2"]
    assert len({annotation.id for annotation in found}) == 2


def test_cancelled_annotation_is_left_out():
    assert records(reading_of(region(), was_cancelled=True), Annotation) == []


def test_relation_may_come_first_and_point_left():
    relation = {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "left", "labels": ["Claimant"]}
    claim = region(29, 36, "deny it", "counterclaim", id="r2")

    [link] = records(reading_of(relation, region(), claim), Link)

    assert (link.link_type, link.source, link.target) == ("claimant", "r2", "r1")


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (region(2, 10, "The army"), "text_mismatch"),
        (region(1, 10, None), "splits_code_point"),
        (region(3, 99), "out_of_range"),
        (region("3", 11), "invalid_type"),
        (region(label="Person"), "unknown_label"),
        (region(id=None), "duplicate_id"),
        ({"type": "choices", "id": "r9", "from_name": "act", "value": {"choices": ["deny"]}}, "not_found"),
        ({"type": "relation", "from_id": "r1", "to_id": "r9", "labels": ["speaker"]}, "not_found"),
        ({"type": "relation", "from_id": "r1", "to_id": "r9"}, "unknown_label"),
        (7, "malformed"),
    ],
)
def test_wrong_result_is_refused_by_its_number(result, code):
    reading = reading_of(region(id="first"), result)

    assert problems(reading) == [(2, code)]
    assert reading.located(reading.problems[0]).detail.startswith("task 1: ")


def test_attribute_of_another_kind_is_refused():
    choice = {"type": "choices", "id": "r1", "from_name": "act", "value": {"choices": ["deny"]}}

    assert problems(reading_of(region(), choice)) == [(2, "unknown_attribute")]


def test_task_without_its_text_is_refused():
    reading = read_back(LABEL_STUDIO, b'[{"id":1,"data":{"image":"x.png"}}]')

    assert problems(reading) == [(1, "no_text")]


@pytest.mark.parametrize("content", [b"{}", b"[7]", b'[{"text":"x"}]'])
def test_other_json_is_refused(content):
    with pytest.raises(Unprocessable) as refusal:
        read_back(LABEL_STUDIO, content)
    assert refusal.value.code == "unknown_format"


def test_file_cut_anywhere_is_incomplete(panjshir):
    content, _losses = written(LABEL_STUDIO, panjshir)

    for cut in range(0, len(content) - 2, 97):
        with pytest.raises(IncompleteFile):
            read_back(LABEL_STUDIO, content[:cut])
