"""Make, list and revoke API tokens from the shell."""

import pytest
from django.core.management import CommandError, call_command

from annotations.models import ApiToken
from annotations.queries.accounts import token_owner
from annotations.rules.permissions import Scope
from annotations.services.accounts import make_user

pytestmark = pytest.mark.django_db
Capsys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def ana() -> None:
    make_user(username="ana")


def _new(capsys: Capsys, *arguments: str) -> str:
    capsys.readouterr()
    call_command("token", "ana", *arguments)
    return capsys.readouterr().out


def test_one_token_and_nothing_else_is_printed(capsys: Capsys) -> None:
    out = _new(capsys)
    owner = token_owner(out.removesuffix("\n"))
    assert out.count("\n") == 1
    assert owner is not None
    assert (owner[0].username, owner[1]) == ("ana", Scope.READ)


def test_scope_label_and_end_are_kept(capsys: Capsys) -> None:
    _new(capsys, "--scope", "review", "--expires", "30", "--name", "nightly export")
    token = ApiToken.objects.get()
    assert (token.scope, token.name) == ("review", "nightly export")
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days in {29, 30}


def test_the_list_shows_the_prefix_but_not_the_token(capsys: Capsys) -> None:
    token = _new(capsys, "--name", "laptop").strip()
    call_command("token", "--list", "ana")
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split("\t") == ["prefix", "scope", "name", "created", "expires", "last used", "revoked"]
    assert row.split("\t")[:3] == [token[:11], "read", "laptop"]
    assert token not in row


def test_a_revoked_token_opens_nothing(capsys: Capsys) -> None:
    token = _new(capsys).strip()
    call_command("token", "--revoke", token[:11])
    assert token_owner(token) is None
    assert ApiToken.objects.get().revoked_at is not None


def test_a_whole_token_can_be_named_to_revoke_it(capsys: Capsys) -> None:
    token = _new(capsys).strip()
    call_command("token", "--revoke", token)
    assert token_owner(token) is None
    assert token not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], "no user nobody"),
        (["--list", "nobody"], "no user nobody"),
        (["--revoke", "nd_00000000"], "no such token"),
        (["ana", "--scope", "all"], "no scope all"),
        (["ana", "--expires", "0"], "between 1 and 3650 days"),
        (["ana", "--name", "a\nb"], "line breaks"),
        ([], "one of"),
        (["ana", "--list", "ana"], "one of"),
    ],
)
def test_what_is_wrong_is_said_and_no_token_is_made(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("token", *arguments)
    assert not ApiToken.objects.exists()
