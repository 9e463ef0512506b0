"""The hand-made file of a real article goes in whole, and comes out the same under the mapping of ids."""

import io
import json

import pytest

from annotations.errors import IncompleteFile
from annotations.models import Annotation, Article, Event, Import, Link, Party
from annotations.queries.doctor import Examination
from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, Order
from annotations.rules.review import State
from annotations.services.exchange import ImportOrder, import_file
from tests.factories import make_actor, make_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def panjshir(shared_data):
    return (shared_data / "panjshir" / "panjshir.jsonl").read_bytes()


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana, name="Panjshir")


def take(actor, project, content, **order):
    return import_file(actor=actor, project=project, file=io.BytesIO(content), order=ImportOrder(**order))


def exported(project, **choice):
    export = open_export(Order(project, Choice(**choice)))
    return [json.loads(line) for line in b"".join(export.stream).splitlines()]


def test_everything_in_the_file_is_stored(ana, project, panjshir):
    report = take(ana, project, panjshir)

    assert (Annotation.objects.count(), Link.objects.count(), Party.objects.count()) == (92, 86, 11)
    assert report.status == "done"
    assert report.counts["annotation"] == 92
    assert report.counts["link"] == 86
    assert report.counts["party"] == 11
    assert report.counts["already_there"] == 0
    assert len(report.mapping) == 1 + 1 + 11 + 1 + 92 + 86


def test_the_importer_is_the_author_in_draft_and_the_file_s_author_is_the_origin(ana, project, panjshir):
    report = take(ana, project, panjshir)

    quote = Annotation.objects.get(pk=report.mapping["q08"])
    assert (quote.author, quote.state, quote.version) == (ana.user, State.DRAFT, 1)
    assert quote.origin == {
        "by": "imported",
        "annotator": "gold",
        "state": "draft",
        "version": 1,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }


def test_the_next_export_holds_the_same_records(ana, project, panjshir):
    report = take(ana, project, panjshir)
    wanted = sorted(json.dumps(content_under(report.mapping, line), sort_keys=True) for line in lines_of(panjshir))

    found = sorted(json.dumps(content_of(line), sort_keys=True) for line in exported(project, state="all")[1:-1])

    assert found == wanted


def test_every_exported_span_equals_the_text_and_the_doctor_finds_nothing(ana, project, panjshir):
    take(ana, project, panjshir)

    lines = exported(project, state="all")

    [text] = [line["text"] for line in lines if line["type"] == "article"]
    assert not list(Examination(audit=True).findings())
    spans = [line for line in lines if line["type"] == "annotation"]
    assert [[text[start:end] for start, end in line["segments"]] for line in spans] == [line["exact"] for line in spans]


def test_the_same_file_again_adds_nothing(ana, project, panjshir):
    first = take(ana, project, panjshir)
    events = Event.objects.count()

    second = take(ana, project, panjshir)

    assert (Annotation.objects.count(), Link.objects.count(), Party.objects.count()) == (92, 86, 11)
    assert Event.objects.count() == events
    assert second.counts["already_there"] == 1 + 1 + 11 + 1 + 92 + 86
    assert second.counts["annotation"] == 0
    assert second.mapping == first.mapping


def test_its_own_export_imported_again_adds_nothing(ana, project, panjshir):
    take(ana, project, panjshir)
    export = b"".join(open_export(Order(project, Choice(state="all"))).stream)

    report = take(ana, project, export)

    assert (Annotation.objects.count(), Link.objects.count(), Party.objects.count()) == (92, 86, 11)
    assert report.counts["already_there"] == 1 + 1 + 11 + 1 + 92 + 86


def test_a_file_cut_after_any_line_is_refused_and_nothing_stored(ana, project, panjshir):
    lines = panjshir.splitlines(keepends=True)

    for cut in range(len(lines)):
        with pytest.raises(IncompleteFile):
            take(ana, project, b"".join(lines[:cut]))

    assert not Article.objects.exists()
    assert not Import.objects.exists()


def lines_of(content):
    return [json.loads(line) for line in content.splitlines()[1:-1]]


def content_of(line):
    left_out = {"author", "origin", "state", "version", "created_at", "updated_at", "chain_head"}
    return {name: value for name, value in line.items() if name not in left_out}


def content_under(mapping, line):
    references = ("id", "party", "parent", "outlet", "article", "source", "target")
    lists = ("incidents", "parties")
    renamed = {name: mapping[line[name]] for name in references if line.get(name) is not None}
    renamed |= {name: [mapping[item] for item in line[name]] for name in lists if name in line}
    return content_of(line | renamed)
