import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotations.models import Annotation, Decision, Link
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import State
from tests.factories import approve, make_article, make_member, make_project, submit, tag
from tests.views.conftest import SignIn
from tests.world import HOUSES, MAYOR, Case, World, make_case, make_world

PATH = "/p/northern-bridge/review/"
DECISIONS = f"{PATH}decisions/"
HTMX = {"HX-Request": "true"}


def _written(record: Annotation | Link) -> str:
    kind = "annotation" if isinstance(record, Annotation) else "link"
    return f"{kind}:{record.id}:{record.version}"


def _decide(browser: Client, record: Annotation | Link, verdict: str, **fields: object):
    return browser.post(DECISIONS, {"record": _written(record), "verdict": verdict, **fields})


def _state(record: Annotation | Link) -> str:
    return type(record).objects.get(pk=record.pk).state


@pytest.fixture
def submitted(world: World, case: Case) -> Case:
    submit(world.ana, *case.records)
    return case


def test_queue_shows_what_waits_and_the_first_record_in_its_text(world: World, submitted: Case, sign_in: SignIn):
    shown = sign_in(world.rui).get(PATH)
    assert shown.status_code == 200
    assert [row.is_barred for row in shown.context["rows"]] == [False] * 10
    assert 'data-role="focus"' in shown.text
    assert "ana made it" in shown.text


def test_drafts_do_not_wait(world: World, case: Case, sign_in: SignIn):
    assert "Nothing waits here" in sign_in(world.rui).get(PATH).text


def test_mention_is_approved_alone_and_the_next_record_follows(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    done = _decide(browser, submitted.speaker, "approve", view="mine")
    assert done.status_code == 302
    assert _state(submitted.speaker) == State.APPROVED
    following = browser.get(done.headers["Location"])
    assert "Approved." in following.text
    assert following.context["shown"].record == submitted.denier


def test_htmx_gets_what_changed_on_a_page_that_has_moved_on(world: World, submitted: Case, sign_in: SignIn):
    sent = {"record": _written(submitted.speaker), "verdict": "approve", "view": "mine"}
    done = sign_in(world.rui).post(DECISIONS, sent, headers=HTMX)
    assert done.status_code == 200
    assert done.text.count('hx-swap-oob="true">9</span>') == 3
    assert "Approved.</p>" in done.text
    assert "review-deck" not in done.text


def test_a_decision_sent_twice_under_its_key_is_stored_once(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    sent = {"record": _written(submitted.speaker), "verdict": "approve", "key": "one"}
    answers = [browser.post(DECISIONS, sent, headers=HTMX) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Decision.objects.count() == 1
    other = browser.post(DECISIONS, {**sent, "comment": "Not the same."}, headers=HTMX)
    assert other.status_code == 422


def test_what_was_approved_meanwhile_does_not_stop_the_rest(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    items = [item.value for item in browser.get(PATH, {"annotation": str(submitted.denial.id)}).context["bundle"].items]
    approve(world.adi, submitted.denier)
    done = browser.post(DECISIONS, {"record": items[0], "with": items[1:], "verdict": "approve_together"})
    assert done.status_code == 302
    assert Decision.objects.filter(reviewer=world.rui.user).count() == len(items) - 1


def test_what_was_sent_back_meanwhile_stops_the_rest(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    items = [item.value for item in browser.get(PATH, {"annotation": str(submitted.denial.id)}).context["bundle"].items]
    _decide(sign_in(world.adi), submitted.denier, "request_changes", reason="span")
    done = browser.post(DECISIONS, {"record": items[0], "with": items[1:], "verdict": "approve_together"})
    assert done.status_code == 422
    assert not Decision.objects.filter(reviewer=world.rui.user).exists()


def test_quote_alone_is_refused_and_its_bundle_offered(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    refused = _decide(browser, submitted.quote, "approve")
    assert refused.status_code == 409
    assert "Something that belongs to this has to be approved with it." in refused.text
    assert "Approve all 6 together" in refused.text
    assert _state(submitted.quote) == State.SUBMITTED


def test_bundle_is_approved_together(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    shown = browser.get(PATH, {"annotation": str(submitted.denial.id)}).context["bundle"]
    assert shown.is_ready
    values = [item.value for item in shown.items]
    done = browser.post(DECISIONS, {"record": values[0], "with": values[1:], "verdict": "approve_together"})
    assert done.status_code == 302
    # The denial, its denier, the claim, the claim's speaker, and the three links between them.
    assert Decision.objects.count() == 7
    assert _state(submitted.denial) == State.APPROVED
    assert _state(submitted.quote) == State.SUBMITTED


def test_rejecting_one_of_a_bundle_leaves_the_others(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    _decide(browser, submitted.quote, "reject", reason="span", **{"with": [_written(submitted.speaker)]})
    assert _state(submitted.quote) == State.REJECTED
    assert _state(submitted.speaker) == State.SUBMITTED


def test_changes_are_asked_with_reason_and_comment(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    _decide(browser, submitted.quote, "request_changes", reason="span", comment="Take the marks <in>.")
    assert _state(submitted.quote) == State.RETURNED
    told = browser.get(PATH, {"annotation": str(submitted.quote.id)}).text
    assert "rui asked for changes to version 1: The span is wrong" in told
    assert "Take the marks &lt;in&gt;." in told


@pytest.mark.parametrize("fields", [{}, {"reason": "other"}, {"reason": "other", "comment": " "}])
def test_rejecting_needs_a_reason(world: World, submitted: Case, sign_in: SignIn, fields: dict[str, str]):
    refused = _decide(sign_in(world.rui), submitted.quote, "reject", **fields)
    assert refused.status_code == 400
    assert "Choose a reason first" in refused.text
    assert Decision.objects.count() == 0


def test_refused_htmx_request_gets_the_alert_alone(world: World, submitted: Case, sign_in: SignIn):
    sent = {"record": _written(submitted.quote), "verdict": "reject", "comment": "Kept."}
    refused = sign_in(world.rui).post(DECISIONS, sent, headers=HTMX)
    assert refused.status_code == 400
    assert refused.text.startswith('<div class="alert bad">')
    assert "hx-swap-oob" not in refused.text


def test_without_script_a_refusal_keeps_what_was_typed(world: World, submitted: Case, sign_in: SignIn):
    typed = {"comment": "Kept.", "content-kind": "quote", "content-words_0": "giants", "reason": "span"}
    refused = _decide(sign_in(world.rui), submitted.quote, "request_changes", **typed)
    assert refused.status_code == 400
    assert "Kept.</textarea>" in refused.text
    assert "giants</textarea>" in refused.text
    assert 'value="span" checked' in refused.text


def test_decision_on_an_older_version_stores_nothing(world: World, submitted: Case, sign_in: SignIn):
    sent = {"record": f"annotation:{submitted.speaker.id}:7", "verdict": "approve"}
    refused = sign_in(world.rui).post(DECISIONS, sent)
    assert refused.status_code == 412
    assert "This was changed meanwhile." in refused.text
    assert Decision.objects.count() == 0


def test_nobody_decides_on_own_work(world: World, sign_in: SignIn):
    mention = tag(world.rui, world.article, Kind.PARTY, MAYOR)
    submit(world.rui, mention)
    browser = sign_in(world.rui)
    shown = browser.get(PATH, {"annotation": str(mention.id)})
    assert "You wrote or edited this, so somebody else has to decide on it." in shown.text
    assert shown.context["queue"].counts.mine == 0
    refused = _decide(browser, mention, "approve")
    assert refused.status_code == 403
    assert _state(mention) == State.SUBMITTED


def test_analyst_may_look_but_not_decide(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.ana)
    assert "reviewers decide in this project" in browser.get(PATH).text
    assert _decide(browser, submitted.speaker, "approve").status_code == 403


def test_outsider_finds_nothing(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.zoe)
    assert browser.get(PATH).status_code == 404
    assert _decide(browser, submitted.speaker, "approve").status_code == 404


def test_record_of_another_project_is_not_found(world: World, submitted: Case, sign_in: SignIn):
    other = _mention_elsewhere(world)
    browser = sign_in(world.rui)
    assert browser.get(PATH, {"annotation": str(other.id)}).status_code == 404
    assert _decide(browser, other, "approve").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"verdict": "approve"},
        {"verdict": "approve", "record": "annotation:1:1"},
        {"verdict": "maybe", "record": "link:01890000-0000-7000-8000-000000000000:1"},
    ],
)
def test_unreadable_decision_is_refused(world: World, submitted: Case, sign_in: SignIn, sent: dict[str, str]):
    refused = sign_in(world.rui).post(DECISIONS, sent)
    assert refused.status_code == 400
    assert Decision.objects.count() == 0


def test_approved_record_can_be_revoked(world: World, submitted: Case, sign_in: SignIn):
    approve(world.rui, submitted.denier)
    browser = sign_in(world.rui)
    shown = browser.get(PATH, {"annotation": str(submitted.denier.id)}).text
    assert 'value="approve"' not in shown
    _decide(browser, submitted.denier, "reject", reason="guideline")
    assert _state(submitted.denier) == State.REJECTED


def test_claim_without_claimant_says_what_is_missing(world: World, sign_in: SignIn):
    claim = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    submit(world.ana, claim)
    shown = sign_in(world.rui).get(PATH).text
    assert "Nothing says yet who claims this." in shown
    assert "approve_together" not in shown


def test_link_shows_both_of_its_ends(world: World, submitted: Case, sign_in: SignIn):
    shown = sign_in(world.rui).get(PATH, {"link": str(submitted.links[-1].id)}).context["relations"]
    assert [relation.words for relation in shown] == ["denied it", "We hold the northern bridge"]


def test_analyst_of_a_blind_project_sees_only_own_work(db: None, sign_in: SignIn):
    world = make_world(visibility="blind")
    make_member(world.adi, world.project, world.zoe, Role.ANALYST)
    theirs = make_case(world)
    own = tag(world.zoe, world.article, Kind.PARTY, MAYOR)
    submit(world.ana, *theirs.records)
    submit(world.zoe, own)
    browser = sign_in(world.zoe)
    shown = browser.get(PATH)
    assert [row.id for row in shown.context["rows"]] == [own.id]
    assert str(theirs.speaker.id) not in shown.text
    assert browser.get(PATH, {"annotation": str(theirs.speaker.id)}).status_code == 404


def test_viewer_of_a_blind_project_has_no_queue(db: None, sign_in: SignIn):
    world = make_world(visibility="blind")
    assert sign_in(world.vic).get(PATH).status_code == 403


def test_queue_is_paged_and_every_record_comes_once(world: World, sign_in: SignIn):
    for _ in range(35):
        submit(world.ana, tag(world.ana, make_article(world.ana, world.project), Kind.PARTY, "Text"))
    browser = sign_in(world.rui)
    first = browser.get(PATH)
    second = browser.get(f"{PATH}?{first.context['next_query']}")
    seen = [row.id for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 35
    assert second.context["next_query"] == ""


def test_number_of_statements_does_not_grow_with_the_queue(world: World, sign_in: SignIn):
    browser = sign_in(world.rui)
    mentions = [_waiting_mention(world) for _ in range(4)]
    few = _statements(browser, mentions[0])
    mentions += [_waiting_mention(world) for _ in range(36)]
    many = _statements(browser, mentions[1])
    print(f"\nstatements with 4 and with 40 records: {few}, {many}")
    assert many == few


def _waiting_mention(world: World) -> Annotation:
    mention = tag(world.ana, make_article(world.ana, world.project), Kind.PARTY, "Text")
    submit(world.ana, mention)
    return mention


def _statements(browser: Client, record: Annotation) -> dict[str, int]:
    """Count what opening the queue, going to a record and deciding on it take, each for the second time."""
    acts = {
        "open": lambda: browser.get(PATH),
        "open by author": lambda: browser.get(PATH, {"author": "ana"}),
        "move": lambda: browser.get(f"{PATH}record/", {"annotation": str(record.id)}, headers=HTMX),
        "preview": lambda: browser.get(f"{PATH}selection/", {"record": _written(record)}, headers=HTMX),
        "decide": lambda: browser.post(DECISIONS, {"record": _written(record), "verdict": "approve"}, headers=HTMX),
    }
    browser.get(PATH)
    counted = {}
    for name, act in acts.items():
        with CaptureQueriesContext(connection) as found:
            assert act().status_code == 200
        counted[name] = len(found)
    return counted


def _mention_elsewhere(world: World) -> Annotation:
    """A submitted mention in a project where Rui is no member."""
    project = make_project(world.zoe)
    mention = tag(world.zoe, make_article(world.zoe, project), Kind.PARTY, "Text")
    submit(world.zoe, mention)
    return mention
