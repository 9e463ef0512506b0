"""States of a record, acts, who is barred, what approval needs (docs/data-model.md#states-and-decisions)."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from annotations.errors import FieldError, InvalidFields, ReasonRequired, WrongState
from annotations.rules.kinds import CLAIMS, Kind
from annotations.rules.links import LinkType


class State(StrEnum):
    """Where a record stands."""

    SUGGESTED = "suggested"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What moves a record from one state to another."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    SUBMIT = "submit"
    RECALL = "recall"
    EDIT = "edit"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


class Verdict(StrEnum):
    """What a reviewer decides."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class Reason(StrEnum):
    """Why a record was not approved, in the order of the keys 1 to 7."""

    SPAN = "span"
    KIND = "kind"
    ATTRIBUTES = "attributes"
    LINK = "link"
    DUPLICATE = "duplicate"
    GUIDELINE = "guideline"
    OTHER = "other"


NOT_LIVING: Final = frozenset({State.WITHDRAWN, State.REJECTED, State.DISMISSED})
# What lists and full exports leave out unless asked.
HIDDEN: Final = frozenset({State.SUGGESTED, State.DISMISSED, State.WITHDRAWN})
SHOWN: Final = frozenset(State) - HIDDEN

_EDITABLE: Final = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED, State.REJECTED, State.APPROVED})

TRANSITIONS: Final[Mapping[Act, tuple[frozenset[State], State]]] = {
    Act.ACCEPT: (frozenset({State.SUGGESTED}), State.DRAFT),
    Act.DISMISS: (frozenset({State.SUGGESTED}), State.DISMISSED),
    Act.SUBMIT: (frozenset({State.DRAFT, State.RETURNED}), State.SUBMITTED),
    Act.RECALL: (frozenset({State.SUBMITTED}), State.DRAFT),
    Act.EDIT: (_EDITABLE, State.DRAFT),
    Act.APPROVE: (frozenset({State.SUBMITTED}), State.APPROVED),
    # From approved these two are the act "revoke".
    Act.REQUEST_CHANGES: (frozenset({State.SUBMITTED, State.APPROVED}), State.RETURNED),
    Act.REJECT: (frozenset({State.SUBMITTED, State.APPROVED}), State.REJECTED),
    Act.REOPEN: (frozenset({State.REJECTED}), State.DRAFT),
    Act.WITHDRAW: (_EDITABLE, State.WITHDRAWN),
    Act.RESTORE: (frozenset({State.WITHDRAWN}), State.DRAFT),
}

# How each act is told in events and history.
PAST: Final[Mapping[Act, str]] = {
    Act.ACCEPT: "accepted",
    Act.DISMISS: "dismissed",
    Act.SUBMIT: "submitted",
    Act.RECALL: "recalled",
    Act.EDIT: "edited",
    Act.APPROVE: "approved",
    Act.REQUEST_CHANGES: "returned",
    Act.REJECT: "rejected",
    Act.REOPEN: "reopened",
    Act.WITHDRAW: "withdrawn",
    Act.RESTORE: "restored",
}


def next_state(act: Act, state: State) -> State:
    """Answer the state after `act`. Raises: WrongState when the table does not hold the step."""
    sources, target = TRANSITIONS[act]
    if state not in sources:
        raise WrongState(f"A record that is {state} cannot go through '{act}'; load it again.")
    return target


def act_towards(target: State, state: State) -> Act:
    """Tell which act a PATCH of `state` alone means. Raises: WrongState."""
    if target is State.SUBMITTED:
        return Act.SUBMIT
    if target is State.DISMISSED:
        return Act.DISMISS
    by_state = {
        State.SUBMITTED: Act.RECALL,
        State.REJECTED: Act.REOPEN,
        State.SUGGESTED: Act.ACCEPT,
        State.WITHDRAWN: Act.RESTORE,
    }
    if target is State.DRAFT and state in by_state:
        return by_state[state]
    raise WrongState(f"A record that is {state} cannot become {target} in this way.")


def barred(author: UUID | None, editors: Iterable[UUID]) -> frozenset[UUID]:
    """Tell who may not decide: the author, and the editors of every version after the approved one in force."""
    return frozenset(editors) | (frozenset({author}) if author is not None else frozenset())


def check_reason(verdict: Verdict, reason: Reason | None, comment: str) -> None:
    """Refuse a verdict without its reason. Raises: ReasonRequired, InvalidFields."""
    if verdict is Verdict.APPROVE:
        if reason is not None:
            raise InvalidFields([FieldError("reason", "invalid_choice", "An approval has no reason code.")])
        return
    if reason is None:
        raise ReasonRequired(field="reason")
    if reason is Reason.OTHER and not comment.strip():
        raise ReasonRequired(field="comment")


def missing_links(kind: Kind, attributes: Mapping[str, object], approved: Collection[LinkType]) -> list[LinkType]:
    """List the types of link that must be approved before the annotation can be.

    `approved` are the types of its approved outgoing links. A claimant where the voice is not
    attributed is as wrong as none where it is, and is listed too.
    """
    missing: list[LinkType] = []
    if kind is Kind.QUOTE and LinkType.SPEAKER not in approved and attributes.get("speaker_unknown") is not True:
        missing.append(LinkType.SPEAKER)
    if kind in CLAIMS:
        wants_claimant = attributes.get("voice", "attributed") == "attributed"
        if wants_claimant != (LinkType.CLAIMANT in approved):
            missing.append(LinkType.CLAIMANT)
    if kind is Kind.COUNTERCLAIM and LinkType.DISPUTES not in approved:
        missing.append(LinkType.DISPUTES)
    return missing
