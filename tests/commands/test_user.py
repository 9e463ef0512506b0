"""Make and change users and memberships from the shell."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from annotations.models import Event, Membership, User
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard input, with a password in it."""
    typed = io.StringIO("correct horse battery\n")
    monkeypatch.setattr("sys.stdin", typed)
    return typed


def test_a_user_is_made_who_cannot_sign_in_by_password(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("user", "noor", "--email", "noor@example.org")
    noor = User.objects.get(username="noor")
    assert (noor.email, noor.has_usable_password()) == ("noor@example.org", False)
    assert "noor is ready." in capsys.readouterr().out


def test_a_password_is_one_line_of_standard_input(type_in: io.StringIO) -> None:
    call_command("user", "noor", "--password-stdin")
    assert authenticate(username="noor", password="correct horse battery") == User.objects.get(username="noor")


def test_a_known_user_keeps_what_is_not_said(type_in: io.StringIO) -> None:
    call_command("user", "noor", "--email", "noor@example.org")
    call_command("user", "noor", "--password-stdin")
    call_command("user", "noor")
    noor = User.objects.get(username="noor")
    assert (noor.email, noor.check_password("correct horse battery")) == ("noor@example.org", True)


def test_a_weak_password_is_set_with_a_warning(
    type_in: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("noor\n"))
    call_command("user", "noor", "--password-stdin")
    assert "The password was set, but:" in capsys.readouterr().err
    assert User.objects.get(username="noor").check_password("noor")


def test_an_empty_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    with pytest.raises(CommandError, match="one line"):
        call_command("user", "noor", "--password-stdin")
    assert not User.objects.filter(username="noor").exists()


def test_a_membership_is_made_and_changed(world: World) -> None:
    call_command("user", "zoe", "--project", world.project.slug, "--role", "viewer")
    call_command("user", "zoe", "--project", world.project.slug, "--role", "reviewer")
    assert Membership.objects.get(user=world.zoe.user, project=world.project).role == "reviewer"
    verbs = Event.objects.filter(subject=world.zoe.user.id).order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["member.added", "member.changed"]


def test_the_same_role_again_leaves_no_event(world: World) -> None:
    call_command("user", "ana", "--project", world.project.slug, "--role", "analyst")
    assert Event.objects.filter(subject=world.ana.user.id).count() == 1


def test_the_last_admin_stays(world: World) -> None:
    with pytest.raises(CommandError, match="needs an admin"):
        call_command("user", "adi", "--project", world.project.slug, "--role", "viewer")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--project", "nowhere", "--role", "viewer"], "no project with the slug nowhere"),
        (["--project", "northern-bridge", "--role", "boss"], "no role boss"),
        (["--project", "northern-bridge"], "together"),
        (["--role", "viewer"], "together"),
        (["--email", "nobody"], "e-mail"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(world: World, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("user", "noor", *arguments)
    assert not User.objects.filter(username="noor").exists()


def test_a_name_with_blanks_is_refused() -> None:
    with pytest.raises(CommandError, match="user name"):
        call_command("user", "no or")
