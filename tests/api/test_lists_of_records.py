"""POST takes a list of annotations or links too: all or nothing, each refusal told by its index."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.models import Annotation, Event, Link
from annotations.queries.doctor import Examination
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Scope
from tests.api.client import Api, a_key, api_for, assert_problem
from tests.factories import an_id, make_article, make_party, make_project, tag
from tests.world import ARMY, CLAIM, DENIAL, HOUSES, MAYOR, QUOTE, REBELS, TEXT, World


def span(world: World, kind: str, *words: str, **fields: Any) -> dict[str, Any]:
    places = [[TEXT.index(piece), TEXT.index(piece) + len(piece)] for piece in words]
    return {"article": str(world.article.id), "kind": kind, "segments": places, "exact": list(words), **fields}


def spans(world: World) -> list[dict[str, Any]]:
    return [
        span(world, "quote", *QUOTE),
        span(world, "claim", CLAIM),
        span(world, "party", ARMY, parties=[str(world.army.id)]),
        span(world, "claim", DENIAL),
    ]


def wrong(problem: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["index"], error["field"], error["code"]) for error in problem["errors"]]


def test_a_list_is_stored_in_its_order_with_one_event_each(ana: Api, world: World) -> None:
    response = ana.post("annotations/", spans(world))
    assert response.status_code == 201
    made = response.json()
    assert [item["kind"] for item in made] == ["quote", "claim", "party", "claim"]
    assert made[2]["parties"] == [str(world.army.id)]
    assert made[1]["attributes"]["voice"] == "attributed"
    assert [ana.get(f"annotations/{item['id']}/").json() for item in made] == made
    told = Event.objects.filter(verb="annotation.created").values_list("subject", flat=True)
    assert {str(pk) for pk in told} == {item["id"] for item in made}


@pytest.mark.django_db(transaction=True)
def test_what_a_list_leaves_is_whole(ana: Api, world: World) -> None:
    quote, claim, army, denial = ana.post("annotations/", spans(world)).json()
    links = [
        {"type": "speaker", "source": quote["id"], "target": army["id"]},
        {"type": "disputes", "source": denial["id"], "target": claim["id"], "attributes": {"mode": "rebuts"}},
    ]
    assert ana.post("links/", links).status_code == 201
    assert not list(Examination(audit=True).findings())


def test_one_bad_annotation_refuses_the_list_and_every_bad_one_is_named(ana: Api, world: World) -> None:
    bad = [
        span(world, "claim", HOUSES),
        span(world, "claim", CLAIM) | {"exact": ["They"]},
        span(world, "opinion", DENIAL),
        span(world, "party", REBELS, parties=[str(an_id())]),
        span(world, "claim", MAYOR) | {"segments": [[3, 3]]},
        span(world, "cue", MAYOR) | {"article": str(an_id())},
        7,
    ]
    problem = assert_problem(ana.post("annotations/", bad), 422, "invalid_choice")
    assert wrong(problem) == [(2, "kind", "invalid_choice"), (5, "article", "not_found"), (6, "", "invalid_type")]
    problem = assert_problem(ana.post("annotations/", bad[:2] + bad[3:5]), 422, "text_mismatch")
    assert wrong(problem) == [(1, "", "text_mismatch"), (2, "parties", "not_found"), (3, "segments[0]", "empty")]
    assert not Annotation.objects.exists()


def test_repeats_of_stored_and_of_listed_records_are_named(ana: Api, world: World) -> None:
    stored = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    listed = [span(world, "claim", HOUSES), span(world, "claim", CLAIM), span(world, "claim", HOUSES)]
    problem = assert_problem(ana.post("annotations/", listed), 422, "duplicate_annotation")
    assert wrong(problem) == [(1, "", "duplicate_annotation"), (2, "", "duplicate_annotation")]
    assert problem["errors"][0]["record"] == str(stored.id)
    assert Annotation.objects.count() == 1


def test_a_party_of_another_project_is_refused(ana: Api, world: World) -> None:
    abroad = make_party(world.ana, make_project(world.ana, name="Abroad"), "Abroad")
    listed = [span(world, "party", ARMY, parties=[str(abroad.id)])]
    assert wrong(assert_problem(ana.post("annotations/", listed), 422, "not_found")) == [(0, "parties", "not_found")]


def test_links_of_a_list_are_judged_in_order(ana: Api, world: World) -> None:
    quote, claim, army, denial = (item["id"] for item in ana.post("annotations/", spans(world)).json())
    links = [
        {"type": "disputes", "source": denial, "target": claim, "attributes": {"mode": "rebuts"}},
        {"type": "disputes", "source": denial, "target": claim, "attributes": {"mode": "undercuts"}},
        {"type": "expresses", "source": quote, "target": claim},
        {"type": "speaker", "source": claim, "target": army},
        {"type": "about", "source": claim, "target": claim},
        {"type": "about", "source": claim, "target": str(an_id())},
    ]
    assert_problem(ana.post("links/", links), 422, "not_found")
    problem = assert_problem(ana.post("links/", links[:5]), 422, "kind_not_allowed")
    assert [(found[0], found[2]) for found in wrong(problem)] == [(3, "kind_not_allowed"), (4, "self_link")]
    problem = assert_problem(ana.post("links/", links[:3]), 422, "duplicate_link")
    assert [(found[0], found[2]) for found in wrong(problem)] == [(1, "duplicate_link")]
    assert not Link.objects.exists()
    assert Annotation.objects.get(pk=denial).kind == "claim"
    made = ana.post("links/", [links[0], links[2]])
    assert [item["type"] for item in made.json()] == ["disputes", "expresses"]
    assert Annotation.objects.get(pk=denial).kind == "counterclaim"


def test_a_second_quote_of_a_claim_is_named_by_its_index(ana: Api, world: World) -> None:
    quote, claim, *_rest = (item["id"] for item in ana.post("annotations/", spans(world)).json())
    wider = ana.post("annotations/", span(world, "quote", QUOTE[0])).json()["id"]
    links = [{"type": "expresses", "source": source, "target": claim} for source in (quote, wider)]
    problem = assert_problem(ana.post("links/", links), 422, "already_expressed")
    assert wrong(problem) == [(1, "", "already_expressed")]


def test_the_key_covers_the_whole_list(ana: Api, world: World) -> None:
    key = a_key()
    first = ana.post("annotations/", spans(world), Idempotency_Key=key)
    again = ana.post("annotations/", spans(world), Idempotency_Key=key)
    assert (again.status_code, again["Idempotent-Replay"]) == (201, "true")
    assert again.json() == first.json()
    assert_problem(ana.post("annotations/", spans(world)[:1], Idempotency_Key=key), 422, "idempotency_conflict")
    assert Annotation.objects.count() == 4


def test_lists_have_limits(ana: Api, world: World) -> None:
    assert_problem(ana.post("annotations/", []), 422, "required")
    assert_problem(ana.post("links/", [{}] * 1001), 400, "too_long")
    assert_problem(ana.post("annotations/", b'[{"kind": 1, "kind": 2}]'), 400, "duplicate_key")


def test_only_members_who_may_annotate_send_lists(vic: Api, zoe: Api, world: World) -> None:
    assert_problem(vic.post("annotations/", spans(world)), 403, "not_allowed")
    assert_problem(zoe.post("annotations/", spans(world)), 422, "not_found")
    assert_problem(api_for(world.ana, Scope.READ).post("annotations/", spans(world)), 403, "insufficient_scope")
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    army = tag(world.ana, world.article, Kind.PARTY, ARMY)
    links = [{"type": "about", "source": str(claim.id), "target": str(army.id)}]
    assert_problem(vic.post("links/", links), 403, "not_allowed")
    assert_problem(zoe.post("links/", links), 422, "not_found")
    assert not Link.objects.exists()


def test_a_list_takes_as_many_statements_as_a_few_records(ana: Api, world: World) -> None:
    text = "word " * 1000
    article = make_article(world.ana, world.project, text)
    listed = [
        {"article": str(article.id), "kind": "claim", "segments": [[start, start + 4]], "exact": ["word"]}
        for start in range(0, 5 * 600, 5)
    ]
    assert ana.post("annotations/", listed[:1]).status_code == 201
    with CaptureQueriesContext(connection) as few:
        assert ana.post("annotations/", listed[1:3]).status_code == 201
    with CaptureQueriesContext(connection) as many:
        assert ana.post("annotations/", listed[3:90]).status_code == 201
    assert len(many) == len(few)
    assert ana.post("annotations/", listed[90:]).status_code == 201
    assert Annotation.objects.filter(article=article).count() == 600
