import hashlib

from annotations.models import Article
from annotations.rules.kinds import Kind
from tests.api.client import Api, assert_problem
from tests.factories import an_id, make_article, make_incident, make_project, tag
from tests.world import ARMY, DENIAL, QUOTE, TEXT, World


def draft(world: World, **fields: object) -> dict[str, object]:
    body = {"project": str(world.project.id), "title": "A fire", "text": "A fire broke out.", "language": "en"}
    return {**body, **fields}


def test_an_analyst_adds_an_article(ana: Api, world: World) -> None:
    incident = make_incident(world.adi, world.project)
    sent = draft(
        world,
        text="\ufeffA fire\r\nbroke out.",
        outlet=str(world.outlet.id),
        url="https://example.org/fire",
        byline="A. Reporter",
        published_at="2021-09-03T14:05:00+02:00",
        incidents=[str(incident.id)],
    )
    response = ana.post("articles/", sent)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made["text"] == "A fire\nbroke out."
    assert made["cleaned"] == [{"what": "bom", "count": 1}, {"what": "line_ends", "count": 1}]
    assert made["sha256"] == hashlib.sha256(made["text"].encode()).hexdigest()
    assert (made["length"], made["direction"], made["collected_by"]) == (17, "ltr", "ana")
    assert (made["published_at"], made["incidents"]) == ("2021-09-03T12:05:00Z", [str(incident.id)])
    assert (made["outlet"], made["version"], made["supersedes"], made["license"]) == (sent["outlet"], 1, None, "")
    assert response["ETag"] == '"1"'
    assert ana.get(f"articles/{made['id']}/").json() == made


def test_optional_fields_are_empty_when_left_out(ana: Api, world: World) -> None:
    made = ana.post("articles/", draft(world)).json()
    assert (made["outlet"], made["url"], made["byline"]) == (None, "", "")
    assert (made["published_at"], made["incidents"], made["cleaned"]) == (None, [], [])


def test_a_viewer_adds_none(vic: Api, zoe: Api, nobody: Api, world: World) -> None:
    assert_problem(vic.post("articles/", draft(world)), 403, "not_allowed")
    assert_problem(zoe.post("articles/", draft(world)), 400, "not_found")
    assert_problem(nobody.post("articles/", draft(world)), 401, "not_authenticated")


def test_bad_fields_are_refused_together(ana: Api, world: World) -> None:
    bad = draft(world, title=" ", url="ftp://x", published_at="yesterday", sha256="0", outlet=5)
    refused = assert_problem(ana.post("articles/", bad), 400, "invalid")
    assert {(error["field"], error["code"]) for error in refused["errors"]} == {
        ("title", "blank"),
        ("url", "invalid"),
        ("published_at", "invalid"),
        ("sha256", "read_only_field"),
        ("outlet", "invalid_type"),
    }


def test_references_must_be_of_the_project(ana: Api, world: World) -> None:
    assert_problem(ana.post("articles/", draft(world, outlet=str(an_id()))), 400, "not_found", "not_found")
    assert_problem(ana.post("articles/", draft(world, incidents=[str(an_id())])), 400, "not_found", "not_found")


def test_the_same_text_again_is_a_duplicate(ana: Api, world: World) -> None:
    refused = assert_problem(ana.post("articles/", draft(world, text=TEXT)), 409, "duplicate_article")
    assert refused["existing"] == str(world.article.id)


def test_blank_and_missing_texts_are_refused(ana: Api, world: World) -> None:
    assert_problem(ana.post("articles/", draft(world, text=" \n ")), 400, "blank")
    assert_problem(ana.post("articles/", draft(world, title="x" * 501)), 400, "too_long")
    assert_problem(ana.post("articles/", draft(world, language="english!")), 400, "invalid")


def test_metadata_changes_but_the_text_never(ana: Api, world: World) -> None:
    path = f"articles/{world.article.id}/"
    changed = ana.patch(path, {"title": "Who holds the bridge?", "outlet": None}, 1)
    assert changed.status_code == 200
    assert (changed.json()["title"], changed.json()["outlet"], changed.json()["version"]) == (
        "Who holds the bridge?",
        None,
        2,
    )
    assert_problem(ana.patch(path, {"text": "Another text."}, 2), 409, "immutable")
    assert_problem(ana.patch(path, {"text": "Another text.", "title": ""}, 2), 400, "blank")
    assert_problem(ana.patch(path, {"license": "free"}, 2), 400, "read_only_field")
    stale = assert_problem(ana.patch(path, {"title": "Late"}, 1), 412, "stale_version")
    assert stale["current"]["version"] == 2
    assert Article.objects.get(pk=world.article.id).text == TEXT


def test_the_text_alone_is_exactly_the_stored_one(vic: Api, zoe: Api, world: World) -> None:
    response = vic.get(f"articles/{world.article.id}/text/")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == TEXT.encode()
    assert_problem(zoe.get(f"articles/{world.article.id}/text/"), 404, "not_found")


def test_the_list_has_no_texts_and_is_narrowed_by_each_filter(ana: Api, zoe: Api, world: World) -> None:
    incident = make_incident(world.adi, world.project)
    second = ana.post(
        "articles/",
        draft(world, published_at="2021-09-03T00:00:00Z", language="fa", incidents=[str(incident.id)]),
    ).json()
    first = str(world.article.id)

    def ids(**filters: str) -> list[str]:
        return [row["id"] for row in ana.get("articles/", **filters).json()["results"]]

    assert "text" not in ana.get("articles/").json()["results"][0]
    assert ids() == ids(project=str(world.project.id)) == [first, second["id"]]
    assert ids(outlet=str(world.outlet.id)) == [first]
    assert ids(incident=str(incident.id)) == [second["id"]]
    assert ids(language="fa") == [second["id"]]
    assert ids(published_after="2021-09-01") == [second["id"]]
    assert ids(published_before="2021-09-03") == []
    assert ids(q="bridge army") == [first]
    assert ids(q='"broke out"') == [second["id"]]
    assert ids(q="nowhere") == []
    assert zoe.get("articles/").json()["results"] == []


def test_a_changed_title_is_found_and_the_old_one_no_more(ana: Api, world: World) -> None:
    path = f"articles/{world.article.id}/"
    ana.patch(path, {"title": "Zebras at dawn"}, 1)
    ana.patch(path, {"title": "Giraffes at dusk"}, 2)
    assert ana.get("articles/", q="zebras").json()["results"] == []
    assert [row["id"] for row in ana.get("articles/", q="giraffes").json()["results"]] == [str(world.article.id)]


def test_submitting_tells_what_is_missing(ana: Api, world: World) -> None:
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    tag(world.ana, world.article, Kind.PARTY, ARMY)
    response = ana.post(f"articles/{world.article.id}/submit/")
    assert response.status_code == 200
    assert response.json()["submitted"] == {"annotations": 2, "links": 0}
    (missing,) = response.json()["missing"]
    assert (missing["annotation"], missing["code"]) == (str(quote.id), "speaker")
    assert ana.get(f"annotations/{quote.id}/").json()["state"] == "submitted"


def test_submitting_takes_no_fields_and_no_viewers(ana: Api, vic: Api, zoe: Api, world: World) -> None:
    tag(world.ana, world.article, Kind.COUNTERCLAIM, DENIAL)
    path = f"articles/{world.article.id}/submit/"
    assert_problem(ana.post(path, {"all": True}), 400, "unknown_field")
    assert_problem(vic.post(path), 403, "not_allowed")
    assert_problem(zoe.post(path), 404, "not_found")


def test_long_bodies_are_taken_here_up_to_24_mebibytes(ana: Api, world: World) -> None:
    assert ana.post("articles/", draft(world, text="word " * 400_000)).status_code == 201
    assert_problem(ana.post("articles/", draft(world, text="x" * 5_000_001)), 400, "too_long")
    assert_problem(ana.post("articles/", b" " * (24 * 1024 * 1024 + 1)), 413, "too_large")


def test_another_project_shows_nothing_of_this_one(zoe: Api, world: World) -> None:
    project = make_project(world.zoe)
    own = make_article(world.zoe, project)
    assert [row["id"] for row in zoe.get("articles/").json()["results"]] == [str(own.id)]
    assert_problem(zoe.get(f"articles/{world.article.id}/"), 404, "not_found")
