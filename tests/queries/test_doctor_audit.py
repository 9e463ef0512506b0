"""Faults in the log of events that only computing every digest again brings to light."""

import pytest
from django.db import transaction

from annotations.models import Event
from annotations.rules.chain import content_digest
from annotations.services.events import Happening, record_events
from annotations.services.records import content_of
from tests.queries.conftest import Site
from tests.queries.planting import Owner, examine

pytestmark = pytest.mark.django_db(transaction=True)
Capsys = pytest.CaptureFixture[str]
_LOG = ("event", "event_payload", "event_chain")


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'annotation.edited'",
        "subject = gen_random_uuid()",
        "subject_label = 'annotation cue'",
        "actor_id = (SELECT id FROM \"user\" WHERE username = 'rui')",
        "at = at - interval '1 microsecond'",
        "payload_digest = repeat('0', 64)",
    ],
)
def test_an_edited_event_is_named(site: Site, owner: Owner, capsys: Capsys, change: str) -> None:
    with owner.without_triggers(*_LOG):
        owner.run(f"UPDATE event SET {change} WHERE number = 4 AND verb = 'annotation.created'")
    event = str(Event.objects.get(number=4, chain__article=site.world.article).id)
    assert examine(capsys, "--audit").ids("event_changed") == {event}


def test_plain_doctor_leaves_the_digests_alone(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers(*_LOG):
        owner.run("UPDATE event SET subject_label = 'annotation cue' WHERE number = 4")
        owner.run("UPDATE event_chain SET head = ''")
    assert examine(capsys).codes == {"chain_tail"}


def test_an_edited_payload_is_named(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers(*_LOG):
        owner.run(
            "UPDATE event_payload SET content = replace(content, 'approved', 'rejected') FROM event "
            "WHERE event.id = event_id AND verb = 'annotation.approved' AND number = 22"
        )
    assert examine(capsys, "--audit").codes == {"payload_changed"}


def test_a_payload_that_is_no_json_does_not_stop_the_look(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers(*_LOG):
        owner.run('UPDATE event_payload SET content = \'{"content":"\'')
    assert {"payload_changed", "event_missing"} <= examine(capsys, "--audit").codes


def test_an_event_put_in_at_the_end_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers(*_LOG):
        owner.run(
            "INSERT INTO event SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), "
            "'number', c.count + 1, 'previous', c.head, 'digest', repeat('f', 64)))).* "
            "FROM event e JOIN event_chain c ON c.id = e.chain_id WHERE e.number = c.count AND c.article_id IS NOT NULL"
        )
        owner.run("INSERT INTO event_payload SELECT e.id, '', '{}' FROM event e WHERE digest = repeat('f', 64)")
        owner.run("UPDATE event_chain SET count = count + 1, head = repeat('f', 64) WHERE article_id IS NOT NULL")
    assert {"event_changed", "payload_changed"} <= examine(capsys, "--audit").codes


def test_two_events_in_the_wrong_order_are_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers(*_LOG):
        owner.run("UPDATE event SET number = 1003 WHERE number = 3")
        owner.run("UPDATE event SET number = 3 WHERE number = 4")
        owner.run("UPDATE event SET number = 4 WHERE number = 1003")
    assert "chain_broken" in examine(capsys).codes
    report = examine(capsys, "--audit")
    assert next(found["detail"] for found in report.findings if found["record"] == "event").startswith("Event 3 ")


def test_a_tail_cut_with_its_head_leaves_decisions_without_events(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers(*_LOG):
        owner.run("DELETE FROM event_payload USING event WHERE event.id = event_id AND verb LIKE '%approved'")
        owner.run("DELETE FROM event WHERE verb LIKE '%approved'")
        owner.run(
            "UPDATE event_chain c SET (count, head) = (SELECT number, digest FROM event "
            "WHERE chain_id = c.id ORDER BY number DESC LIMIT 1)"
        )
    report = examine(capsys, "--audit")
    assert report.codes == {"event_missing"}
    assert len(report.ids("event_missing")) == len(site.case.records)


def test_a_version_without_an_event_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("annotation", "annotation_version"):
        owner.run(
            "BEGIN; UPDATE annotation SET version = 2, state = 'draft', note = 'n' WHERE id = %(id)s; "
            "INSERT INTO annotation_version SELECT (jsonb_populate_record(v, jsonb_build_object('number', 2, "
            "'content', jsonb_set(v.content, '{note}', '\"n\"')))).* FROM annotation_version v "
            "WHERE annotation_id = %(id)s; COMMIT",
            {"id": site.case.claim.id},
        )
    report = examine(capsys, "--audit")
    assert report.codes == {"event_missing"}
    assert report.ids("event_missing") == {str(site.case.claim.id)}


def test_content_changed_together_with_its_version_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("annotation", "annotation_version", "link", "link_version"):
        owner.run("UPDATE annotation SET note = 'n' WHERE id = %s", [site.case.claim.id])
        owner.run(
            "UPDATE annotation_version SET content = jsonb_set(content, '{note}', '\"n\"') WHERE annotation_id = %s",
            [site.case.claim.id],
        )
        owner.run("UPDATE link SET attributes = '{\"mode\": \"undercuts\"}' WHERE type = 'disputes'")
        owner.run(
            "UPDATE link_version SET content = jsonb_set(content, '{attributes,mode}', '\"undercuts\"') "
            "WHERE content -> 'attributes' ? 'mode'"
        )
    report = examine(capsys, "--audit")
    assert report.codes == {"version_changed"}
    assert report.ids("version_changed") == {str(site.case.claim.id), str(site.case.links[4].id)}


def test_events_of_what_is_gone_are_found(site: Site, unguarded: Owner, capsys: Capsys) -> None:
    unguarded.run("DELETE FROM decision WHERE annotation_id IS NOT NULL")
    unguarded.run("DELETE FROM annotation_version")
    assert {"decision_missing", "version_missing"} <= examine(capsys, "--audit").codes


def test_an_event_may_list_the_versions_of_many_records(site: Site, owner: Owner, capsys: Capsys) -> None:
    digests = [
        [str(site.case.quote.id), content_digest(content_of(site.case.quote))],
        [str(site.case.denier.id), "0" * 64],
    ]
    happening = Happening(
        "article.imported", site.world.article.id, "article", site.world.article.id, {"annotations": digests}
    )
    with transaction.atomic():
        record_events(actor=site.world.ana.user, project_id=site.world.project.id, happenings=[happening])
    assert examine(capsys, "--audit").ids("version_changed") == {str(site.case.denier.id)}
