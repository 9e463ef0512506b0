"""Invitations: one person comes in by one link, in time, and only while who made it may invite."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotations.models import Event, Invitation, Membership, User
from annotations.queries.access import Actor
from annotations.rules.permissions import Role
from annotations.services.invitations import make_invitation
from annotations.services.people import deactivate_user
from annotations.services.projects import add_member, change_role
from tests.views.conftest import SignIn
from tests.world import PASSWORD, World, make_world

ACCOUNT = {"username": "noor", "email": "", "password": "a long enough secret"}
_FORM_TOKEN = re.compile(r'"X-CSRFToken": "\w+"')
_LINK = re.compile(r"http://testserver(/invitations/[\w-]+/)")


@pytest.fixture
def link(world: World) -> str:
    """The path of an invitation for an analyst."""
    return make_invitation(actor=world.adi, project=world.project, role=Role.ANALYST, days=7, note="Noor")


def test_an_admin_makes_a_link_that_is_shown_once(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.adi)
    page = f"/p/{world.project.slug}/invitations/"
    (path,) = _LINK.findall(browser.post(page, {"role": "reviewer", "days": "7", "note": "Noor"}).text)
    assert not _LINK.findall(browser.get(page).text)
    assert "Noor" in browser.get(page).text
    assert path.split("/")[2] not in str(Invitation.objects.values_list())


def test_who_is_new_makes_an_account_and_is_signed_in(world: World, link: str) -> None:
    browser = Client()
    page = browser.get(link)
    assert page.status_code == 200
    assert "Northern bridge" in page.text
    assert browser.post(link, ACCOUNT).headers["Location"] == f"/p/{world.project.slug}/articles/"
    assert browser.get(f"/p/{world.project.slug}/articles/").status_code == 200
    noor = Membership.objects.get(user__username="noor")
    assert (noor.role, noor.project) == ("analyst", world.project)
    assert Client().post("/login/", {"login": "noor", "password": ACCOUNT["password"]}).status_code == 302
    last = Event.objects.filter(subject_label="member").latest("id")
    assert (last.verb, last.actor) == ("member.added", noor.user)


def test_who_has_an_account_joins_with_it(world: World, link: str, sign_in: SignIn) -> None:
    browser = sign_in(world.zoe)
    assert "Join as zoe" in browser.get(link).text
    assert browser.post(link).status_code == 302
    assert Membership.objects.get(user=world.zoe.user).role == "analyst"


def test_signing_in_leads_back_to_the_invitation(db: None) -> None:
    people = make_world(with_passwords=True)
    link = make_invitation(actor=people.adi, project=people.project, role=Role.VIEWER, days=1)
    assert f"/login/?next={link.replace('/', '%2F')}" in Client().get(link).text
    assert Client().post("/login/", {"login": "zoe", "password": PASSWORD, "next": link}).headers["Location"] == link


def test_a_link_works_once(world: World, link: str, sign_in: SignIn) -> None:
    assert sign_in(world.zoe).post(link).status_code == 302
    again = Client().post(link, ACCOUNT)
    assert again.status_code == 410
    assert not User.objects.filter(username="noor").exists()


def _expire(world: World) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _revoke(world: World) -> None:
    Invitation.objects.update(revoked_at=timezone.now())


def _demote(world: World) -> None:
    add_member(actor=world.adi, project=world.project, username="zoe", role=Role.ADMIN)
    change_role(actor=Actor(world.zoe.user), project=world.project, username="adi", role=Role.ANALYST)


def _close(world: World) -> None:
    deactivate_user(user=world.adi.user)


@pytest.mark.parametrize("end", [_expire, _revoke, _demote, _close])
def test_what_is_over_says_the_same_as_what_never_was(world: World, link: str, end) -> None:
    end(world)
    over, unknown = Client().get(link), Client().get("/invitations/unknown/")
    assert over.status_code == unknown.status_code == 410
    assert _FORM_TOKEN.sub("", over.text) == _FORM_TOKEN.sub("", unknown.text)
    assert Client().post(link, ACCOUNT).status_code == 410
    assert not User.objects.filter(username="noor").exists()


def test_an_admin_takes_an_invitation_back(world: World, link: str, sign_in: SignIn) -> None:
    invitation = Invitation.objects.get()
    browser = sign_in(world.adi)
    assert browser.post(f"/p/{world.project.slug}/invitations/{invitation.pk}/").status_code == 302
    assert Client().get(link).status_code == 410
    assert browser.post(f"/p/{world.project.slug}/invitations/{invitation.pk}/").status_code == 404


def test_a_member_does_not_spend_the_invitation(world: World, link: str, sign_in: SignIn) -> None:
    answer = sign_in(world.vic).post(link)
    assert answer.status_code == 409
    assert "already" in answer.text
    assert Membership.objects.get(user=world.vic.user).role == "viewer"
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize(
    "spoiled",
    [{"username": "ana"}, {"username": "ANA"}, {"username": "no spaces"}, {"password": "short"}, {"email": "x"}],
)
def test_a_bad_account_is_refused_and_the_link_stays_good(world: World, link: str, spoiled: dict[str, str]) -> None:
    answer = Client().post(link, {**ACCOUNT, **spoiled})
    assert answer.status_code == 400
    assert ACCOUNT["password"] not in answer.text
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("spoiled", [{"role": "owner"}, {"days": "0"}, {"days": "3650"}, {"note": "a\x07b"}])
def test_a_bad_invitation_is_refused(world: World, sign_in: SignIn, spoiled: dict[str, str]) -> None:
    form = {"role": "viewer", "days": "7", "note": "", **spoiled}
    assert sign_in(world.adi).post(f"/p/{world.project.slug}/invitations/", form).status_code == 400
    assert not Invitation.objects.exists()


def test_there_is_no_other_way_to_an_account(db: None) -> None:
    for path in ("/signup/", "/account/signup/", "/login/signup/"):
        assert Client().get(path).status_code == 404
