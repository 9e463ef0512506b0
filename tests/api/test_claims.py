from typing import Any

from annotations.models import Annotation, Link
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from tests.api.client import Api, assert_problem
from tests.factories import an_id, approve, join, make_article, make_outlet, submit, tag
from tests.world import ARMY, CLAIM, DENIAL, World, make_case


def second_article(world: World, **outlet: Any) -> Annotation:
    text = "Soldiers say the bridge in the north is theirs."
    published = make_outlet(world.adi, world.project, "Valley Post", **outlet)
    article = make_article(world.adi, world.project, text, outlet=published.id)
    return tag(world.ana, article, Kind.CLAIM, "the bridge in the north is theirs")


def clusters(api: Api, **filters: str) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in api.get("claims/", **filters).json()["results"]}


def test_a_disputed_claim_tells_who_disputes_it_and_how(vic: Api, world: World) -> None:
    case = make_case(world)
    found = clusters(vic, project=str(world.project.id))
    claim, denial = found[str(case.claim.id)], found[str(case.denial.id)]
    army = {"party": str(world.army.id), "name": "Army"}
    rebels = {"party": str(world.rebels.id), "name": "Rebels"}
    assert (claim["text"], claim["paraphrase"], claim["topic"]) == (CLAIM, "", "territorial_control")
    assert (claim["status"], claim["claimants"], claim["supported_by"]) == ("disputed", [army], [])
    assert claim["members"] == [
        {
            "annotation": str(case.claim.id),
            "article": str(world.article.id),
            "outlet": str(world.outlet.id),
            "claimants": [army],
            "published_at": None,
        }
    ]
    assert claim["disputed_by"] == [
        {
            "annotation": str(case.denial.id),
            "link": str(case.links[-1].id),
            "mode": "rebuts",
            "claimants": [rebels],
            "article": str(world.article.id),
            "outlet": str(world.outlet.id),
        }
    ]
    assert (claim["first_seen"], claim["outlets"]) == (None, [str(world.outlet.id)])
    assert (denial["text"], denial["status"]) == (DENIAL, "uncontested")


def test_only_undercut_is_doubted(ana: Api, world: World) -> None:
    case = make_case(world)
    ana.patch(f"links/{case.links[-1].id}/", {"attributes": {"mode": "undercuts"}}, 1)
    assert clusters(ana)[str(case.claim.id)]["status"] == "doubted"


def test_the_same_claim_in_another_outlet_is_one_corroborated_cluster(ana: Api, world: World) -> None:
    first = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    second = second_article(world)
    join(world.ana, LinkType.SAME_AS, second, first)
    (cluster,) = clusters(ana).values()
    assert cluster["id"] == str(first.id)
    assert [member["annotation"] for member in cluster["members"]] == [str(first.id), str(second.id)]
    assert (cluster["status"], len(cluster["outlets"])) == ("corroborated", 2)


def test_support_from_another_outlet_corroborates(ana: Api, world: World) -> None:
    first = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    second = second_article(world)
    join(world.ana, LinkType.SUPPORTS, second, first)
    found = clusters(ana)
    assert found[str(first.id)]["status"] == "corroborated"
    assert found[str(first.id)]["supported_by"][0]["annotation"] == str(second.id)
    assert found[str(second.id)]["status"] == "uncontested"


def test_an_outlet_in_its_own_voice_is_a_claimant(ana: Api, world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM, attributes={"voice": "outlet"})
    assert clusters(ana)[str(claim.id)]["claimants"] == [{"outlet": str(world.outlet.id), "name": "The Daily Bridge"}]


def test_one_sides_own_outlet_counts_as_that_side(ana: Api, world: World) -> None:
    claim = second_article(world, party=world.army.id)
    ana.patch(f"annotations/{claim.id}/", {"attributes": {"voice": "outlet"}}, 1)
    assert clusters(ana)[str(claim.id)]["claimants"] == [{"party": str(world.army.id), "name": "Army"}]


def test_a_mention_without_a_party_is_named_by_its_words(ana: Api, world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM)
    join(world.ana, LinkType.CLAIMANT, claim, tag(world.ana, world.article, Kind.PARTY, ARMY))
    assert clusters(ana)[str(claim.id)]["claimants"] == [{"party": None, "name": "the army"}]


def test_a_dispute_inside_a_cluster_is_a_contradiction_and_disputes_nothing(ana: Api, world: World) -> None:
    case = make_case(world)
    join(world.ana, LinkType.SAME_AS, case.claim, case.denial)
    (cluster,) = clusters(ana).values()
    assert (cluster["contradiction"], cluster["disputed_by"]) == (True, [])


def test_only_what_is_approved_counts_when_asked_for(ana: Api, world: World) -> None:
    case = make_case(world)
    assert clusters(ana, approved="true") == {}
    chosen: list[Annotation | Link] = [case.speaker, case.claim, case.links[2]]
    submit(world.ana, *chosen)
    approve(world.rui, *chosen)
    (cluster,) = clusters(ana, approved="true").values()
    assert (cluster["id"], cluster["status"]) == (str(case.claim.id), "uncontested")
    ana.patch(f"annotations/{case.claim.id}/", {"kind": "counterclaim", "attributes": {"topic": "other"}}, 1)
    (cluster,) = clusters(ana, approved="true").values()
    assert cluster["topic"] == "territorial_control"


def test_the_ledger_is_narrowed_by_each_filter(ana: Api, zoe: Api, world: World) -> None:
    case = make_case(world)
    claim, denial = str(case.claim.id), str(case.denial.id)
    assert list(clusters(ana, status="disputed")) == [claim]
    assert list(clusters(ana, status="uncontested,doubted")) == [denial]
    assert list(clusters(ana, claimant=str(world.rebels.id))) == [denial]
    assert list(clusters(ana, topic="territorial_control")) == [claim]
    assert list(clusters(ana, q="NORTHERN")) == [claim]
    assert list(clusters(ana, outlet=str(world.outlet.id))) == [claim, denial]
    assert list(clusters(ana, incident=str(an_id()))) == []
    assert list(clusters(ana, project=str(an_id()))) == []
    assert clusters(zoe) == {}
    assert_problem(ana.get("claims/", topic="weather"), 400, "invalid_parameter")


def test_the_ledger_is_paged(ana: Api, world: World) -> None:
    case = make_case(world)
    first = ana.get("claims/", page_size="1").json()
    second = ana.get(first["next"]).json()
    assert [item["id"] for item in first["results"] + second["results"]] == [str(case.claim.id), str(case.denial.id)]
    assert (first["previous"], second["next"]) == (None, None)
    assert ana.get(second["previous"]).json()["results"] == first["results"]
