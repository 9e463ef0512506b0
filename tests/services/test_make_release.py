"""A release is a numbered export that never changes: the same records in every format, whatever happens later."""

import hashlib
import io
import json
import zipfile

import psycopg2
import pytest
import yaml

from annotations.errors import InsufficientScope, InvalidFields, NotAllowed, NotFound
from annotations.formats import CODECS
from annotations.formats.native import read
from annotations.models import Annotation, Event, Release
from annotations.queries.access import Actor, visible_releases
from annotations.queries.doctor import Examination
from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, Order
from annotations.queries.release_changes import release_changes
from annotations.queries.releases import open_release, release_pieces
from annotations.rules.permissions import Scope
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.guidelines import edit_guideline
from annotations.services.releases import DuplicateRelease, make_release
from annotations.services.review import decide
from tests.factories import approve, make_article, make_outlet, submit, verdict_on
from tests.world import make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def case(world):
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    return case


def release(world, name="First", **choice):
    return make_release(actor=world.rui, project=world.project, name=name, choice=Choice(**choice))


def records(found):
    return [json.loads(line) for line in b"".join(release_pieces(found)).splitlines()]


def exported(world, **choice):
    return [
        json.loads(line) for line in b"".join(open_export(Order(world.project, Choice(**choice))).stream).splitlines()
    ]


def files(found):
    content = b"".join(open_release(found).pieces)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_release_holds_what_the_export_holds(world, case):
    wanted = exported(world)[1:-1]

    made = release(world)

    assert (made.number, made.name, made.filters) == (1, "First", {"state": "approved"})
    assert records(made)[1:-1] == wanted
    assert read(io.BytesIO(b"".join(release_pieces(made)))).problems == ()
    assert Event.objects.filter(verb="release.made", subject=made.id).exists()
    assert list(Examination(audit=True).findings()) == []


def test_numbers_count_up_and_names_are_used_once(world, case):
    release(world)

    assert release(world, "Second").number == 2
    with pytest.raises(DuplicateRelease):
        release(world, "Second")


def test_the_manifest_says_what_each_file_is(world, case):
    made = release(world)

    found = files(made)
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest == made.manifest
    assert {entry["name"]: entry["sha256"] for entry in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    assert manifest["counts"] == {
        "outlet": 1, "incident": 0, "party": 2, "article": 1, "annotation": 5, "link": 5, "decision": 10,
    }  # fmt: skip
    head = records(made)[0]["chain_head"]
    assert manifest["chain_heads"]["project"] == head
    assert list(manifest["chain_heads"]["articles"]) == [str(world.article.id)]
    assert manifest["software"]["name"] == "newsdesk"
    assert manifest["made_by"].startswith("annotator-")


def test_the_zip_can_be_cited_and_described(world, case):
    found = files(release(world, 'The "first"\\ one'))

    citation = yaml.safe_load(found["CITATION.cff"])
    assert citation["title"] == 'Northern bridge: The "first"\\ one'
    assert (citation["cff-version"], citation["type"], citation["version"]) == ("1.2.0", "dataset", "1")
    datasheet = found["DATASHEET.md"].decode()
    assert "1 articles, 5 annotations, 5 links" in datasheet
    assert "| counterclaim | 1 |" in datasheet


def test_the_guideline_in_force_goes_with_it(world, case):
    edit_guideline(actor=world.adi, project=world.project, version=0, text="# Quotes keep their marks")

    made = release(world)

    assert made.manifest["guideline"] == {"version": 1, "text": "# Quotes keep their marks"}
    found = files(made)
    assert found["GUIDELINE.md"].decode() == "# Quotes keep their marks"
    assert "after version 1 of the project's guideline" in found["DATASHEET.md"].decode()


def test_every_format_gives_the_same_records_after_the_work_went_on(world, case):
    made = release(world)
    before = {name: b"".join(open_release(made, name).pieces) for name in CODECS}
    whole = b"".join(open_release(made).pieces)
    decide(actor=world.rui, drafts=[verdict_on(case.claim, Verdict.REJECT, Reason.SPAN)])
    make_article(world.ana, world.project)

    assert {name: b"".join(open_release(made, name).pieces) for name in CODECS} == before
    assert b"".join(open_release(made).pieces) == whole
    assert before["newsdesk-jsonl"].count(b'"type":"annotation"') == 5


def test_a_release_without_texts_holds_none(world, case):
    made = release(world, with_text=False)

    assert made.filters == {"state": "approved", "text": "omit"}
    assert "text" not in records(made)[4]


def test_the_database_refuses_every_change(world, case, as_owner):
    release(world)

    for statement in (
        "UPDATE release SET name = 'x'",
        "DELETE FROM release",
        "UPDATE release_part SET content = ''",
        "DELETE FROM release_part",
        "TRUNCATE release_part",
    ):
        with pytest.raises(psycopg2.errors.CheckViolation, match="kept as they are"):
            as_owner(statement)


def test_changes_name_what_was_added_changed_and_withdrawn(world, case):
    first = release(world)
    decide(actor=world.rui, drafts=[verdict_on(case.links[4], Verdict.REJECT, Reason.LINK)])
    speaker = Annotation.objects.get(pk=case.speaker.pk)
    edited = edit_annotation(actor=world.ana, annotation=speaker, version=1, change=AnnotationChange(note="Seen."))
    submit(world.ana, edited)
    approve(world.rui, edited)
    make_outlet(world.ana, world.project, "Another outlet")
    second = release(world, "Second")

    found = release_changes(first, second)

    assert found.counts["link"] == {"added": 0, "changed": 0, "withdrawn": 1}
    assert found.counts["outlet"]["added"] == 1
    [changed] = [one for one in found.listed if one.type == "annotation"]
    assert (changed.what, changed.id, changed.label) == ("changed", str(speaker.id), "party")
    assert set(changed.fields) == {"note", "version", "updated_at"}
    assert release_changes(second, second).listed == []


def test_only_reviewers_with_a_wide_token_make_releases(world):
    narrow = Actor(world.rui.user, Scope.WRITE)
    for actor, refusal in (
        (world.ana, NotAllowed),
        (world.vic, NotAllowed),
        (world.zoe, NotFound),
        (narrow, InsufficientScope),
    ):
        with pytest.raises(refusal):
            make_release(actor=actor, project=world.project, name="Mine", choice=Choice())


def test_a_name_is_one_line(world):
    for name in ("", " ", "a\nb", "x" * 501):
        with pytest.raises(InvalidFields):
            release(world, name)
    assert not Release.objects.exists()


def test_in_a_blind_project_releases_show_nobody_what_the_project_hides():
    world = make_world(visibility="blind")
    release(world, "Approved")
    release(world, "All", state="all")

    names = {
        who: set(visible_releases(getattr(world, who), world.project.id).values_list("name", flat=True))
        for who in ("rui", "ana", "vic", "zoe")
    }

    assert names == {"rui": {"Approved", "All"}, "ana": set(), "vic": {"Approved"}, "zoe": set()}
