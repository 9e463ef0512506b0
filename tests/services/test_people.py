"""Closing accounts: sessions and tokens end at once, and what was made stays."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotations.errors import NotAllowed, NotFound
from annotations.models import Event, User
from annotations.queries.accounts import valid_token
from annotations.rules.permissions import Role
from annotations.services.accounts import create_sign_in_link
from annotations.services.people import deactivate_member, deactivate_user, reactivate_user
from tests.factories import make_actor, make_member, make_project, token_for
from tests.world import PASSWORD, World, make_case, make_world


@pytest.fixture
def people(db: None) -> World:
    return make_world(with_passwords=True)


def test_sessions_tokens_and_links_end_at_once(people: World) -> None:
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    token, link = token_for(people.ana), create_sign_in_link(user=people.ana.user)
    case = make_case(people)
    deactivate_user(user=people.ana.user)
    assert browser.get("/account/").status_code == 302
    assert valid_token(token) is None
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert Client().get(link).status_code == 410
    assert Client().post("/login/", {"login": "ana", "password": PASSWORD}).status_code == 400
    case.quote.refresh_from_db()
    assert case.quote.author == people.ana.user
    assert Event.objects.filter(verb="member.deactivated", subject=people.ana.user.id).count() == 1


def test_opening_again_gives_back_the_password_and_nothing_else(people: World) -> None:
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    token = token_for(people.ana)
    deactivate_user(user=people.ana.user)
    reactivate_user(user=people.ana.user)
    assert browser.get("/account/").status_code == 302
    assert valid_token(token) is None
    assert Client().post("/login/", {"login": "ana", "password": PASSWORD}).status_code == 302


def test_an_admin_closes_the_account_of_a_member(people: World) -> None:
    deactivate_member(actor=people.adi, project=people.project, username="ana")
    assert not User.objects.get(username="ana").is_active
    assert Event.objects.latest("id").actor == people.adi.user


def test_an_admin_does_not_close_accounts_of_people_of_other_projects(people: World) -> None:
    other = make_project(people.zoe, name="Elsewhere")
    make_member(people.zoe, other, people.ana, Role.VIEWER)
    with pytest.raises(NotAllowed):
        deactivate_member(actor=people.adi, project=people.project, username="ana")
    assert User.objects.get(username="ana").is_active


@pytest.mark.parametrize(
    ("who", "whom", "refusal"),
    [("rui", "ana", NotAllowed), ("zoe", "ana", NotFound), ("adi", "adi", NotAllowed), ("adi", "zoe", NotFound)],
)
def test_others_do_not(people: World, who: str, whom: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        deactivate_member(actor=getattr(people, who), project=people.project, username=whom)
    assert User.objects.get(username=whom).is_active


def test_the_command_closes_and_opens(people: World) -> None:
    token = token_for(people.ana)
    call_command("user", "ana", "--deactivate")
    assert valid_token(token) is None
    call_command("user", "ana", "--reactivate")
    assert User.objects.get(username="ana").is_active


def test_the_command_closes_nobody_whom_there_is_not(db: None) -> None:
    with pytest.raises(CommandError, match="no user"):
        call_command("user", "noor", "--deactivate")
    assert not User.objects.filter(username="noor").exists()


def test_a_new_password_from_the_command_ends_sessions(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    browser.post("/login/", {"login": "ana", "password": PASSWORD})
    monkeypatch.setattr("sys.stdin", io.StringIO("an entirely new secret\n"))
    call_command("user", "ana", "--password-stdin")
    assert browser.get("/account/").status_code == 302


def test_the_page_asks_before_it_closes(people: World) -> None:
    browser = Client()
    browser.force_login(people.adi.user)
    path = f"/p/{people.project.slug}/members/ana/deactivation/"
    assert "Close the account of ana?" in browser.get(path).text
    assert User.objects.get(username="ana").is_active
    assert browser.post(path).status_code == 302
    assert not User.objects.get(username="ana").is_active
    lone = make_actor("lone")
    assert browser.post(path.replace("ana", lone.user.username)).status_code == 404
