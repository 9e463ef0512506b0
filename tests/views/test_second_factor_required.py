"""A project may ask its members for a second factor; without one it is closed to them in every way."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from annotations.models import Article, Project, User
from annotations.services.projects import edit_project
from tests.factories import token_for
from tests.views.conftest import SignIn
from tests.world import World

REQUIRED = {"visibility": "shared", "second_factor": "required"}


@pytest.fixture
def closed(world: World) -> World:
    """The project asks; only adi has a second factor."""
    give_factor(world.adi.user)
    edit_project(actor=world.adi, project=world.project, version=1, changes={"settings": REQUIRED})
    return world


def give_factor(user: User) -> None:
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})


def _api(world: World, path: str):
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token_for(world.ana)}"})


@pytest.mark.parametrize("place", ["articles/", "review/", "inbox/", "articles/{article}/", "guideline/"])
def test_pages_say_what_to_do_and_show_nothing(closed: World, sign_in: SignIn, place: str) -> None:
    path = f"/p/{closed.project.slug}/{place.format(article=closed.article.id)}"
    answer = sign_in(closed.ana).get(path)
    assert answer.status_code == 403
    assert "/account/second-factor/" in answer.text
    for told in ("Northern bridge", "Both sides claim", "The mayor"):
        assert told not in answer.text
    fragment = sign_in(closed.ana).get(path, headers={"HX-Request": "true"})
    assert (fragment.status_code, "The mayor" in fragment.text) == (403, False)


def test_a_write_changes_nothing(closed: World, sign_in: SignIn) -> None:
    path = f"/p/{closed.project.slug}/articles/new/"
    answer = sign_in(closed.ana).post(path, {"title": "New", "text": "New words.", "language": "en"})
    assert answer.status_code == 403
    assert Article.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "projects/{project}/",
        "projects/{project}/export/",
        "articles/?project={project}",
        "articles/{article}/",
        "articles/{article}/text/",
        "annotations/?project={project}",
        "annotations/?article={article}",
        "links/?article={article}",
        "claims/?project={project}",
        "outlets/{outlet}/",
    ],
)
def test_tokens_of_who_has_none_are_refused(closed: World, path: str) -> None:
    words = {"project": closed.project.id, "article": closed.article.id, "outlet": closed.outlet.id}
    answer = _api(closed, path.format(**words))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")


@pytest.mark.parametrize("path", ["projects/", "articles/", "outlets/", "parties/", "incidents/"])
def test_lists_over_all_projects_leave_it_out(closed: World, path: str) -> None:
    assert _api(closed, path).json()["results"] == []


def test_me_leaves_it_out(closed: World) -> None:
    assert _api(closed, "me/").json()["memberships"] == []


def test_a_second_factor_opens_it_at_once(closed: World, sign_in: SignIn) -> None:
    browser = sign_in(closed.ana)
    give_factor(closed.ana.user)
    assert browser.get(f"/p/{closed.project.slug}/articles/").status_code == 200
    assert _api(closed, f"articles/{closed.article.id}/").status_code == 200
    assert len(_api(closed, "articles/").json()["results"]) == 1


def test_recovery_codes_alone_are_no_second_factor(closed: World) -> None:
    Authenticator.objects.create(user=closed.ana.user, type="recovery_codes", data={})
    assert _api(closed, f"articles/{closed.article.id}/").status_code == 403


def test_outsiders_still_learn_nothing(closed: World, sign_in: SignIn) -> None:
    browser = sign_in(closed.zoe)
    assert browser.get(f"/p/{closed.project.slug}/articles/").status_code == 404


def test_the_list_of_projects_says_why_it_is_closed(closed: World, sign_in: SignIn) -> None:
    page = sign_in(closed.ana).get("/projects/").text
    assert "asks for a second factor" in page
    assert "asks for a second factor" not in sign_in(closed.adi).get("/projects/").text


def test_nobody_locks_themselves_out(world: World) -> None:
    path, headers = f"/api/v1/projects/{world.project.id}/", {"Authorization": f"Bearer {token_for(world.adi)}"}
    headers["If-Match"] = '"1"'
    asked = Client().patch(path, {"settings": REQUIRED}, content_type="application/json", headers=headers)
    assert (asked.status_code, asked.json()["code"]) == (400, "second_factor_required")
    assert Project.objects.get(pk=world.project.pk).settings == {"visibility": "shared"}


def test_an_unknown_choice_is_refused(world: World) -> None:
    path, headers = f"/api/v1/projects/{world.project.id}/", {"Authorization": f"Bearer {token_for(world.adi)}"}
    headers["If-Match"] = '"1"'
    wrong = {"settings": {"second_factor": "sometimes"}}
    assert (
        Client().patch(path, wrong, content_type="application/json", headers=headers).json()["code"] == "invalid_choice"
    )
