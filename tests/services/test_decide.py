"""A second person decides; a list is checked on the state after the whole list, all or nothing."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from annotations.errors import (
    EndsNotApproved,
    Incomplete,
    InvalidFields,
    NotAllowed,
    OwnWork,
    ReasonRequired,
    Stale,
    Unprocessable,
    WrongState,
)
from annotations.models import Annotation, Decision, Event, Link
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role, Scope
from annotations.rules.review import Reason, State, Verdict
from annotations.services.annotations import (
    AnnotationChange,
    edit_annotation,
    move_annotation,
    withdraw_annotation,
)
from annotations.services.links import edit_link, move_link
from annotations.services.projects import change_role
from annotations.services.review import DecisionDraft, decide, decide_one
from tests.factories import an_id, approve, make_article, make_project, submit, tag, verdict_on
from tests.world import Case, World

EDITED = AnnotationChange(note="changed")
OTHER_ATTRIBUTES = AnnotationChange(attributes={"voice": "attributed", "act": "pledge"})


@pytest.fixture
def mayor(world: World) -> Annotation:
    """A submitted mention: it needs no link to be approved."""
    mention = tag(world.ana, world.article, Kind.PARTY, "The mayor")
    submit(world.ana, mention)
    mention.refresh_from_db()
    return mention


@pytest.fixture
def submitted(world: World, case: Case) -> Case:
    submit(world.ana, *case.records)
    return case


def _edit(actor: Actor, record: Annotation, change: AnnotationChange = EDITED) -> Annotation:
    record.refresh_from_db()
    return edit_annotation(actor=actor, annotation=record, version=record.version, change=change)


def test_an_approval_names_its_version_and_leaves_one_event(world: World, mayor: Annotation) -> None:
    decision = decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.APPROVE))
    mayor.refresh_from_db()
    event = Event.objects.select_related("payload").get(subject=mayor.id, verb="annotation.approved")
    assert (mayor.state, mayor.version, mayor.approved_version) == ("approved", 1, 1)
    assert (decision.version, decision.version_editor_id) == (1, world.ana.user.id)
    assert str(decision.id) in event.payload.content


@pytest.mark.parametrize(("verdict", "state"), [(Verdict.REQUEST_CHANGES, "returned"), (Verdict.REJECT, "rejected")])
def test_a_verdict_against_it_needs_a_reason(world: World, mayor: Annotation, verdict: Verdict, state: str) -> None:
    with pytest.raises(ReasonRequired):
        decide_one(actor=world.rui, draft=verdict_on(mayor, verdict))
    with pytest.raises(ReasonRequired):
        decide_one(actor=world.rui, draft=verdict_on(mayor, verdict, Reason.OTHER))
    decide_one(actor=world.rui, draft=verdict_on(mayor, verdict, Reason.SPAN))
    mayor.refresh_from_db()
    assert (mayor.state, mayor.approved_version) == (state, None)


def test_an_approval_has_no_reason(world: World, mayor: Annotation) -> None:
    with pytest.raises(InvalidFields):
        decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.APPROVE, Reason.SPAN))


def test_a_whole_case_is_approved_in_any_order(world: World, submitted: Case) -> None:
    drafts = [verdict_on(record, Verdict.APPROVE) for record in reversed(submitted.records)]
    decide(actor=world.rui, drafts=drafts)
    assert set(Annotation.objects.values_list("state", flat=True)) == {"approved"}
    link = Link.objects.get(pk=submitted.links[0].pk)
    assert (link.approved_version, link.approved_source_version, link.approved_target_version) == (1, 1, 1)


def test_a_quote_alone_is_incomplete_and_told_what_it_needs(world: World, submitted: Case) -> None:
    with pytest.raises(Incomplete) as refusal:
        decide_one(actor=world.rui, draft=verdict_on(submitted.quote, Verdict.APPROVE))
    named = {error.record for error in refusal.value.errors}
    assert refusal.value.extras == {"missing": ["speaker"]}
    assert named == {str(submitted.links[0].id), str(submitted.speaker.id)}


def test_a_counterclaim_needs_what_it_disputes_and_its_claimant(world: World, submitted: Case) -> None:
    with pytest.raises(Incomplete) as refusal:
        decide_one(actor=world.rui, draft=verdict_on(submitted.denial, Verdict.APPROVE))
    assert refusal.value.extras == {"missing": ["claimant", "disputes"]}


def test_a_quote_without_a_known_speaker_can_go_alone(world: World) -> None:
    quote = tag(world.ana, world.article, Kind.QUOTE, "told reporters", attributes={"speaker_unknown": True})
    submit(world.ana, quote)
    assert approve(world.rui, quote)[0].verdict == "approve"


def test_a_link_needs_both_ends(world: World, submitted: Case) -> None:
    approve(world.rui, submitted.speaker)
    with pytest.raises(EndsNotApproved) as refusal:
        decide_one(actor=world.rui, draft=verdict_on(submitted.links[0], Verdict.APPROVE))
    assert [error.record for error in refusal.value.errors] == [str(submitted.quote.id)]


def test_one_bad_item_refuses_the_list(world: World, submitted: Case) -> None:
    good = verdict_on(submitted.speaker, Verdict.APPROVE)
    late = replace(verdict_on(submitted.denier, Verdict.APPROVE), version=9)
    with pytest.raises(Unprocessable) as refusal:
        decide(actor=world.rui, drafts=[good, late])
    assert refusal.value.code == "stale_version"
    assert [error.index for error in refusal.value.errors] == [1]
    assert not Decision.objects.exists()


def test_the_same_record_twice_in_a_list_is_refused(world: World, mayor: Annotation) -> None:
    draft = verdict_on(mayor, Verdict.APPROVE)
    with pytest.raises(Unprocessable) as refusal:
        decide(actor=world.rui, drafts=[draft, draft])
    assert refusal.value.code == "wrong_state"


def test_a_version_that_was_not_seen_is_not_decided_on(world: World, mayor: Annotation) -> None:
    seen = verdict_on(mayor, Verdict.APPROVE)
    submit(world.ana, _edit(world.ana, mayor))
    with pytest.raises(Stale):
        decide_one(actor=world.rui, draft=seen)


def test_a_draft_is_not_decided_on(world: World, case: Case) -> None:
    with pytest.raises(WrongState):
        decide_one(actor=world.rui, draft=verdict_on(case.speaker, Verdict.APPROVE))


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ana", "vic"])
def test_analysts_and_viewers_do_not_decide(world: World, mayor: Annotation, name: str) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(NotAllowed):
        decide_one(actor=actor, draft=verdict_on(mayor, Verdict.APPROVE))


def test_a_write_token_does_not_decide(world: World, mayor: Annotation) -> None:
    with pytest.raises(NotAllowed) as refusal:
        decide_one(actor=Actor(world.rui.user, Scope.WRITE), draft=verdict_on(mayor, Verdict.APPROVE))
    assert refusal.value.code == "insufficient_scope"


def test_to_an_outsider_the_record_is_not_there(world: World, mayor: Annotation) -> None:
    foreign = tag(world.zoe, make_article(world.zoe, make_project(world.zoe), "Here."), Kind.CLAIM, "Here")
    for annotation in (foreign.id, an_id()):
        draft = DecisionDraft(annotation=annotation, link=None, version=1, verdict=Verdict.APPROVE)
        with pytest.raises(InvalidFields) as refusal:
            decide_one(actor=world.rui, draft=draft)
        assert refusal.value.code == "not_found"


def test_nobody_decides_on_their_own_work_whatever_their_role(world: World) -> None:
    for actor in (world.rui, world.adi):
        own = tag(actor, world.article, Kind.PARTY, "The mayor")
        submit(actor, own)
        with pytest.raises(OwnWork):
            decide_one(actor=actor, draft=verdict_on(own, Verdict.APPROVE))


def test_an_author_who_becomes_reviewer_stays_barred(world: World, mayor: Annotation) -> None:
    change_role(actor=world.adi, project=world.project, username="ana", role=Role.REVIEWER)
    with pytest.raises(OwnWork):
        decide_one(actor=Actor(world.ana.user), draft=verdict_on(mayor, Verdict.APPROVE))


def test_an_admin_who_edited_is_barred_until_the_next_approval(world: World, mayor: Annotation) -> None:
    _edit(world.adi, mayor)
    submit(world.ana, mayor)
    with pytest.raises(OwnWork):
        decide_one(actor=world.adi, draft=verdict_on(mayor, Verdict.APPROVE))
    approve(world.rui, mayor)
    submit(world.ana, _edit(world.ana, mayor, AnnotationChange(note="again")))
    assert approve(world.adi, mayor)[0].version == 3


def test_a_revoked_approval_does_not_lift_the_bar(world: World, mayor: Annotation) -> None:
    _edit(world.adi, mayor)
    submit(world.ana, mayor)
    approve(world.rui, mayor)
    decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.REQUEST_CHANGES, Reason.SPAN))
    submit(world.ana, _edit(world.ana, mayor, AnnotationChange(note="again")))
    with pytest.raises(OwnWork):
        decide_one(actor=world.adi, draft=verdict_on(mayor, Verdict.APPROVE))


def test_who_edited_the_approved_version_may_not_revoke_it(world: World, mayor: Annotation) -> None:
    _edit(world.adi, mayor)
    submit(world.ana, mayor)
    approve(world.rui, mayor)
    with pytest.raises(Unprocessable) as refusal:
        decide(actor=world.adi, drafts=[verdict_on(mayor, Verdict.REJECT, Reason.SPAN)])
    assert refusal.value.code == "own_work"


def test_the_database_refuses_a_decision_by_the_author(world: World, mayor: Annotation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO decision (id, project_id, article_id, annotation_id, version, version_editor_id, verdict, "
            "reason, comment, reviewer_id, at) SELECT gen_random_uuid(), project_id, article_id, id, 1, author_id, "
            "'approve', '', '', author_id, now() FROM annotation WHERE id = %s",
            [mayor.id],
        )


# --- after an approval ------------------------------------------------------------------------------


def test_revoking_clears_the_approved_version(world: World, mayor: Annotation) -> None:
    approve(world.rui, mayor)
    decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.REJECT, Reason.GUIDELINE))
    mayor.refresh_from_db()
    assert (mayor.state, mayor.approved_version) == ("rejected", None)


def test_rejecting_a_newer_version_leaves_the_older_in_force(world: World, mayor: Annotation) -> None:
    approve(world.rui, mayor)
    submit(world.ana, _edit(world.ana, mayor))
    decide_one(actor=world.rui, draft=verdict_on(mayor, Verdict.REJECT, Reason.SPAN))
    mayor.refresh_from_db()
    assert (mayor.state, mayor.version, mayor.approved_version) == ("rejected", 2, 1)


def test_a_link_goes_back_when_its_end_is_approved_with_other_content(world: World, approved: Case) -> None:
    submit(world.ana, _edit(world.ana, approved.claim, OTHER_ATTRIBUTES))
    approve(world.rui, approved.claim, approved.links[2])
    states = {link.pk: link.state for link in Link.objects.all()}
    assert [states[link.pk] for link in approved.links] == [
        "approved",
        "submitted",
        "approved",
        "approved",
        "submitted",
    ]
    assert Event.objects.filter(verb="link.sent_back").count() == 2


def test_another_note_of_an_end_sends_no_link_back(world: World, approved: Case) -> None:
    submit(world.ana, _edit(world.ana, approved.claim))
    approve(world.rui, approved.claim)
    assert set(Link.objects.values_list("state", flat=True)) == {"approved"}


def test_a_link_sent_back_and_rejected_is_approved_no_more(world: World, approved: Case) -> None:
    submit(world.ana, _edit(world.ana, approved.claim, OTHER_ATTRIBUTES))
    approve(world.rui, approved.claim, approved.links[2])
    disputes = Link.objects.get(pk=approved.links[4].pk)
    assert (disputes.state, disputes.approved_version) == ("submitted", 1)
    decide_one(actor=world.rui, draft=verdict_on(disputes, Verdict.REJECT, Reason.LINK))
    disputes.refresh_from_db()
    assert (disputes.state, disputes.approved_version, disputes.approved_source_version) == ("rejected", None, None)


def test_a_link_sent_back_does_not_count_for_its_end(world: World, approved: Case) -> None:
    submit(world.ana, _edit(world.ana, approved.claim, OTHER_ATTRIBUTES))
    with pytest.raises(Incomplete):
        decide_one(actor=world.rui, draft=verdict_on(approved.claim, Verdict.APPROVE))


def test_a_link_being_edited_counts_by_its_approved_version(world: World, approved: Case) -> None:
    edit_link(actor=world.ana, link=approved.links[2], version=1, note="being changed")
    submit(world.ana, _edit(world.ana, approved.claim))
    assert approve(world.rui, approved.claim)[0].version == 2


def test_a_neighbour_withdrawn_later_leaves_the_record_approved(world: World, approved: Case) -> None:
    withdraw_annotation(actor=world.ana, annotation=approved.speaker, version=1)
    approved.quote.refresh_from_db()
    assert approved.quote.state == "approved"


def test_a_restored_record_is_approved_anew(world: World, mayor: Annotation) -> None:
    approve(world.rui, mayor)
    withdraw_annotation(actor=world.ana, annotation=mayor, version=1)
    mayor.refresh_from_db()
    move_annotation(actor=world.ana, annotation=mayor, version=1, state=State.DRAFT)
    submit(world.ana, mayor)
    approve(world.rui, mayor)
    mayor.refresh_from_db()
    assert (mayor.state, mayor.approved_version) == ("approved", 1)


def test_a_recalled_link_keeps_its_approval_until_decided(world: World, approved: Case) -> None:
    submit(world.ana, _edit(world.ana, approved.claim, OTHER_ATTRIBUTES))
    approve(world.rui, approved.claim, approved.links[2])
    disputes = Link.objects.get(pk=approved.links[4].pk)
    moved = move_link(actor=world.ana, link=disputes, version=1, state=State.DRAFT)
    assert (moved.state, moved.approved_version) == ("draft", 1)
