"""Outlets, incidents and parties."""

from datetime import date

import pytest

from annotations.errors import InUse, InvalidFields, NotAllowed, NotFound, Stale
from annotations.models import Event, Incident, IncidentArticle, Outlet, Party, PartyAlias
from annotations.rules.kinds import Kind
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.registry import (
    create_incident,
    create_outlet,
    create_party,
    delete_incident,
    delete_outlet,
    delete_party,
    edit_incident,
    edit_outlet,
    edit_party,
)
from tests.factories import an_id, approve, make_incident, make_outlet, make_party, make_project, submit, tag
from tests.world import Case, World


def test_an_outlet_may_be_one_sides_own(world: World) -> None:
    outlet = make_outlet(world.ana, world.project, kind="new_media", scale="national", party=world.army.id)
    assert (outlet.party_id, outlet.version) == (world.army.id, 1)
    assert Event.objects.get(subject=outlet.id).verb == "outlet.created"


def test_a_party_has_aliases_parent_and_ids_elsewhere(world: World) -> None:
    aliases = [{"text": "The Army", "language": "en"}, {"text": "الجيش", "language": "ar"}, {"text": "A"}]
    party = make_party(world.ana, world.project, parent=world.army.id, aliases=aliases, external_ids={"wikidata": "Q1"})
    assert list(party.aliases.values_list("text", flat=True)) == ["The Army", "الجيش", "A"]
    assert (party.parent_id, party.external_ids) == (world.army.id, {"wikidata": "Q1"})


def test_an_incident_joins_articles(world: World) -> None:
    incident = make_incident(world.ana, world.project, articles=[world.article.id], date_from=date(2021, 9, 1))
    assert IncidentArticle.objects.get(incident=incident).article == world.article


def test_fields_and_lists_can_be_changed(world: World) -> None:
    changed = edit_party(
        actor=world.ana, party=world.army, version=1, changes={"name": "Forces", "aliases": [{"text": "F"}]}
    )
    assert (changed.version, changed.name) == (2, "Forces")
    again = edit_party(actor=world.ana, party=world.army, version=2, changes={"aliases": [{"text": "F"}]})
    assert again.version == 2
    emptied = edit_party(actor=world.ana, party=world.army, version=2, changes={"aliases": []})
    assert (emptied.version, PartyAlias.objects.count()) == (3, 0)


def test_an_incident_gets_other_articles_and_dates(world: World) -> None:
    incident = make_incident(world.ana, world.project, date_from=date(2021, 9, 2))
    changed = edit_incident(
        actor=world.ana, incident=incident, version=1, changes={"articles": [world.article.id], "place": "Here"}
    )
    assert (changed.version, changed.place) == (2, "Here")
    with pytest.raises(InvalidFields):
        edit_incident(actor=world.ana, incident=incident, version=2, changes={"date_to": date(2021, 9, 1)})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": "P"},
        {"name": "P", "entity_type": "robot"},
        {"name": "P", "entity_type": ""},
        {"name": "P", "entity_type": "group", "actor_type": "pirates"},
        {"name": "P", "entity_type": "group", "parent": an_id()},
        {"name": "P", "entity_type": "group", "aliases": "A"},
        {"name": "P", "entity_type": "group", "aliases": [{"language": "en"}]},
        {"name": "P", "entity_type": "group", "aliases": [{"text": "A", "language": "not a tag"}]},
        {"name": "P", "entity_type": "group", "aliases": [{"text": "A"}] * 201},
        {"name": "P", "entity_type": "group", "external_ids": {"isbn": "1"}},
        {"name": "P", "entity_type": "group", "external_ids": []},
        {"name": "P", "entity_type": "group", "colour": "red"},
    ],
)
def test_wrong_fields_of_a_party_are_refused(world: World, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidFields):
        create_party(actor=world.ana, project=world.project, fields=fields)
    assert Party.objects.count() == 2


def test_a_party_is_not_part_of_itself(world: World) -> None:
    child = make_party(world.ana, world.project, parent=world.army.id)
    for parent in (world.army.id, child.id):
        with pytest.raises(InvalidFields):
            edit_party(actor=world.ana, party=world.army, version=1, changes={"parent": parent})


def test_references_stay_in_the_project(world: World) -> None:
    foreign = make_party(world.zoe, make_project(world.zoe))
    with pytest.raises(InvalidFields):
        create_outlet(actor=world.ana, project=world.project, fields={"name": "O", "party": foreign.id})
    with pytest.raises(InvalidFields):
        edit_party(actor=world.ana, party=world.army, version=1, changes={"parent": foreign.id})
    with pytest.raises(InvalidFields):
        create_incident(actor=world.ana, project=world.project, fields={"title": "I", "articles": [an_id()]})


def test_an_incident_does_not_end_before_it_begins(world: World) -> None:
    fields = {"title": "I", "date_from": date(2021, 9, 2), "date_to": date(2021, 9, 1)}
    with pytest.raises(InvalidFields):
        create_incident(actor=world.ana, project=world.project, fields=fields)


def test_another_version_than_the_one_seen_is_refused(world: World) -> None:
    with pytest.raises(Stale):
        edit_outlet(actor=world.ana, outlet=world.outlet, version=2, changes={"name": "Late"})
    with pytest.raises(Stale):
        delete_outlet(actor=world.rui, outlet=world.outlet, version=2)


def test_viewers_and_outsiders_may_not(world: World) -> None:
    with pytest.raises(NotAllowed):
        make_party(world.vic, world.project)
    with pytest.raises(NotFound):
        make_party(world.zoe, world.project)
    with pytest.raises(NotAllowed):
        edit_outlet(actor=world.vic, outlet=world.outlet, version=1, changes={"name": "N"})


def test_what_nothing_refers_to_can_be_deleted_by_a_reviewer(world: World) -> None:
    outlet, incident = make_outlet(world.ana, world.project), make_incident(world.ana, world.project)
    party = make_party(world.ana, world.project, aliases=[{"text": "A"}])
    delete_outlet(actor=world.rui, outlet=outlet, version=1)
    delete_incident(actor=world.rui, incident=incident, version=1)
    delete_party(actor=world.rui, party=party, version=1)
    assert not Outlet.objects.filter(pk=outlet.pk).exists()
    assert not Incident.objects.filter(pk=incident.pk).exists()
    assert Event.objects.filter(subject=party.id).order_by("number").last().verb == "party.deleted"  # type: ignore[union-attr]


def test_analysts_do_not_delete(world: World) -> None:
    with pytest.raises(NotAllowed):
        delete_party(actor=world.ana, party=world.army, version=1)


def test_what_is_in_use_is_not_deleted(world: World, case: Case) -> None:
    incident = make_incident(world.ana, world.project, articles=[world.article.id])
    parent = make_party(world.ana, world.project)
    make_party(world.ana, world.project, parent=parent.id)
    with pytest.raises(InUse):
        delete_outlet(actor=world.rui, outlet=world.outlet, version=1)
    with pytest.raises(InUse):
        delete_incident(actor=world.rui, incident=incident, version=1)
    with pytest.raises(InUse):
        delete_party(actor=world.rui, party=parent, version=1)
    with pytest.raises(InUse):
        delete_party(actor=world.rui, party=world.army, version=1)


def test_a_party_of_an_approved_version_is_not_deleted(world: World) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, "The mayor", parties=(world.rebels.id,))
    submit(world.ana, mention)
    approve(world.rui, mention)
    mention.refresh_from_db()
    edit_annotation(actor=world.ana, annotation=mention, version=1, change=AnnotationChange(parties=()))
    with pytest.raises(InUse):
        delete_party(actor=world.rui, party=world.rebels, version=1)
