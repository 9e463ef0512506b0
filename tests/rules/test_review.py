from uuid import UUID

import pytest

from annotations.errors import InvalidFields, ReasonRequired, WrongState
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import (
    Act,
    Reason,
    State,
    Verdict,
    act_towards,
    barred,
    check_reason,
    missing_links,
    next_state,
)

# The table of docs/data-model.md#states-and-decisions, written out again: act, from, to.
TABLE = """
accept          suggested                                       draft
dismiss         suggested                                       dismissed
submit          draft,returned                                  submitted
recall          submitted                                       draft
edit            draft,submitted,returned,rejected,approved      draft
approve         submitted                                       approved
request_changes submitted,approved                              returned
reject          submitted,approved                              rejected
reopen          rejected                                        draft
withdraw        draft,submitted,returned,rejected,approved      withdrawn
restore         withdrawn                                       draft
"""
STEPS = {
    (Act(act), State(state)): State(target)
    for act, states, target in (line.split() for line in TABLE.strip().splitlines())
    for state in states.split(",")
}
ALL = [(act, state) for act in Act for state in State]


@pytest.mark.parametrize(("act", "state"), sorted(STEPS))
def test_listed_steps_lead_to_their_state(act, state):
    assert next_state(act, state) is STEPS[act, state]


@pytest.mark.parametrize(("act", "state"), [pair for pair in ALL if pair not in STEPS])
def test_any_other_step_is_refused(act, state):
    with pytest.raises(WrongState):
        next_state(act, state)


@pytest.mark.parametrize(
    ("target", "state", "act"),
    [
        ("submitted", "draft", "submit"),
        ("submitted", "approved", "submit"),
        ("dismissed", "suggested", "dismiss"),
        ("draft", "submitted", "recall"),
        ("draft", "rejected", "reopen"),
        ("draft", "suggested", "accept"),
        ("draft", "withdrawn", "restore"),
    ],
)
def test_a_target_state_names_its_act(target, state, act):
    assert act_towards(State(target), State(state)) is Act(act)


@pytest.mark.parametrize(
    ("target", "state"), [("draft", "approved"), ("draft", "draft"), ("approved", "submitted"), ("rejected", "draft")]
)
def test_states_that_no_patch_reaches_are_refused(target, state):
    with pytest.raises(WrongState):
        act_towards(State(target), State(state))


def test_author_and_later_editors_are_barred():
    author, editor = UUID(int=1), UUID(int=2)
    assert barred(author, [editor]) == {author, editor}


def test_a_suggestion_has_no_author_to_bar():
    assert barred(None, []) == frozenset()


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.OTHER])
@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.REQUEST_CHANGES])
def test_a_reason_is_enough(verdict, reason):
    assert check_reason(verdict, reason, "") is None


@pytest.mark.parametrize(
    ("verdict", "reason", "comment"),
    [
        (Verdict.REJECT, None, "because"),
        (Verdict.REQUEST_CHANGES, None, ""),
        (Verdict.REJECT, Reason.OTHER, ""),
        (Verdict.REJECT, Reason.OTHER, " \n"),
    ],
)
def test_no_reason_is_refused(verdict, reason, comment):
    with pytest.raises(ReasonRequired):
        check_reason(verdict, reason, comment)


def test_an_approval_has_no_reason():
    with pytest.raises(InvalidFields):
        check_reason(Verdict.APPROVE, Reason.SPAN, "")


@pytest.mark.parametrize(
    ("kind", "attributes", "approved", "missing"),
    [
        ("party", {}, "", ""),
        ("cue", {}, "", ""),
        ("quote", {}, "", "speaker"),
        ("quote", {}, "about", "speaker"),
        ("quote", {}, "speaker", ""),
        ("quote", {"speaker_unknown": True}, "", ""),
        ("claim", {"voice": "attributed"}, "", "claimant"),
        ("claim", {}, "", "claimant"),
        ("claim", {"voice": "attributed"}, "claimant", ""),
        ("claim", {"voice": "outlet"}, "", ""),
        ("claim", {"voice": "unattributed"}, "claimant", "claimant"),
        ("counterclaim", {"voice": "outlet"}, "", "disputes"),
        ("counterclaim", {"voice": "attributed"}, "", "claimant disputes"),
        ("counterclaim", {"voice": "attributed"}, "claimant disputes", ""),
    ],
)
def test_what_is_missing_before_approval(kind, attributes, approved, missing):
    found = missing_links(Kind(kind), attributes, {LinkType(name) for name in approved.split()})
    assert found == [LinkType(name) for name in missing.split()]
