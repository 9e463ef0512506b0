"""Labels and relations of foreign files are read as a project maps them, and the mapping is kept for the next file."""

import io
import json
import zipfile

import pytest

from annotations.errors import InvalidFields, Unprocessable
from annotations.models import Annotation, Import, ImportNames, Link
from annotations.services.exchange import ImportOrder, OnError, import_file
from tests.world import make_world

pytestmark = pytest.mark.django_db

LABELS = {"PER": "party", "Utterance": "quote", "Noise": ""}
RELATIONS = {"said_by": "speaker"}
TEXT = "“We hold it,” the army said loudly.\n"
BRAT = (
    "T1\tUtterance 0 13\t“We hold it,”\nT2\tPER 14 22\tthe army\nT3\tNoise 28 34\tloudly\n"
    "R1\tsaid_by Arg1:T1 Arg2:T2\nR2\tsaid_by Arg1:T1 Arg2:T3\nA1\tLoud T3\n#1\tAnnotatorNotes T3\tvery\n"
)
DOCCANO = {
    "text": TEXT,
    "entities": [
        {"id": 1, "label": "Utterance", "start_offset": 0, "end_offset": 13},
        {"id": 2, "label": "PER", "start_offset": 14, "end_offset": 22},
        {"id": 3, "label": "Noise", "start_offset": 28, "end_offset": 34},
    ],
    "relations": [
        {"id": 1, "from_id": 1, "to_id": 2, "type": "said_by"},
        {"id": 2, "from_id": 1, "to_id": 3, "type": "said_by"},
    ],
    "Comments": [],
}


def region(identifier, label, start, end):
    value = {"start": start, "end": end, "labels": [label]}
    return {"id": identifier, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


LABEL_STUDIO = [
    {
        "data": {"text": TEXT},
        "annotations": [
            {
                "completed_by": 1,
                "result": [
                    region("a", "Utterance", 0, 13),
                    region("b", "PER", 14, 22),
                    region("c", "Noise", 28, 34),
                    {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["said_by"]},
                    {"type": "relation", "from_id": "a", "to_id": "c", "labels": ["said_by"]},
                    {"id": "c", "type": "choices", "from_name": "loud", "value": {"choices": ["yes"]}},
                ],
            }
        ],
    }
]


def brat_file():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.txt", TEXT)
        archive.writestr("one.ann", BRAT)
    return packed.getvalue()


FILES = {
    "brat": brat_file(),
    "doccano": json.dumps(DOCCANO).encode() + b"\n",
    "labelstudio": json.dumps(LABEL_STUDIO).encode(),
}


@pytest.fixture
def world():
    return make_world()


def take(world, format_, **order):
    return import_file(
        actor=world.ana, project=world.project, file=io.BytesIO(FILES[format_]), order=ImportOrder(format_, **order)
    )


@pytest.mark.parametrize("format_", FILES)
def test_mapped_names_become_kinds_and_links_and_the_rest_is_left_out(world, format_):
    report = take(world, format_, labels=LABELS, relations=RELATIONS)

    assert report.errors == []
    assert sorted(Annotation.objects.values_list("kind", "exact")) == [
        ("party", ["the army"]),
        ("quote", ["“We hold it,”"]),
    ]
    assert list(Link.objects.values_list("type", flat=True)) == ["speaker"]
    assert report.counts["left_out"] == 2


@pytest.mark.parametrize("format_", FILES)
def test_names_that_nobody_mapped_are_told_with_their_number(world, format_):
    report = take(world, format_, dry_run=True, on_error=OnError.SKIP)

    assert report.unknown == {"labels": {"Utterance": 1, "PER": 1, "Noise": 1}, "relations": {"said_by": 2}}
    assert {error["code"] for error in report.errors} >= {"unknown_label"}
    assert not Import.objects.exists()
    with pytest.raises(Unprocessable):
        take(world, format_)


def test_the_mapping_is_kept_and_used_for_the_next_file_of_the_format(world):
    take(world, "brat", labels=LABELS, relations=RELATIONS)

    again = take(world, "brat")

    assert again.counts["annotation"] == 0
    assert again.counts["already_there"] == 4
    kept = ImportNames.objects.get()
    assert (kept.format, kept.labels, kept.relations) == ("brat", LABELS, RELATIONS)
    with pytest.raises(Unprocessable):
        take(world, "doccano")


def test_a_dry_run_keeps_no_mapping(world):
    take(world, "brat", labels=LABELS, relations=RELATIONS, dry_run=True)

    assert not ImportNames.objects.exists()


@pytest.mark.parametrize(
    "order",
    [
        {"labels": {"PER": "person"}},
        {"relations": {"said_by": "said"}},
        {"labels": {"": "party"}},
        {"labels": {str(number): "party" for number in range(501)}},
    ],
)
def test_a_mapping_to_what_is_not_there_is_refused(world, order):
    with pytest.raises(InvalidFields):
        take(world, "brat", **order)
