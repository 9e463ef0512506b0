"""A full archive comes back into an empty project as it was; anything else is refused whole."""

import hashlib
import io
import json

import pytest

from annotations.errors import IncompleteFile, NotAllowed, Unprocessable
from annotations.models import Annotation, AnnotationVersion, Article, Import, Link
from annotations.queries.access import Actor
from annotations.queries.doctor import Examination
from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, Order
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import Reason, State, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.restore_store import UNKNOWN_NOTE
from annotations.services.restoring import NotAnArchive, ProjectNotEmpty, restore_archive
from annotations.services.review import decide
from tests.conftest import clear_tables
from tests.factories import approve, make_actor, make_incident, make_member, make_project, submit, tag, verdict_on
from tests.world import REBELS, make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("ana", "rui", "adi")


def archive_of(project, **choice):
    values = {"state": "all", "with_names": True, **choice}
    return b"".join(open_export(Order(project, Choice(**values))).stream)


def lines_of(content):
    return [json.loads(line) for line in content.splitlines()]


def sealed(lines):
    """Put lines together with an end line that fits them, as somebody would who changes an archive."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines[:-1])
    end = lines[-1] | {"sha256": hashlib.sha256(body).hexdigest()}
    return body + json.dumps(end).encode() + b"\n"


def without_heads(lines):
    """Leave out what names the place and the moment: header, end and the heads of the chains."""
    return [{name: value for name, value in line.items() if name != "chain_head"} for line in lines[1:-1]]


@pytest.fixture
def archive():
    """An archive with decisions of every verdict, several versions, an incident and another article."""
    world = make_world()
    case = make_case(world)
    make_incident(world.ana, world.project, "Shelling", articles=[world.article.id])
    submit(world.ana, *case.records)
    approve(world.rui, case.speaker, case.quote, case.links[0])
    decide(actor=world.rui, drafts=[verdict_on(case.denier, Verdict.REJECT, Reason.SPAN)])
    decide(actor=world.rui, drafts=[verdict_on(case.claim, Verdict.REQUEST_CHANGES, Reason.KIND)])
    claim = Annotation.objects.get(pk=case.claim.pk)
    edit_annotation(actor=world.ana, annotation=claim, version=1, change=AnnotationChange(note="Clearer now."))
    submit(world.ana, claim)
    content = archive_of(world.project)
    clear_tables()
    return content


@pytest.fixture
def adi(archive):
    actors = {name: make_actor(name) for name in NAMES}
    return actors["adi"]


@pytest.fixture
def empty(adi):
    return make_project(adi, name="Restored")


def restore(actor, project, content):
    return restore_archive(actor=actor, project=project, file=io.BytesIO(content))


def test_the_next_export_holds_the_same_records_authors_decisions_and_times(adi, empty, archive):
    report = restore(adi, empty, archive)

    assert without_heads(lines_of(archive_of(empty))) == without_heads(lines_of(archive))
    counts = lines_of(archive)[-1]["counts"]
    assert {name: report.counts[name] for name in counts} == counts
    assert list(Examination(audit=True).findings()) == []


def test_the_approved_set_is_the_approved_records(adi, empty, archive):
    restore(adi, empty, archive)

    approved = lines_of(archive_of(empty, state="approved"))
    wanted = [line["id"] for line in lines_of(archive) if line.get("state") == "approved" and "id" in line]
    assert [line["id"] for line in approved if line["type"] in {"annotation", "link"}] == wanted
    assert len(wanted) == 3


def test_the_work_goes_on_where_it_stood(adi, empty, archive):
    restore(adi, empty, archive)
    claim = Annotation.objects.get(kind="claim")

    decide(
        actor=Actor(make_member_of(adi, empty, "rui")), drafts=[verdict_on(claim, Verdict.REQUEST_CHANGES, Reason.SPAN)]
    )

    assert Annotation.objects.get(pk=claim.pk).state == State.RETURNED
    assert list(Examination(audit=True).findings()) == []


def make_member_of(admin, project, name):
    actor = Actor(type(admin.user).objects.get(username=name))
    make_member(admin, project, actor, Role.REVIEWER)
    return actor.user


def test_earlier_versions_are_there_but_say_that_their_content_is_unknown(adi, empty, archive):
    restore(adi, empty, archive)

    claim = Annotation.objects.get(kind="claim")
    first, second = AnnotationVersion.objects.filter(annotation=claim).order_by("number")
    assert first.content["note"] == UNKNOWN_NOTE
    assert second.content["note"] == "Clearer now."


def test_an_archive_cut_anywhere_is_refused(adi, empty, archive):
    for cut in range(0, len(archive) - 1, 997):
        with pytest.raises(IncompleteFile):
            restore(adi, empty, archive[:cut])
    assert not Article.objects.exists()


def test_an_archive_that_was_changed_is_refused(adi, empty, archive):
    with pytest.raises(IncompleteFile):
        restore(adi, empty, archive.replace(b"Shelling", b"Shooting"))


def test_a_project_with_content_is_refused(adi, empty, archive):
    restore(adi, empty, archive)

    with pytest.raises(ProjectNotEmpty):
        restore(adi, empty, archive)


def test_ids_that_another_project_has_are_refused(adi, empty, archive):
    restore(adi, empty, archive)

    with pytest.raises(Unprocessable) as refusal:
        restore(adi, make_project(adi, name="Twice"), archive)
    assert refusal.value.code == "duplicate_id"


def test_unknown_people_are_named_by_line(archive):
    adi = make_actor("adi")
    project = make_project(adi, name="Restored")

    with pytest.raises(Unprocessable) as refusal:
        restore(adi, project, archive)

    assert refusal.value.code == "unknown_person"
    assert sorted(error.detail for error in refusal.value.errors) == [
        "There is no account ana; make it first.",
        "There is no account rui; make it first.",
    ]
    assert not Article.objects.exists()
    assert not Import.objects.exists()


def test_only_an_admin_restores(adi, empty, archive):
    ana = Actor(make_member_of(adi, empty, "ana"))

    with pytest.raises(NotAllowed):
        restore(ana, empty, archive)


@pytest.mark.parametrize("choice", [{"state": "approved"}, {"state": "draft"}, {"with_names": False}])
def test_a_part_of_a_project_or_pseudonyms_are_refused(choice):
    world = make_world()
    case = make_case(world)
    submit(world.ana, case.speaker)
    approve(world.rui, case.speaker)
    content = archive_of(world.project, **choice)
    project = make_project(world.adi, name="Restored")

    with pytest.raises(NotAnArchive):
        restore(world.adi, project, content)


LIES = (
    ("annotation", {"state": "approved"}, "wrong_state"),
    ("annotation", {"exact": ["something else"]}, "text_mismatch"),
    ("annotation", {"id": "a1"}, "invalid"),
    ("annotation", {"state": "withdrawn"}, "invalid_choice"),
    ("annotation", {"version": 0}, "invalid"),
    ("annotation", {"author": None}, "unknown_person"),
    ("annotation", {"created_at": None}, "required"),
    ("decision", {"reviewer": "ana"}, "own_work"),
    ("decision", {"version": 9}, "invalid"),
    ("decision", {"record": "00000000-0000-7000-8000-000000000000"}, "not_found"),
    ("decision", {"verdict": "request_changes", "reason": None}, "reason_required"),
    ("link", {"link_type": "speaker", "attributes": {"mode": "rebuts"}}, "unknown_field"),
    ("article", {"text": "Another text."}, "text_mismatch"),
)


def test_a_resealed_lie_is_refused_with_its_line_and_nothing_is_stored(adi, empty, archive):
    for type_, change, code in LIES:
        lines = lines_of(archive)
        number = next(at for at, line in enumerate(lines) if line["type"] == type_ and line.get("state") != "approved")
        lines[number] |= change

        with pytest.raises(Unprocessable) as refusal:
            restore(adi, empty, sealed(lines))

        assert (number + 1, code) in {(error.line, error.code) for error in refusal.value.errors}, (type_, change)
    assert not Article.objects.exists()
    assert not Link.objects.exists()


def test_a_rejected_record_and_its_repetition_both_come_back():
    world = make_world()
    case = make_case(world)
    submit(world.ana, case.denier)
    decide(actor=world.rui, drafts=[verdict_on(case.denier, Verdict.REJECT, Reason.SPAN)])
    again = tag(world.ana, world.article, Kind.PARTY, REBELS)
    content = archive_of(world.project)
    clear_tables()
    adi = [make_actor(name) for name in NAMES][2]
    project = make_project(adi, name="Restored")

    restore(adi, project, content)

    assert Annotation.objects.filter(segments=again.segments, kind="party").count() == 2
    assert without_heads(lines_of(archive_of(project))) == without_heads(lines_of(content))


def test_approvals_of_versions_that_the_archive_does_not_hold_are_counted():
    world = make_world()
    case = make_case(world)
    submit(world.ana, case.speaker)
    approve(world.rui, case.speaker)
    stored = Annotation.objects.get(pk=case.speaker.pk)
    edit_annotation(actor=world.ana, annotation=stored, version=1, change=AnnotationChange(note="Edited."))
    content = archive_of(world.project)
    clear_tables()
    adi = [make_actor(name) for name in NAMES][2]
    project = make_project(adi, name="Restored")

    report = restore(adi, project, content)

    assert report.counts["approvals_lost"] == 1
    assert without_heads(lines_of(archive_of(project))) == without_heads(lines_of(content))
