"""An analyst takes back acts in the workbench and does them again."""

import pytest

from annotations.errors import ChangedSince, NotAllowed
from annotations.models import Annotation, Link, UndoStep
from annotations.queries.steps import steps_of
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.rules.review import State
from annotations.rules.steps import MOST_STEPS, StepKind
from annotations.services.annotations import AnnotationChange, AnnotationDraft, edit_annotation
from annotations.services.links import LinkDraft
from annotations.services.tagging import change_tag, create_tag, link_tags, remove_tag, tag_mentions, unlink_tags
from annotations.services.undo import forget_step, redo_step, undo_step
from tests.factories import approve, join, make_article, make_member, spans, submit
from tests.world import ARMY, CLAIM, DENIAL, HOUSES, QUOTE, Case, World


def made(world: World, kind: Kind, *words: str) -> Annotation:
    draft = AnnotationDraft(kind=kind, segments=spans(world.article, *words), exact=words)
    return create_tag(actor=world.ana, article=world.article, draft=draft)


def changed(world: World, annotation: Annotation, change: AnnotationChange, kind: StepKind) -> Annotation:
    return change_tag(
        actor=world.ana,
        article=world.article,
        annotation=annotation,
        version=annotation.version,
        change=change,
        kind=kind,
    )


def undo(world: World) -> StepKind | None:
    done = undo_step(actor=world.ana, article=world.article)
    return None if done is None else done.kind


def redo(world: World) -> StepKind | None:
    done = redo_step(actor=world.ana, article=world.article)
    return None if done is None else done.kind


def test_a_new_tag_is_taken_back_and_made_again(world: World) -> None:
    claim = made(world, Kind.CLAIM, CLAIM)
    assert undo(world) is StepKind.TAGGED
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN
    assert redo(world) is StepKind.TAGGED
    claim.refresh_from_db()
    assert (claim.state, claim.exact) == (State.DRAFT, [CLAIM])


def test_nothing_is_left_to_undo_or_redo(world: World) -> None:
    assert (undo(world), redo(world)) == (None, None)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (AnnotationChange(kind=Kind.QUOTE), StepKind.KIND),
        (AnnotationChange(note="of the bridge"), StepKind.NOTE),
        (AnnotationChange(attributes={"voice": "outlet", "quantity": {"low": 2, "high": 3.5}}), StepKind.ATTRIBUTE),
    ],
)
def test_a_change_goes_back_and_forth_as_new_versions(world: World, change: AnnotationChange, kind: StepKind) -> None:
    claim = made(world, Kind.CLAIM, CLAIM)
    before = (claim.kind, claim.note, claim.attributes)
    after = changed(world, claim, change, kind)
    assert undo(world) is kind
    claim.refresh_from_db()
    assert ((claim.kind, claim.note, claim.attributes), claim.version) == (before, 3)
    assert redo(world) is kind
    claim.refresh_from_db()
    assert (claim.kind, claim.note, claim.attributes) == (after.kind, after.note, after.attributes)


def test_acts_are_taken_back_from_the_last_to_the_first(world: World) -> None:
    claim = made(world, Kind.CLAIM, CLAIM)
    claim = changed(world, claim, AnnotationChange(note="one"), StepKind.NOTE)
    changed(world, claim, AnnotationChange(note="two"), StepKind.NOTE)
    undo(world)
    claim.refresh_from_db()
    assert claim.note == "one"
    undo(world)
    assert undo(world) is StepKind.TAGGED
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN
    assert [redo(world), redo(world), redo(world)] == [StepKind.TAGGED, StepKind.NOTE, StepKind.NOTE]
    claim.refresh_from_db()
    assert (claim.note, claim.state) == ("two", State.DRAFT)


def test_a_new_act_ends_redoing(world: World) -> None:
    made(world, Kind.CLAIM, CLAIM)
    undo(world)
    made(world, Kind.CLAIM, HOUSES)
    assert redo(world) is None
    assert steps_of(world.ana, world.article).redo is None


def test_a_change_that_changes_nothing_is_no_act(world: World) -> None:
    claim = made(world, Kind.CLAIM, CLAIM)
    changed(world, claim, AnnotationChange(note=""), StepKind.NOTE)
    assert UndoStep.objects.count() == 1


def test_a_removed_tag_comes_back_with_its_links(world: World, case: Case) -> None:
    remove_tag(actor=world.ana, article=world.article, annotation=case.denial, version=1)
    assert undo(world) is StepKind.REMOVED
    case.denial.refresh_from_db()
    assert case.denial.state == State.DRAFT
    assert {link.type for link in Link.objects.filter(source=case.denial, state=State.DRAFT)} == {
        "claimant",
        "disputes",
    }


def test_a_dispute_and_the_turn_it_made_are_one_act(world: World) -> None:
    claim, denial = made(world, Kind.CLAIM, CLAIM), made(world, Kind.CLAIM, DENIAL)
    draft = LinkDraft(LinkType.DISPUTES, denial.id, claim.id, {"mode": "undercuts"})
    link = link_tags(actor=world.ana, article=world.article, draft=draft)
    undo(world)
    denial.refresh_from_db()
    link.refresh_from_db()
    assert (denial.kind, link.state) == ("claim", State.WITHDRAWN)
    redo(world)
    denial.refresh_from_db()
    link.refresh_from_db()
    assert (denial.kind, link.state, link.attributes) == ("counterclaim", State.DRAFT, {"mode": "undercuts"})


def test_a_link_taken_out_comes_back(world: World, case: Case) -> None:
    link = case.links[0]
    unlink_tags(actor=world.ana, article=world.article, link=link, version=1)
    assert undo(world) is StepKind.UNLINKED
    link.refresh_from_db()
    assert link.state == State.DRAFT


def test_a_batch_is_one_act(world: World) -> None:
    article = make_article(world.ana, world.project, "Rebels met rebels. Rebels left; the Rebels-to-be stayed.")
    draft = AnnotationDraft(kind=Kind.PARTY, segments=spans(article, "Rebels"), exact=("Rebels",))
    first = create_tag(actor=world.ana, article=article, draft=draft)
    assert len(tag_mentions(actor=world.ana, article=article, annotation=first)) == 2
    undo_step(actor=world.ana, article=article)
    assert list(Annotation.objects.living().filter(article=article)) == [first]


def test_what_somebody_else_changed_since_is_not_lost(world: World) -> None:
    claim = made(world, Kind.CLAIM, CLAIM)
    edit_annotation(actor=world.adi, annotation=claim, version=1, change=AnnotationChange(note="by the admin"))
    with pytest.raises(ChangedSince) as refusal:
        undo(world)
    assert [error.field for error in refusal.value.errors] == ["note"]
    claim.refresh_from_db()
    assert (claim.state, claim.note) == (State.DRAFT, "by the admin")
    assert steps_of(world.ana, world.article).undo is StepKind.TAGGED


def test_a_decision_made_since_stands(world: World, case: Case) -> None:
    speaker = changed(world, case.speaker, AnnotationChange(note="x"), StepKind.NOTE)
    submit(world.ana, speaker)
    approve(world.rui, speaker)
    with pytest.raises(ChangedSince):
        undo(world)
    speaker.refresh_from_db()
    assert (speaker.state, speaker.note) == (State.APPROVED, "x")


def test_a_tag_that_somebody_else_linked_stays(world: World) -> None:
    speaker = made(world, Kind.PARTY, ARMY)
    quote = create_tag(
        actor=world.rui,
        article=world.article,
        draft=AnnotationDraft(Kind.QUOTE, spans(world.article, *QUOTE), QUOTE),
    )
    join(world.rui, LinkType.SPEAKER, quote, speaker)
    with pytest.raises(ChangedSince):
        undo(world)
    speaker.refresh_from_db()
    assert speaker.state == State.DRAFT


def test_an_act_left_out_frees_those_before_it(world: World) -> None:
    first, second = made(world, Kind.CLAIM, CLAIM), made(world, Kind.CLAIM, HOUSES)
    edit_annotation(actor=world.adi, annotation=second, version=1, change=AnnotationChange(note="by the admin"))
    step = steps_of(world.ana, world.article).undo_id
    assert step is not None
    forget_step(actor=world.ana, article=world.article, step=step)
    undo(world)
    first.refresh_from_db()
    assert first.state == State.WITHDRAWN


def test_everybody_undoes_their_own_acts_only(world: World) -> None:
    made(world, Kind.CLAIM, CLAIM)
    assert undo_step(actor=world.rui, article=world.article) is None


def test_only_so_many_acts_are_kept(world: World) -> None:
    claim = made(world, Kind.CLAIM, CLAIM)
    old = UndoStep.objects.get()
    UndoStep.objects.bulk_create(
        UndoStep(project_id=old.project_id, article_id=old.article_id, user_id=old.user_id, kind="note", changes=[])
        for _ in range(MOST_STEPS)
    )
    changed(world, claim, AnnotationChange(note="x"), StepKind.NOTE)
    assert UndoStep.objects.count() == MOST_STEPS
    assert not UndoStep.objects.filter(pk=old.pk).exists()


def test_who_became_a_viewer_undoes_nothing(world: World) -> None:
    make_member(world.adi, world.project, world.zoe, Role.ANALYST)
    create_tag(
        actor=world.zoe,
        article=world.article,
        draft=AnnotationDraft(Kind.CLAIM, spans(world.article, CLAIM), (CLAIM,)),
    )
    world.project.memberships.filter(user=world.zoe.user).update(role=Role.VIEWER)
    world.zoe._roles.clear()
    with pytest.raises(NotAllowed):
        undo_step(actor=world.zoe, article=world.article)
