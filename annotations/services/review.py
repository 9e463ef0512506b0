"""Decide on annotations and links: one or a list, all or nothing, checked on the state after the whole list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from annotations.errors import FieldError, InvalidFields, NewsdeskError, OwnWork, Stale, Unprocessable
from annotations.models import Annotation, Decision, Link
from annotations.queries.access import Actor, require, sees
from annotations.queries.barring import editors_since_approval, version_editors
from annotations.rules.permissions import Action
from annotations.rules.review import PAST, Act, Reason, State, Verdict, barred, check_reason, next_state
from annotations.rules.texts import note_errors
from annotations.services.annotations import AnnotationChange
from annotations.services.completeness import check_completeness, hold_for_decisions, send_back_links
from annotations.services.events import Happening, record_events
from annotations.services.holding import happened, save_state
from annotations.services.records import refusals
from annotations.services.resubmission import check_proposal, proposal_content
from annotations.services.webhooks import tell_of_decisions


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """One verdict on one version of one annotation or link (the other is None).

    Asking for changes of an annotation may carry a proposal: what the reviewer would write instead.
    """

    annotation: UUID | None
    link: UUID | None
    version: int
    verdict: Verdict
    reason: Reason | None = None
    comment: str = ""
    proposal: AnnotationChange | None = None


def decide_one(*, actor: Actor, draft: DecisionDraft) -> Decision:
    """Store one decision and move its record.

    Raises: InvalidFields (not found), NotAllowed, OwnWork, Stale, ReasonRequired, WrongState,
    EndsNotApproved, Incomplete.
    """
    with transaction.atomic():
        deciding = _Round(actor, [draft])
        if refusal := deciding.refusals.get(0):
            raise refusal
        return deciding.store()[0]


def decide(*, actor: Actor, drafts: Sequence[DecisionDraft]) -> list[Decision]:
    """Store a list of decisions, all or nothing, checked on the state after the whole list.

    Raises: Unprocessable with the code of the first refusal; every refusal is listed with its index.
    """
    with transaction.atomic():
        deciding = _Round(actor, drafts)
        if deciding.refusals:
            raise _as_batch(deciding.refusals)
        return deciding.store()


class _Round:
    """One transaction's decisions: holds every record concerned, judges each draft, then stores all."""

    def __init__(self, actor: Actor, drafts: Sequence[DecisionDraft]) -> None:
        self._actor, self._drafts = actor, drafts
        self.refusals: dict[int, NewsdeskError] = {}
        annotations = {draft.annotation for draft in drafts if draft.annotation}
        links = {draft.link for draft in drafts if draft.link}
        self._held = hold_for_decisions(actor, annotations, links)
        self._editors = editors_since_approval(annotations, links)
        self._written_by = version_editors(annotations, links)
        self._before: dict[UUID, str] = {}
        approved = self._judge(draft.annotation is not None for draft in drafts)
        self._fallen = send_back_links(self._held, [held for held in approved.values() if isinstance(held, Annotation)])
        approved |= self._judge(draft.annotation is None for draft in drafts)
        for index, record in approved.items():
            try:
                check_completeness(record, self._held)
            except NewsdeskError as refusal:
                self.refusals.setdefault(index, refusal)

    def store(self) -> list[Decision]:
        """Write decisions first, then the states that rest on them, then one event each."""
        decisions = [self._decision(draft) for draft in self._drafts]
        with refusals():
            Decision.objects.bulk_create(decisions)
        happenings: dict[UUID, list[Happening]] = defaultdict(list)
        for draft, decision in zip(self._drafts, decisions, strict=True):
            record = self._record(draft)
            self._settle(record, draft)
            happenings[record.project_id].append(self._happening(record, decision))
        for link in self._fallen:
            if link.state == State.SUBMITTED:
                save_state(link)
                happenings[link.project_id].append(happened(link, "sent_back"))
        tell_of_decisions(decisions)
        for project_id, of_project in happenings.items():
            record_events(actor=self._actor.user, project_id=project_id, happenings=of_project)
        return decisions

    def _judge(self, chosen: Iterable[bool]) -> dict[int, Annotation | Link]:
        """Judge the chosen drafts in order; answer the newly approved records by index."""
        approved: dict[int, Annotation | Link] = {}
        for index, (draft, is_chosen) in enumerate(zip(self._drafts, chosen, strict=True)):
            if not is_chosen:
                continue
            try:
                record = self._record(draft)
                self._check(record, draft)
            except NewsdeskError as refusal:
                self.refusals[index] = refusal
                continue
            self._before.setdefault(record.id, record.state)
            record.state = next_state(Act(draft.verdict), State(record.state))
            if draft.verdict is Verdict.APPROVE:
                record.approved_version = record.version
                approved[index] = record
        return approved

    def _record(self, draft: DecisionDraft) -> Annotation | Link:
        if (draft.annotation is None) == (draft.link is None):
            raise InvalidFields([FieldError("annotation", "required", "Name either an annotation or a link.")])
        found: Annotation | Link | None
        if draft.annotation is not None:
            field, found = "annotation", self._held.annotations.get(draft.annotation)
        else:
            field, found = "link", self._held.links.get(draft.link) if draft.link else None
        if found is None or not sees(self._actor, found):
            raise InvalidFields([FieldError(field, "not_found", "There is no such record.")])
        return found

    def _check(self, record: Annotation | Link, draft: DecisionDraft) -> None:
        require(self._actor, Action.DECIDE, record.project_id)
        if self._actor.user.id in barred(record.author_id, self._editors.get(record.id, ())):
            raise OwnWork
        if draft.version != record.version:
            raise Stale(record)
        check_reason(draft.verdict, draft.reason, draft.comment)
        if found := note_errors("comment", draft.comment):
            raise InvalidFields(found)
        next_state(Act(draft.verdict), State(record.state))
        if draft.proposal is not None:
            _check_proposal(record, draft.verdict, draft.proposal)

    def _decision(self, draft: DecisionDraft) -> Decision:
        record = self._record(draft)
        link = record if isinstance(record, Link) else None
        ends = self._held.annotations
        return Decision(
            project_id=record.project_id,
            article_id=link.source_article_id if link else record.article_id,  # type: ignore[union-attr]
            annotation_id=draft.annotation,
            link_id=draft.link,
            version=draft.version,
            version_editor_id=self._written_by[record.id, draft.version],
            source_version=ends[link.source_id].version if link else None,
            target_version=ends[link.target_id].version if link else None,
            verdict=draft.verdict,
            reason=draft.reason or "",
            comment=draft.comment,
            proposal=proposal_content(draft.proposal) if draft.proposal else None,
            reviewer=self._actor.user,
        )

    def _settle(self, record: Annotation | Link, draft: DecisionDraft) -> None:
        """Store the state after the decision; a verdict against the approved version itself revokes its approval.

        That version need not stand in state approved: a link goes back to review when one of its ends changes.
        """
        if draft.verdict is not Verdict.APPROVE and record.approved_version == draft.version:
            record.approved_version = None
        if isinstance(record, Annotation):
            save_state(record)
            return
        if draft.verdict is Verdict.APPROVE:
            ends = self._held.annotations
            record.approved_source_version = ends[record.source_id].version
            record.approved_target_version = ends[record.target_id].version
        elif record.approved_version is None:
            record.approved_source_version = record.approved_target_version = None
        save_state(record, "approved_source_version", "approved_target_version")

    def _happening(self, record: Annotation | Link, decision: Decision) -> Happening:
        return happened(
            record,
            PAST[Act(decision.verdict)],
            decision=str(decision.id),
            was=self._before[record.id],
            reason=decision.reason,
        )


def _check_proposal(record: Annotation | Link, verdict: Verdict, proposal: AnnotationChange) -> None:
    """Refuse what the author could not take. Raises: InvalidFields, SplitsGrapheme, TextMismatch."""
    if isinstance(record, Link) or verdict is not Verdict.REQUEST_CHANGES:
        detail = "Only asking for changes of an annotation carries a proposal."
        raise InvalidFields([FieldError("proposal", "invalid", detail)])
    if not check_proposal(record, proposal):
        raise InvalidFields([FieldError("proposal", "invalid", "This proposal would change nothing.")])


def _as_batch(refusals_by_index: dict[int, NewsdeskError]) -> Unprocessable:
    errors: list[FieldError] = []
    for index, refusal in sorted(refusals_by_index.items()):
        found = refusal.errors or (FieldError("", refusal.code, refusal.detail),)
        errors += [replace(error, index=index) for error in found]
    first = refusals_by_index[min(refusals_by_index)]
    return Unprocessable(first.detail, code=first.code, errors=errors, extras=first.extras)
