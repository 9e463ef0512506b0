import pytest

from annotations.models import Annotation, IdempotentAnswer
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Scope
from tests.api.client import Api, a_key, api_for, assert_problem
from tests.factories import an_id, approve, submit, tag
from tests.world import ARMY, CLAIM, DENIAL, QUOTE, World, make_case


def quote_of(world: World) -> dict[str, object]:
    starts = [world.article.text.index(words) for words in QUOTE]
    return {
        "article": str(world.article.id),
        "kind": "quote",
        "segments": [[start, start + len(words)] for start, words in zip(starts, QUOTE, strict=True)],
        "exact": list(QUOTE),
    }


def test_an_analyst_makes_an_annotation(ana: Api, world: World) -> None:
    sent = quote_of(world)
    response = ana.post("annotations/", {**sent, "attributes": {"quote_type": "mixed"}, "note": "two parts"})
    assert response.status_code == 201
    made = response.json()
    assert response["ETag"] == '"1"'
    assert response["Cache-Control"] == "no-store"
    assert response["Location"] == f"/api/v1/annotations/{made['id']}/"
    assert {name: made[name] for name in sent} == sent
    assert made["offset_unit"] == "codepoint"
    assert made["attributes"] == {"quote_type": "mixed"}
    assert made["note"] == "two parts"
    assert (made["state"], made["version"], made["approved_version"]) == ("draft", 1, None)
    assert (made["author"], made["origin"], made["parties"]) == ("ana", {"by": "human"}, [])
    assert made["created_at"].endswith("Z")
    assert set(made) == {
        "id", "project", "article", "kind", "offset_unit", "segments", "exact", "attributes", "parties", "note",
        "state", "version", "approved_version", "author", "origin", "created_at", "updated_at",
    }  # fmt: skip
    assert ana.get(f"annotations/{made['id']}/").json() == made


def test_a_viewer_may_not_annotate_whatever_the_body_says(vic: Api, world: World) -> None:
    assert_problem(vic.post("annotations/", {**quote_of(world), "kind": "nonsense"}), 403, "not_allowed")


def test_a_token_for_reading_may_not_annotate(world: World) -> None:
    narrow = api_for(world.ana, Scope.READ)
    assert_problem(narrow.post("annotations/", quote_of(world)), 403, "insufficient_scope")


def test_an_outsider_is_told_that_there_is_no_such_article(zoe: Api, world: World) -> None:
    refused = assert_problem(zoe.post("annotations/", quote_of(world)), 400, "not_found", "not_found")
    assert refused["errors"][0]["field"] == "article"
    missing = assert_problem(zoe.post("annotations/", {**quote_of(world), "article": str(an_id())}), 400, "not_found")
    assert missing == refused


def test_what_is_wrong_with_a_body_is_listed_together(ana: Api, world: World) -> None:
    body = {"article": str(world.article.id), "kind": "rumour", "segments": "0-3", "version": 3, "colour": "red"}
    refused = assert_problem(ana.post("annotations/", body), 400, "invalid")
    assert {(error["field"], error["code"]) for error in refused["errors"]} == {
        ("kind", "invalid_choice"),
        ("segments", "invalid_type"),
        ("exact", "required"),
        ("version", "read_only_field"),
        ("colour", "unknown_field"),
    }
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("offset", ["7", "٧", True, 1.5, 1.0, None, [1]])
def test_offsets_are_strict_whole_numbers(ana: Api, world: World, offset: object) -> None:
    body = {**quote_of(world), "segments": [[0, offset]], "exact": ["x"]}
    refused = assert_problem(ana.post("annotations/", body), 400, "invalid_type")
    assert refused["errors"] == [
        {"field": "segments", "code": "invalid_type", "detail": refused["errors"][0]["detail"], "index": 0}
    ]


def test_a_wrong_exact_names_the_stored_text(ana: Api, world: World) -> None:
    refused = assert_problem(
        ana.post("annotations/", {**quote_of(world), "exact": ["“We hold the western bridge,”"] * 2}),
        409,
        "text_mismatch",
    )
    assert refused["stored"] == list(QUOTE)


def test_the_same_again_is_a_duplicate_with_the_id_of_the_first(ana: Api, world: World) -> None:
    first = ana.post("annotations/", quote_of(world)).json()
    refused = assert_problem(ana.post("annotations/", quote_of(world)), 409, "duplicate_annotation")
    assert refused["existing"] == first["id"]


def test_parties_must_be_of_the_project(ana: Api, world: World) -> None:
    start = world.article.text.index(ARMY)
    body = {
        "article": str(world.article.id),
        "kind": "party",
        "segments": [[start, start + len(ARMY)]],
        "exact": [ARMY],
        "parties": [str(an_id())],
    }
    assert_problem(ana.post("annotations/", body), 400, "not_found", "not_found")
    made = ana.post("annotations/", {**body, "parties": [str(world.army.id)]})
    assert made.json()["parties"] == [str(world.army.id)]


def test_a_change_makes_the_next_version(ana: Api, world: World) -> None:
    made = ana.post("annotations/", quote_of(world)).json()
    path = f"annotations/{made['id']}/"
    changed = ana.patch(path, {"note": "better"}, 1)
    assert changed.status_code == 200
    assert changed["ETag"] == '"2"'
    assert (changed.json()["note"], changed.json()["version"]) == ("better", 2)
    assert ana.patch(path, {"note": "better"}, 2)["ETag"] == '"2"'


def test_a_change_must_name_the_version_it_was_made_from(ana: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    assert_problem(ana.patch(path, {"note": "b"}), 428, "precondition_required")
    for header in ("3", '"1", "2"', 'W/"1"', "*", ""):
        assert_problem(ana.patch(path, {"note": "b"}, If_Match=header), 400, "invalid_if_match")
    stale = assert_problem(ana.patch(path, {"note": "b"}, 7), 412, "stale_version")
    assert stale["current"] == ana.get(path).json()
    assert_problem(ana.patch(path, {"note": "b"}, If_Match='"one"'), 412, "stale_version")


def test_the_state_is_moved_alone(ana: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    assert ana.patch(path, {"state": "submitted"}, 1).json()["state"] == "submitted"
    assert_problem(ana.patch(path, {"state": "submitted"}, 1), 409, "wrong_state")
    assert ana.patch(path, {"state": "draft"}, 1).json()["state"] == "draft"
    assert_problem(ana.patch(path, {"state": "approved"}, 1), 400, "read_only_field")
    assert_problem(ana.patch(path, {"state": "elsewhere"}, 1), 400, "read_only_field")
    assert_problem(ana.patch(path, {"state": 1}, 1), 400, "invalid_type")
    assert_problem(ana.patch(path, {"state": "submitted", "note": "x"}, 1), 400, "read_only_field")


def test_segments_and_exact_change_together(ana: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    assert_problem(ana.patch(path, {"segments": [[0, 3]]}, 1), 400, "required")
    assert_problem(ana.patch(path, {"article": str(world.article.id)}, 1), 400, "read_only_field")
    assert_problem(ana.patch(path, {"note": None}, 1), 400, "invalid_type")


def test_nobody_else_changes_an_annotation(ana: Api, rui: Api, adi: Api, vic: Api, zoe: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    assert_problem(rui.patch(path, {"note": "mine"}), 403, "not_yours")
    assert_problem(vic.patch(path, {"note": "mine"}), 403, "not_allowed")
    assert_problem(zoe.patch(path, {"note": "mine"}), 404, "not_found")
    assert_problem(adi.patch(path, {"state": "submitted"}), 403, "not_yours")
    assert adi.patch(path, {"note": "by an admin"}, 1).json()["author"] == "ana"


def test_deleting_withdraws(ana: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    assert_problem(ana.delete(path), 428, "precondition_required")
    response = ana.delete(path, 1)
    assert (response.status_code, response.json()["state"]) == (200, "withdrawn")
    assert ana.get(path).json()["state"] == "withdrawn"
    assert ana.patch(path, {"state": "draft"}, 1).json()["state"] == "draft"


def test_the_list_is_narrowed_by_each_filter(ana: Api, world: World) -> None:
    case = make_case(world)
    project, article = str(world.project.id), str(world.article.id)
    everything = [str(pk) for pk in sorted(annotation.pk for annotation in case.records[:5])]

    def ids(**filters: str) -> list[str]:
        return [row["id"] for row in ana.get("annotations/", **filters).json()["results"]]

    assert ids() == ids(project=project) == ids(article=article) == ids(author="ana") == everything
    assert ids(kind="claim,counterclaim") == [str(case.claim.id), str(case.denial.id)]
    assert ids(state="submitted") == []
    assert ids(author="rui") == []
    assert ids(party=str(world.army.id)) == [str(case.speaker.id)]
    assert ids(updated_since="2100-01-01T00:00:00Z") == []
    assert ids(updated_since="2000-01-01T00:00:00Z") == everything
    assert ids(project=str(an_id())) == []
    assert ids(incomplete="true") == []


def test_withdrawn_records_are_listed_only_when_asked_for(ana: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    ana.delete(path, 1)
    assert ana.get("annotations/").json()["results"] == []
    assert len(ana.get("annotations/", state="withdrawn").json()["results"]) == 1
    assert len(ana.get("annotations/", updated_since="2000-01-01").json()["results"]) == 1


def test_approved_content_is_that_of_the_approved_version(ana: Api, world: World) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY, note="first")
    submit(world.ana, mention)
    approve(world.rui, mention)
    ana.patch(f"annotations/{mention.id}/", {"note": "second"}, 1)
    (shown,) = ana.get("annotations/", approved="true").json()["results"]
    assert (shown["note"], shown["version"], shown["state"]) == ("first", 1, "approved")
    (current,) = ana.get("annotations/").json()["results"]
    assert (current["note"], current["version"], current["state"]) == ("second", 2, "draft")
    assert ana.get("annotations/", approved="true", kind="quote").json()["results"] == []
    assert ana.get("annotations/", approved="true", state="draft").json()["results"] == []


def test_what_lost_a_neighbour_is_incomplete(ana: Api, world: World) -> None:
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    assert ana.get("annotations/", incomplete="true").json()["results"] == []
    ana.delete(f"annotations/{case.denier.id}/", 1)
    (row,) = ana.get("annotations/", incomplete="true").json()["results"]
    assert row["id"] == str(case.denial.id)


def test_history_tells_versions_and_decisions_oldest_first(ana: Api, world: World) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    submit(world.ana, mention)
    approve(world.rui, mention)
    ana.patch(f"annotations/{mention.id}/", {"note": "second"}, 1)
    history = ana.get(f"annotations/{mention.id}/history/").json()
    assert [(item["type"], item["version"]) for item in history["results"]] == [
        ("version", 1),
        ("decision", 1),
        ("version", 2),
    ]
    assert history["results"][0]["content"]["exact"] == [ARMY]
    assert (history["results"][0]["editor"], history["results"][1]["reviewer"]) == ("ana", "rui")
    assert history["offset_unit"] == "codepoint"


def test_an_outsider_sees_nothing(zoe: Api, world: World) -> None:
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    assert_problem(zoe.get(f"annotations/{mention.id}/"), 404, "not_found")
    assert_problem(zoe.get(f"annotations/{mention.id}/history/"), 404, "not_found")
    assert zoe.get("annotations/").json()["results"] == []
    assert zoe.get("annotations/", project=str(world.project.id)).json()["results"] == []


def test_a_repeat_with_the_same_key_is_answered_again(ana: Api, world: World) -> None:
    key = a_key()
    first = ana.post("annotations/", quote_of(world), Idempotency_Key=key)
    again = ana.post("annotations/", quote_of(world), Idempotency_Key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replay"] == "true"
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert Annotation.objects.count() == 1
    other = {**quote_of(world), "note": "another"}
    assert_problem(ana.post("annotations/", other, Idempotency_Key=key), 422, "idempotency_conflict")
    assert_problem(ana.post("outlets/", quote_of(world), Idempotency_Key=key), 400, "invalid")


def test_a_repeated_change_is_answered_before_its_version_is_asked_for(ana: Api, world: World) -> None:
    path = f"annotations/{ana.post('annotations/', quote_of(world)).json()['id']}/"
    key = a_key()
    first = ana.patch(path, {"note": "b"}, 1, Idempotency_Key=key)
    again = ana.patch(path, {"note": "b"}, 1, Idempotency_Key=key)
    assert (again.status_code, again.json(), again["ETag"]) == (200, first.json(), '"2"')


def test_refusals_are_not_kept(ana: Api, world: World) -> None:
    key = a_key()
    assert_problem(
        ana.post("annotations/", {**quote_of(world), "exact": ["x", "y"]}, Idempotency_Key=key), 409, "text_mismatch"
    )
    assert not IdempotentAnswer.objects.exists()
    assert ana.post("annotations/", quote_of(world), Idempotency_Key=key).status_code == 201


def test_a_replay_leaks_nothing_to_somebody_who_lost_the_right(ana: Api, adi: Api, world: World) -> None:
    key = a_key()
    ana.post("annotations/", quote_of(world), Idempotency_Key=key)
    adi.delete(f"projects/{world.project.id}/members/ana/")
    assert_problem(ana.post("annotations/", quote_of(world), Idempotency_Key=key), 400, "not_found")


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\tkey"])
def test_a_key_is_short_and_printable(ana: Api, world: World, key: str) -> None:
    assert_problem(ana.post("annotations/", quote_of(world), Idempotency_Key=key), 400, "invalid")


def test_a_splitting_offset_names_the_nearest_legal_ones(ana: Api, adi: Api, world: World) -> None:
    text = "Fire 👨‍👩‍👧 and smoke."
    article = adi.post(
        "articles/", {"project": str(world.project.id), "title": "Family", "text": text, "language": "en"}
    ).json()
    body = {"article": article["id"], "kind": "party", "segments": [[5, 7]], "exact": [text[5:7]]}
    refused = assert_problem(ana.post("annotations/", body), 400, "splits_grapheme")
    assert refused["nearest"] == [[5, 10]]


def test_words_that_deny_are_stored_with_their_act(ana: Api, world: World) -> None:
    start = world.article.text.index(DENIAL)
    body = {
        "article": str(world.article.id),
        "kind": "counterclaim",
        "segments": [[start, start + len(DENIAL)]],
        "exact": [DENIAL],
    }
    made = ana.post("annotations/", body).json()
    assert made["attributes"] == {
        "voice": "attributed",
        "act": "deny",
        "topic": "other",
        "commitment": "certain",
    }
    assert CLAIM in world.article.text
