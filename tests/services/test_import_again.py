"""Imports recognise what is already there, so that the same file twice adds nothing."""

import io

import pytest

from annotations.errors import Unprocessable
from annotations.formats.native import read
from annotations.models import Annotation, Article, Incident, Outlet, Party
from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, Order
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.services.annotations import withdraw_annotation
from annotations.services.exchange import ImportOrder, import_file
from tests.factories import join, make_actor, make_article, make_member, make_outlet, make_party, make_project, tag
from tests.services.import_lines import ARTICLE, CLAIM, GOOD, HELD, PARTY, TEXT, take
from tests.world import make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana, name="Bridge")


def test_registry_records_are_matched_by_name_and_type(ana, project):
    army = make_party(ana, project, "Army", entity_type="group")
    make_party(ana, project, "Army", entity_type="person")
    outlet = make_outlet(ana, project, "Daily")
    line = {"type": "outlet", "id": "o", "name": "Daily", "domain": "", "country": "", "kind": None, "scale": None}

    report = take(ana, project, *GOOD, line | {"party": "p1"})

    assert report.mapping["p1"] == str(army.id)
    assert report.mapping["o"] == str(outlet.id)
    assert (Party.objects.count(), Outlet.objects.count()) == (2, 1)


def test_two_of_one_name_stay_two_and_are_both_found_again(ana, project):
    twins = (PARTY, PARTY | {"id": "p2"})

    take(ana, project, *twins)
    report = take(ana, project, *twins)

    assert Party.objects.count() == 2
    assert report.counts["already_there"] == 2


def test_stored_text_is_reused_and_its_article_left_as_it_is(ana, project):
    stored = make_article(ana, project, TEXT, title="My title")

    report = take(ana, project, *GOOD)

    stored.refresh_from_db()
    assert report.mapping["t1"] == str(stored.id)
    assert (stored.title, stored.version) == ("My title", 1)
    assert Annotation.objects.filter(article=stored).count() == 4


def test_file_without_texts_needs_the_articles_to_be_there(ana, project):
    bare = [{name: value for name, value in line.items() if name not in {"text", "exact"}} for line in GOOD]

    with pytest.raises(Unprocessable) as refusal:
        take(ana, project, *bare)
    assert (refusal.value.errors[0].line, refusal.value.errors[0].code) == (3, "required")
    make_article(ana, project, TEXT)
    report = take(ana, project, *bare)

    assert Annotation.objects.get(pk=report.mapping["q"]).exact == ["“We hold the bridge,”"]


def test_file_without_texts_is_still_checked_against_the_text(ana, project):
    make_article(ana, project, TEXT)
    bare = [{name: value for name, value in line.items() if name not in {"text", "exact"}} for line in (ARTICLE, HELD)]

    with pytest.raises(Unprocessable) as refusal:
        take(ana, project, bare[0], bare[1] | {"segments": [[0, len(TEXT) + 1]]})

    assert [(error.line, error.code) for error in refusal.value.errors] == [(3, "out_of_range")]


def test_two_annotators_are_kept_apart(ana, project):
    report = take(ana, project, ARTICLE, HELD, HELD | {"id": "c2", "author": "silver"}, HELD | {"id": "c3"})

    assert Annotation.objects.count() == 2
    assert report.mapping["c3"] == report.mapping["c"]
    assert report.counts["already_there"] == 1


def test_another_importer_of_the_same_file_adds_nothing(ana, project):
    rui = make_actor("rui")
    make_member(ana, project, rui, Role.ANALYST)
    take(ana, project, *GOOD)

    report = take(rui, project, *GOOD)

    assert Annotation.objects.count() == 4
    assert report.counts["already_there"] == len(GOOD)


def test_in_a_blind_project_others_work_is_not_recognised(db):
    world = make_world(visibility="blind")
    take(world.rui, world.project, *GOOD)

    report = take(world.ana, world.project, *GOOD)

    assert report.counts["annotation"] == 4


def test_withdrawn_record_is_not_there_any_more(ana, project):
    report = take(ana, project, *GOOD)
    withdraw_annotation(actor=ana, annotation=Annotation.objects.get(pk=report.mapping["c"]), version=1)

    again = take(ana, project, *GOOD)

    assert (again.counts["annotation"], again.counts["link"]) == (1, 1)


def test_own_export_with_pseudonyms_is_recognised(db):
    world = make_world()
    case = make_case(world)
    export = b"".join(open_export(Order(world.project, Choice(state="all"))).stream)

    report = import_file(actor=world.rui, project=world.project, file=io.BytesIO(export), order=ImportOrder())

    assert report.counts["annotation"] == report.counts["link"] == 0
    assert report.mapping[str(case.claim.pk)] == str(case.claim.pk)


def test_full_export_into_another_project_gives_the_same_content(ana, project):
    world = make_world()
    case = make_case(world)
    other = make_article(world.ana, world.project, "The army left the bridge.")
    left = tag(world.ana, other, Kind.CLAIM, "The army left the bridge", attributes=CLAIM)
    join(world.ana, LinkType.SUPPORTS, left, case.denial)
    export = b"".join(open_export(Order(world.project, Choice(state="all"))).stream)

    report = import_file(actor=ana, project=project, file=io.BytesIO(export), order=ImportOrder())

    copy = b"".join(open_export(Order(project, Choice(state="all"))).stream)
    before, after = (sorted(contents(read(io.BytesIO(file))), key=str) for file in (export, copy))
    assert report.counts["annotation"] == 6
    assert before == after


def contents(reading):
    """What a file says, without ids, people and times."""
    for item in reading.items:
        record = item.record
        names = ("title", "text", "name", "kind", "segments", "exact", "attributes", "note", "link_type", "domain")
        yield type(record).__name__, [repr(getattr(record, name, None)) for name in names]


def test_filtered_export_that_names_an_absent_earlier_version_goes_in(ana, project):
    report = take(ana, project, ARTICLE | {"supersedes": "t0"})

    assert Article.objects.get().supersedes is None
    assert report.counts["supersedes_dropped"] == 1


def test_incident_of_a_reused_article_is_joined_when_new(ana, project):
    stored = make_article(ana, project, TEXT)
    incident = {"type": "incident", "id": "i", "title": "Fight", "place": "", "date_from": None, "date_to": None}

    take(ana, project, incident, ARTICLE | {"incidents": ["i"]})
    take(ana, project, incident, ARTICLE | {"incidents": ["i"]})

    assert list(Incident.objects.get().articles.all()) == [stored]
