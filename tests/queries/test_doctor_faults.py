"""The faults that the doctor promises to find, each planted with SQL by the tables' owner."""

import pytest

from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.rules.review import State
from annotations.services.annotations import AnnotationChange, edit_annotation, move_annotation
from tests.factories import join, make_article, make_member, make_project, submit, tag
from tests.queries.conftest import Site
from tests.queries.planting import Owner, copy_of, examine

pytestmark = pytest.mark.django_db(transaction=True)
Capsys = pytest.CaptureFixture[str]


def test_a_changed_text_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("article"):
        owner.run("UPDATE article SET text = replace(text, 'Monday', 'Sunday')")
    report = examine(capsys)
    assert report.ids("text_changed") == {str(site.world.article.id)}
    assert not report.guards


def test_a_changed_text_of_another_length_is_found_twice(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("article"):
        owner.run("UPDATE article SET text = text || '.'")
    details = [found["detail"] for found in examine(capsys).findings]
    assert len(details) == 2
    assert "code points" in details[1]


def test_a_changed_exact_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("annotation", "annotation_version"):
        owner.run("UPDATE annotation SET exact = '{thy army}' WHERE id = %s", [site.case.speaker.id])
        owner.run(
            "UPDATE annotation_version SET content = jsonb_set(content, '{exact}', '[\"thy army\"]') "
            "WHERE annotation_id = %s",
            [site.case.speaker.id],
        )
    report = examine(capsys)
    assert report.codes == {"exact_differs"}
    assert report.ids("exact_differs") == {str(site.case.speaker.id)}


def test_a_segment_past_the_end_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("annotation"):
        owner.run("UPDATE annotation SET segments = '{{9000, 9008}}' WHERE id = %s", [site.case.speaker.id])
    assert "segment_out_of_range" in examine(capsys).codes


def test_touching_segments_are_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    owner.drop_constraint("annotation", "annotation_segments")
    with owner.without_triggers("annotation"):
        owner.run(
            "UPDATE annotation SET segments = '{{1, 4}, {4, 6}}', exact = '{\"We \", ho}' WHERE id = %s",
            [site.case.quote.id],
        )
    report = examine(capsys)
    assert report.ids("segments_not_ordered") == {str(site.case.quote.id)}
    assert "exact_differs" not in report.codes
    assert ("guard_missing", "annotation.annotation_segments") in report.guards


def test_unordered_segments_are_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    owner.drop_constraint("annotation", "annotation_segments")
    with owner.without_triggers("annotation"):
        owner.run(
            "UPDATE annotation SET segments = '{{8, 11}, {1, 3}}', exact = '{the, We}' WHERE id = %s",
            [site.case.quote.id],
        )
    assert "segments_not_ordered" in examine(capsys).codes


def test_a_link_across_projects_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    elsewhere = make_project(site.world.zoe)
    article = make_article(site.world.zoe, elsewhere, "The army spoke.")
    mention = tag(site.world.zoe, article, Kind.PARTY, "The army")
    speaker_link = site.case.links[0]
    owner.drop_constraint("link", "link_target_target_article_fk")
    with owner.without_triggers("link"):
        owner.run(
            "UPDATE link SET target_id = %s, target_article_id = %s WHERE id = %s",
            [mention.id, article.id, speaker_link.id],
        )
    report = examine(capsys)
    assert report.ids("other_project") == {str(speaker_link.id)}
    assert report.ids("reference_broken") == {str(speaker_link.id)}
    assert ("guard_missing", "link.link_target_target_article_fk") in report.guards


def test_a_link_of_a_forbidden_kind_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("link"):
        owner.run("UPDATE link SET type = 'claimant' WHERE id = %s", [site.case.links[0].id])
    assert examine(capsys).ids("kind_not_allowed") == {str(site.case.links[0].id)}


def test_a_link_that_may_not_leave_its_article_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    article = make_article(site.world.ana, site.world.project, "The army spoke.")
    mention = tag(site.world.ana, article, Kind.PARTY, "The army")
    with owner.without_triggers("link"):
        owner.run(
            "UPDATE link SET target_id = %s, target_article_id = %s WHERE id = %s",
            [mention.id, article.id, site.case.links[0].id],
        )
    assert examine(capsys).ids("cross_article_not_allowed") == {str(site.case.links[0].id)}


def test_a_claim_outside_its_quote_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("annotation"):
        owner.run(
            "UPDATE annotation SET segments = '{{1, 57}}', exact = ARRAY[substr(%s, 2, 56)] WHERE id = %s",
            [site.world.article.text, site.case.claim.id],
        )
    assert examine(capsys).ids("outside_quote") == {str(site.case.links[1].id)}


@pytest.mark.parametrize(
    ("number", "index", "changes", "code"),
    [
        (0, "link_once", {}, "duplicate_link"),
        (1, "link_one_quote", {"source_id": "gen_random_uuid()"}, "second_quote"),
    ],
)
def test_a_duplicate_link_is_found(
    site: Site, owner: Owner, capsys: Capsys, number: int, index: str, changes: dict[str, str], code: str
) -> None:
    owner.drop_index(index)
    owner.drop_constraint("link", "link_id_version_fk")
    owner.drop_constraint("link", "link_source_source_article_fk")
    with owner.without_triggers("link"):
        owner.run(copy_of("link", id="gen_random_uuid()", **changes), {"id": site.case.links[number].id})
    assert code in examine(capsys).codes


def test_a_same_as_link_drawn_both_ways_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    link = join(site.world.ana, LinkType.SAME_AS, site.case.claim, site.case.denial)
    owner.drop_index("link_same_as_once")
    owner.drop_constraint("link", "link_id_version_fk")
    with owner.without_triggers("link"):
        owner.run(
            copy_of("link", id="gen_random_uuid()", source_id="r.target_id", target_id="r.source_id"), {"id": link.id}
        )
    assert "duplicate_link" in examine(capsys).codes


def test_a_second_cue_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    said, on = (tag(site.world.ana, site.world.article, Kind.CUE, word) for word in ("said", "on Monday"))
    join(site.world.ana, LinkType.CUED_BY, site.case.quote, said)
    second = join(site.world.ana, LinkType.CUED_BY, site.case.claim, on)
    owner.drop_index("link_one_cue")
    with owner.without_triggers("link"):
        owner.run("UPDATE link SET source_id = %s WHERE id = %s", [site.case.quote.id, second.id])
    assert "second_cue" in examine(capsys).codes


def test_an_approval_without_a_decision_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    mayor = tag(site.world.ana, site.world.article, Kind.PARTY, "The mayor")
    with owner.without_triggers("annotation"):
        owner.run("UPDATE annotation SET state = 'approved', approved_version = 1 WHERE id = %s", [mayor.id])
    assert examine(capsys).ids("approval_without_decision") == {str(mayor.id)}


def test_an_approval_whose_decision_was_revoked_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("decision"):
        owner.run(
            copy_of("decision", id="gen_random_uuid()", verdict="'reject'", reason="'span'", at="now()"),
            {"id": owner.run("SELECT id FROM decision WHERE annotation_id = %s", [site.case.quote.id])[0][0]},
        )
    assert examine(capsys).ids("approval_without_decision") == {str(site.case.quote.id)}


def test_a_decision_by_the_author_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    owner.drop_constraint("decision", "decision_four_eyes")
    with owner.without_triggers("decision"):
        owner.run("UPDATE decision SET reviewer_id = %s WHERE annotation_id IS NOT NULL", [site.world.ana.user.id])
    report = examine(capsys)
    assert len(report.ids("own_work")) == 5
    assert ("guard_missing", "decision.decision_four_eyes") in report.guards


def test_a_decision_by_an_editor_since_the_last_approval_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    mayor = tag(site.world.ana, site.world.article, Kind.PARTY, "The mayor")
    edited = edit_annotation(
        actor=site.world.adi, annotation=mayor, version=1, change=AnnotationChange(note="by the admin")
    )
    again = edit_annotation(
        actor=site.world.ana, annotation=edited, version=2, change=AnnotationChange(note="by the author")
    )
    move_annotation(actor=site.world.ana, annotation=again, version=3, state=State.SUBMITTED)
    with owner.without_triggers("decision"):
        owner.run(
            "INSERT INTO decision (id, project_id, article_id, annotation_id, version, version_editor_id, verdict, "
            "reason, comment, reviewer_id, at) SELECT gen_random_uuid(), project_id, article_id, id, 3, author_id, "
            "'request_changes', 'span', '', %s, now() FROM annotation WHERE id = %s",
            [site.world.adi.user.id, mayor.id],
        )
    assert "own_work" in examine(capsys).codes


def test_a_hole_in_a_chain_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("event", "event_payload"):
        owner.run("DELETE FROM event_payload USING event WHERE event_id = event.id AND number = 3")
        owner.run("DELETE FROM event WHERE number = 3")
    report = examine(capsys)
    assert {"chain_hole", "chain_broken"} <= report.codes
    assert not report.guards


def test_a_hole_closed_by_new_numbers_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    with owner.without_triggers("event", "event_payload", "event_chain"):
        owner.run("DELETE FROM event_payload USING event WHERE event_id = event.id AND number = 3")
        owner.run("DELETE FROM event WHERE number = 3")
        owner.run("UPDATE event SET number = number + 1000 WHERE number > 3")
        owner.run("UPDATE event SET number = number - 1001 WHERE number > 1000")
        owner.run("UPDATE event_chain SET count = count - 1 WHERE count > 2")
    assert "chain_broken" in examine(capsys).codes


def test_a_cut_tail_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    last = "(chain_id, number) IN (SELECT chain_id, max(number) FROM event GROUP BY chain_id)"
    with owner.without_triggers("event", "event_payload"):
        owner.run(f"DELETE FROM event_payload WHERE event_id IN (SELECT id FROM event WHERE {last})")
        owner.run(f"DELETE FROM event WHERE {last}")
    assert examine(capsys).codes == {"chain_tail"}


def test_members_of_other_projects_do_not_matter(site: Site, owner: Owner, capsys: Capsys) -> None:
    make_member(site.world.adi, site.world.project, site.world.zoe, Role.VIEWER)
    submit(site.world.ana, tag(site.world.ana, site.world.article, Kind.PARTY, "The mayor"))
    with owner.without_triggers("article"):
        owner.run("UPDATE article SET sha256 = repeat('0', 64)")
    assert examine(capsys).codes == {"text_changed"}
