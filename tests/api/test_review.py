from typing import Any

from annotations.models import Annotation, Decision, Link
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Scope
from tests.api.client import Api, api_for, assert_problem
from tests.factories import an_id, submit, tag
from tests.world import ARMY, DENIAL, QUOTE, World, make_case


def verdict(record: Annotation | Link, **fields: Any) -> dict[str, Any]:
    end = "annotation" if isinstance(record, Annotation) else "link"
    return {end: str(record.id), "version": 1, "verdict": "approve", **fields}


def submitted_mention(world: World) -> Annotation:
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    submit(world.ana, mention)
    return mention


def test_a_reviewer_approves(rui: Api, world: World) -> None:
    mention = submitted_mention(world)
    response = rui.post("decisions/", verdict(mention, link=None, reason=None, comment="fine"))
    assert response.status_code == 201
    made = response.json()
    assert (made["annotation"], made["link"], made["version"]) == (str(mention.id), None, 1)
    assert (made["verdict"], made["reason"], made["comment"], made["reviewer"]) == ("approve", None, "fine", "rui")
    shown = rui.get(f"annotations/{mention.id}/").json()
    assert (shown["state"], shown["approved_version"]) == ("approved", 1)
    assert rui.get("decisions/").json()["results"] == [made]


def test_a_reviewer_rejects_with_a_reason(rui: Api, world: World) -> None:
    mention = submitted_mention(world)
    assert_problem(rui.post("decisions/", verdict(mention, verdict="reject")), 400, "reason_required")
    assert_problem(rui.post("decisions/", verdict(mention, verdict="reject", reason="mood")), 400, "invalid_choice")
    made = rui.post("decisions/", verdict(mention, verdict="reject", reason="span"))
    assert (made.status_code, made.json()["reason"]) == (201, "span")


def test_nobody_decides_on_their_own_work_whatever_the_body_says(adi: Api, rui: Api, world: World) -> None:
    own = tag(world.rui, world.article, Kind.PARTY, ARMY)
    submit(world.rui, own)
    assert_problem(rui.post("decisions/", verdict(own, version=9, verdict="praise")), 403, "own_work")
    assert_problem(rui.post("decisions/", verdict(own)), 403, "own_work")
    assert adi.post("decisions/", verdict(own)).status_code == 201


def test_only_reviewers_decide(ana: Api, vic: Api, zoe: Api, world: World) -> None:
    mention = submitted_mention(world)
    narrow = api_for(world.rui, Scope.WRITE)
    assert_problem(ana.post("decisions/", verdict(mention)), 403, "not_allowed")
    assert_problem(vic.post("decisions/", verdict(mention)), 403, "not_allowed")
    assert_problem(zoe.post("decisions/", verdict(mention)), 400, "not_found")
    assert_problem(narrow.post("decisions/", verdict(mention)), 403, "insufficient_scope")
    assert not Decision.objects.exists()


def test_a_decision_names_the_version_it_saw(rui: Api, world: World) -> None:
    mention = submitted_mention(world)
    stale = assert_problem(rui.post("decisions/", verdict(mention, version=2)), 412, "stale_version")
    assert stale["current"]["id"] == str(mention.id)
    for version in ("1", True, 1.0, None):
        assert_problem(rui.post("decisions/", verdict(mention, version=version)), 400, "invalid_type")


def test_a_decision_is_about_one_record(rui: Api, world: World) -> None:
    case = make_case(world)
    assert_problem(rui.post("decisions/", {"version": 1, "verdict": "approve"}), 400, "required")
    both = verdict(case.quote, link=str(case.links[0].id))
    assert_problem(rui.post("decisions/", both), 400, "invalid")
    assert_problem(rui.post("decisions/", verdict(case.quote, annotation=str(an_id()))), 400, "not_found")
    assert_problem(rui.post("decisions/", verdict(case.quote)), 409, "wrong_state")


def test_what_is_incomplete_names_the_record_that_would_complete_it(rui: Api, world: World) -> None:
    case = make_case(world)
    submit(world.ana, *case.records)
    refused = assert_problem(rui.post("decisions/", verdict(case.quote)), 409, "incomplete")
    assert refused["missing"] == ["speaker"]
    assert refused["errors"][0]["record"] == str(case.links[0].id)
    assert_problem(rui.post("decisions/", verdict(case.links[0])), 409, "ends_not_approved")


def test_what_nothing_completes_yet_has_a_null_record(rui: Api, world: World) -> None:
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    submit(world.ana, quote)
    refused = assert_problem(rui.post("decisions/", verdict(quote)), 409, "incomplete")
    assert refused["errors"][0]["record"] is None


def test_a_list_is_answered_in_the_same_order(rui: Api, world: World) -> None:
    case = make_case(world)
    submit(world.ana, *case.records)
    response = rui.post("decisions/", [verdict(record) for record in reversed(case.records)])
    assert response.status_code == 201
    ids = [item["annotation"] or item["link"] for item in response.json()]
    assert ids == [str(record.id) for record in reversed(case.records)]


def test_if_one_of_a_list_is_refused_all_are(rui: Api, world: World) -> None:
    mention = submitted_mention(world)
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    submit(world.ana, quote)
    refused = assert_problem(rui.post("decisions/", [verdict(mention), verdict(quote)]), 422, "incomplete")
    assert refused["errors"][0]["index"] == 1
    shape = assert_problem(rui.post("decisions/", [verdict(mention), {"verdict": "approve"}]), 422, "required")
    assert {error["index"] for error in shape["errors"]} == {1}
    missing = [verdict(mention), verdict(mention, annotation=str(an_id()))]
    assert_problem(rui.post("decisions/", missing), 422, "not_found")
    assert_problem(rui.post("decisions/", []), 422, "required")
    assert not Decision.objects.exists()


def test_the_list_is_narrowed_by_each_filter(rui: Api, zoe: Api, world: World) -> None:
    rui.post("decisions/", verdict(submitted_mention(world)))

    def count(**filters: str) -> int:
        return len(rui.get("decisions/", **filters).json()["results"])

    assert count() == count(project=str(world.project.id)) == count(article=str(world.article.id)) == 1
    assert (count(reviewer="rui"), count(reviewer="adi"), count(article=str(an_id()))) == (1, 0, 0)
    assert zoe.get("decisions/").json()["results"] == []


def test_revoking_takes_a_reason_and_clears_the_approval(rui: Api, world: World) -> None:
    mention = submitted_mention(world)
    rui.post("decisions/", verdict(mention))
    rui.post("decisions/", verdict(mention, verdict="request_changes", reason="guideline"))
    shown = rui.get(f"annotations/{mention.id}/").json()
    assert (shown["state"], shown["approved_version"]) == ("returned", None)
    assert DENIAL in world.article.text
