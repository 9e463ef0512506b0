from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from tests.api.client import Api, assert_problem
from tests.factories import an_id, join, make_article, tag
from tests.world import ARMY, CLAIM, DENIAL, QUOTE, World, make_case


def test_an_analyst_links_a_quote_to_its_speaker(ana: Api, world: World) -> None:
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    speaker = tag(world.ana, world.article, Kind.PARTY, ARMY)
    response = ana.post("links/", {"type": "speaker", "source": str(quote.id), "target": str(speaker.id)})
    assert response.status_code == 201
    made = response.json()
    assert (made["source"], made["target"]) == (str(quote.id), str(speaker.id))
    assert made["source_article"] == made["target_article"] == str(world.article.id)
    assert (made["state"], made["version"], made["attributes"], made["note"]) == ("draft", 1, {}, "")
    assert set(made) == {
        "id", "project", "type", "source", "target", "source_article", "target_article", "attributes", "note",
        "state", "version", "approved_version", "author", "origin", "created_at", "updated_at",
    }  # fmt: skip
    assert ana.get(f"links/{made['id']}/").json() == made


def test_a_dispute_turns_ones_own_claim_into_a_counterclaim(ana: Api, rui: Api, world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    denial = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    body = {"type": "disputes", "source": str(denial.id), "target": str(claim.id), "attributes": {"mode": "rebuts"}}
    assert_problem(rui.post("links/", body), 403, "not_yours")
    assert_problem(ana.post("links/", {**body, "attributes": {}}), 400, "required")
    assert ana.post("links/", body).status_code == 201
    turned = ana.get(f"annotations/{denial.id}/").json()
    assert (turned["kind"], turned["version"]) == ("counterclaim", 2)


def test_links_that_the_matrix_does_not_hold_are_refused(ana: Api, world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    speaker = tag(world.ana, world.article, Kind.PARTY, ARMY)
    elsewhere = tag(world.ana, make_article(world.adi, world.project, "The army left."), Kind.PARTY, "The army")
    ends = {"source": str(claim.id), "target": str(speaker.id)}
    assert_problem(ana.post("links/", {"type": "speaker", **ends}), 400, "kind_not_allowed")
    assert_problem(ana.post("links/", {"type": "supports", **ends, "target": str(claim.id)}), 400, "self_link")
    across = {"type": "claimant", **ends, "target": str(elsewhere.id)}
    assert_problem(ana.post("links/", across), 400, "cross_article_not_allowed")
    assert ana.post("links/", {"type": "claimant", **ends}).status_code == 201
    refused = assert_problem(ana.post("links/", {"type": "claimant", **ends}), 409, "duplicate_link")
    assert refused["existing"]


def test_ends_that_one_may_not_see_are_not_found(ana: Api, zoe: Api, vic: Api, world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    speaker = tag(world.ana, world.article, Kind.PARTY, ARMY)
    ends = {"source": str(claim.id), "target": str(speaker.id)}
    assert_problem(zoe.post("links/", {"type": "claimant", **ends}), 400, "invalid", "not_found")
    assert_problem(vic.post("links/", {"type": "claimant", **ends}), 403, "not_allowed")
    half = {"type": "claimant", **ends, "target": str(an_id())}
    refused = assert_problem(ana.post("links/", half), 400, "not_found")
    assert refused["errors"][0]["field"] == "target"
    wrong = {"type": "likes", **ends, "source_article": str(world.article.id)}
    assert_problem(ana.post("links/", wrong), 400, "invalid", "invalid_choice", "read_only_field")


def test_a_link_is_changed_moved_and_withdrawn(ana: Api, rui: Api, world: World) -> None:
    case = make_case(world)
    path = f"links/{case.links[-1].id}/"
    changed = ana.patch(path, {"attributes": {"mode": "undercuts"}, "note": "of its source"}, 1)
    assert (changed.json()["attributes"], changed["ETag"]) == ({"mode": "undercuts"}, '"2"')
    assert_problem(ana.patch(path, {"note": "late"}, 1), 412, "stale_version")
    assert_problem(ana.patch(path, {"type": "supports"}, 2), 400, "read_only_field")
    assert_problem(rui.patch(path, {"note": "x"}, 2), 403, "not_yours")
    assert_problem(rui.delete(path, 2), 403, "not_yours")
    assert ana.patch(path, {"state": "submitted"}, 2).json()["state"] == "submitted"
    withdrawn = ana.delete(path, 2)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    history = ana.get(f"{path}history/").json()
    assert [(item["type"], item["version"]) for item in history["results"]] == [("version", 1), ("version", 2)]


def test_the_author_of_the_source_may_withdraw_a_link(ana: Api, world: World) -> None:
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    speaker = tag(world.rui, world.article, Kind.PARTY, ARMY)
    link = join(world.rui, LinkType.SPEAKER, quote, speaker)
    assert ana.delete(f"links/{link.id}/", 1).json()["state"] == "withdrawn"


def test_the_list_is_narrowed_by_each_filter(ana: Api, zoe: Api, world: World) -> None:
    case = make_case(world)
    everything = [str(link.id) for link in case.links]

    def ids(**filters: str) -> list[str]:
        return [row["id"] for row in ana.get("links/", **filters).json()["results"]]

    assert ids() == ids(project=str(world.project.id)) == ids(article=str(world.article.id)) == everything
    assert ids(type="disputes,expresses") == [everything[1], everything[4]]
    assert ids(annotation=str(case.quote.id)) == everything[:2]
    assert ids(annotation=str(case.speaker.id)) == [everything[0], everything[2]]
    assert ids(state="approved") == []
    assert ids(updated_since="2100-01-01T00:00:00Z") == []
    assert ids(article=str(an_id())) == []
    assert zoe.get("links/").json()["results"] == []
    assert_problem(zoe.get(f"links/{everything[0]}/"), 404, "not_found")
    assert_problem(zoe.get(f"links/{everything[0]}/history/"), 404, "not_found")
