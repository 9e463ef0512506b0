"""Proposals, threads, handing in again and assignments through the API."""

import pytest

from annotations.models import Annotation, Decision
from annotations.rules.kinds import Kind
from annotations.rules.review import Reason, Verdict
from annotations.services.assignments import assign_article
from annotations.services.review import decide
from tests.api.client import Api, assert_problem
from tests.factories import submit, tag, verdict_on
from tests.world import MAYOR, Case, World, make_case

MIDDLE = {"segments": [[97, 103]], "exact": ["rebels"]}


@pytest.fixture
def case(world: World) -> Case:
    made = make_case(world)
    submit(world.ana, *made.records)
    return made


def asked(case: Case, **fields: object) -> dict[str, object]:
    verdict = {"version": 1, "verdict": "request_changes", "reason": "span"}
    return {"annotation": str(case.denier.pk), **verdict, **fields}


def test_proposal_is_kept_shown_and_taken(ana: Api, rui: Api, case: Case) -> None:
    made = rui.post("decisions/", asked(case, proposal=MIDDLE))
    assert made.status_code == 201
    assert made.json()["proposal"] == MIDDLE
    history = ana.get(f"annotations/{case.denier.pk}/history/").json()["results"]
    assert history[-1]["proposal"] == MIDDLE
    taken = ana.post(f"decisions/{made.json()['id']}/take/")
    assert taken.status_code == 200
    assert taken["ETag"] == '"2"'
    assert {name: taken.json()[name] for name in ("exact", "state", "author")} == {
        "exact": ["rebels"],
        "state": "submitted",
        "author": "ana",
    }
    approved = rui.post("decisions/", {"annotation": str(case.denier.pk), "version": 2, "verdict": "approve"})
    assert approved.status_code == 201


def test_decision_without_proposal_says_null(rui: Api, case: Case) -> None:
    assert rui.post("decisions/", asked(case)).json()["proposal"] is None


@pytest.mark.parametrize(
    ("proposal", "status", "code"),
    [
        ({"kind": "nonsense"}, 400, "invalid_choice"),
        ({"colour": "red"}, 400, "unknown_field"),
        ({"attributes": {"topic": "other"}}, 400, "unknown_field"),
        ({"segments": [[97, 103]]}, 400, "required"),
        ({"segments": [[97, 103]], "exact": ["giants"]}, 409, "text_mismatch"),
        ({}, 400, "invalid"),
        ({"kind": "party"}, 400, "invalid"),
        ("rebels", 400, "invalid_type"),
    ],
)
def test_proposal_that_could_not_be_taken_is_refused(
    rui: Api, case: Case, proposal: object, status: int, code: str
) -> None:
    assert_problem(rui.post("decisions/", asked(case, proposal=proposal)), status, code)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("verdict", [{"verdict": "approve", "reason": None}, {"verdict": "reject"}])
def test_only_asking_for_changes_carries_a_proposal(rui: Api, case: Case, verdict: dict[str, object]) -> None:
    assert_problem(rui.post("decisions/", asked(case, proposal=MIDDLE, **verdict)), 400, "invalid")


def test_a_link_takes_no_proposal(rui: Api, case: Case) -> None:
    sent = {**asked(case, proposal=MIDDLE), "link": str(case.links[0].pk)}
    del sent["annotation"]
    assert_problem(rui.post("decisions/", sent), 400, "invalid")


def test_only_the_author_takes_a_proposal_and_only_once(ana: Api, adi: Api, rui: Api, zoe: Api, case: Case) -> None:
    path = f"decisions/{rui.post('decisions/', asked(case, proposal=MIDDLE)).json()['id']}/take/"
    assert_problem(adi.post(path), 403, "not_yours")
    assert_problem(zoe.post(path), 404, "not_found")
    assert ana.post(path).status_code == 200
    assert_problem(ana.post(path), 412, "stale_version")


def test_a_changed_annotation_is_handed_in_again_in_one_go(ana: Api, rui: Api, case: Case) -> None:
    rui.post("decisions/", asked(case))
    path = f"annotations/{case.denier.pk}/resubmit/"
    assert_problem(ana.post(path, MIDDLE), 428, "precondition_required")
    done = ana.post(path, MIDDLE, If_Match='"1"')
    assert (done.status_code, done.json()["state"], done.json()["version"]) == (200, "submitted", 2)
    assert_problem(rui.post(path, {}, If_Match='"2"'), 403, "not_yours")
    assert_problem(ana.post(path, {}, If_Match='"2"'), 409, "wrong_state")


def test_a_refused_change_hands_nothing_in(ana: Api, rui: Api, case: Case) -> None:
    rui.post("decisions/", asked(case))
    refused = ana.post(f"annotations/{case.denier.pk}/resubmit/", {"attributes": {"x": 1}}, If_Match='"1"')
    assert_problem(refused, 400, "unknown_field")
    assert Annotation.objects.get(pk=case.denier.pk).state == "returned"


def test_thread_is_written_read_and_resolved(ana: Api, rui: Api, vic: Api, case: Case, world: World) -> None:
    path = f"annotations/{case.denier.pk}/comments/"
    said = rui.post(path, {"text": "@ana why?"})
    assert (said.status_code, said.json()["mentions"]) == (201, [str(world.ana.user.id)])
    assert ana.post(path, {"act": "resolved"}).status_code == 201
    assert [row["act"] for row in vic.get(path).json()["results"]] == ["said", "resolved"]
    assert_problem(vic.post(path, {"text": "x"}), 403, "not_allowed")
    assert_problem(ana.post(path, {"text": " "}), 400, "blank")
    assert_problem(ana.post(path, {"text": "x", "mentions": []}), 400, "read_only_field")


def test_thread_of_a_link(rui: Api, case: Case) -> None:
    path = f"links/{case.links[0].pk}/comments/"
    assert rui.post(path, {"text": "Right end?"}).json()["link"] == str(case.links[0].pk)
    assert len(rui.get(path).json()["results"]) == 1


def test_articles_are_taken_given_and_released(ana: Api, rui: Api, world: World) -> None:
    path = f"articles/{world.article.pk}/assignments/"
    assert ana.post(path, {}).json()["assignee"] == "ana"
    given = rui.post(path, {"assignee": "adi", "due": "2030-05-01"}).json()
    assert (given["given_by"], given["due"]) == ("rui", "2030-05-01")
    assert {row["assignee"] for row in ana.get(path).json()["results"]} == {"ana", "adi"}
    assert_problem(ana.delete(f"{path}adi/"), 403, "not_allowed")
    assert ana.delete(f"{path}ana/").status_code == 204
    assert_problem(ana.delete(f"{path}ana/"), 404, "not_found")
    assert_problem(ana.post(path, {"assignee": "rui"}), 403, "not_allowed")
    assert_problem(rui.post(path, {"assignee": "vic"}), 400, "not_found")


def test_next_article_is_answered_and_taken(ana: Api, rui: Api, world: World) -> None:
    path = f"projects/{world.project.id}/next-article/"
    assert ana.post(path).json() == {"article": str(world.article.id)}
    assert rui.post(path).json() == {"article": None}


def test_inbox_tells_what_came_back_what_was_said_and_what_was_approved(
    ana: Api, rui: Api, vic: Api, zoe: Api, case: Case, world: World
) -> None:
    path = f"projects/{world.project.id}/inbox/"
    rui.post("decisions/", asked(case, proposal=MIDDLE, comment="Without the article."))
    rui.post("decisions/", {"annotation": str(case.speaker.pk), "version": 1, "verdict": "approve"})
    rui.post(f"links/{case.links[0].pk}/comments/", {"text": "@ana why?"})
    found = ana.get(path).json()
    [record] = found["records"]
    assert {name: record[name] for name in ("annotation", "link", "why", "state", "version", "by")} == {
        "annotation": str(case.denier.pk),
        "link": None,
        "why": "returned",
        "state": "returned",
        "version": 1,
        "by": "rui",
    }
    assert (record["decision"]["comment"], record["decision"]["proposal"]) == ("Without the article.", MIDDLE)
    assert [comment["text"] for comment in found["comments"]] == ["@ana why?"]
    assert [(approved["reviewer"], approved["count"]) for approved in found["approvals"]] == [("rui", 1)]
    assert (found["unread"], found["more"]) == (2, False)
    nothing = {"unread": 0, "more": False, "records": [], "comments": [], "given": [], "approvals": []}
    assert vic.get(path).json() == nothing
    assert_problem(zoe.get(path), 404, "not_found")
    assert_problem(ana.get(path, project="x"), 400, "invalid_parameter")


def test_progress_is_computed_from_the_records(ana: Api, vic: Api, zoe: Api, world: World) -> None:
    path = f"articles/{world.article.id}/progress/"
    begun = {"article": str(world.article.id), "state": "not_started", "records": 0, "submitted": 0, "approved": 0}
    assert vic.get(path).json() == {**begun, "assignees": []}
    mention = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    assign_article(actor=world.ana, article=world.article, username="ana")
    assert vic.get(path).json() == {**begun, "state": "in_progress", "records": 1, "assignees": ["ana"]}
    submit(world.ana, mention)
    assert (vic.get(path).json()["state"], vic.get(path).json()["submitted"]) == ("in_review", 1)
    decide(actor=world.rui, drafts=[verdict_on(mention, Verdict.REQUEST_CHANGES, Reason.SPAN)])
    assert (ana.get(path).json()["state"], ana.get(path).json()["submitted"]) == ("changes_asked", 0)
    assert_problem(zoe.get(path), 404, "not_found")


def test_inbox_tells_of_an_article_that_was_given(ana: Api, world: World) -> None:
    assign_article(actor=world.rui, article=world.article, username="ana")
    found = ana.get(f"projects/{world.project.id}/inbox/").json()
    assert (found["unread"], [(given["article"], given["by"]) for given in found["given"]]) == (
        1,
        [(str(world.article.id), "rui")],
    )
