"""Users, memberships from the shell, tokens and sign-in links."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.errors import InvalidFields, LastAdmin, NotFound
from annotations.models import ApiToken, Membership, SignInLink
from annotations.queries.accounts import token_owner, token_prefix
from annotations.rules.permissions import Role, Scope
from annotations.services.accounts import (
    create_sign_in_link,
    issue_token,
    make_user,
    note_use,
    revoke_token,
    set_membership,
    use_sign_in_link,
)
from tests.world import World

pytestmark = pytest.mark.django_db


def _secret(path: str) -> str:
    return path.removeprefix("/login/link/").removesuffix("/")


def test_a_user_without_a_password_cannot_sign_in_by_one() -> None:
    assert not make_user(username="noor").has_usable_password()


def test_making_a_known_user_changes_what_is_said() -> None:
    first = make_user(username="noor", email="noor@example.org")
    again = make_user(username="noor", password="a long enough one")
    assert (again.pk, again.email) == (first.pk, "noor@example.org")


@pytest.mark.parametrize("username", ["", "no or", "x" * 151, "a/b", "a\n"])
def test_names_that_no_address_can_hold_are_refused(username: str) -> None:
    with pytest.raises(InvalidFields):
        make_user(username=username)


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(InvalidFields):
        make_user(username="noor", email="noor at home")


def test_a_membership_is_given_and_changed(world: World) -> None:
    set_membership(user=world.zoe.user, slug=world.project.slug, role=Role.VIEWER)
    set_membership(user=world.zoe.user, slug=world.project.slug, role=Role.ADMIN)
    assert Membership.objects.get(user=world.zoe.user).role == "admin"


def test_a_membership_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        set_membership(user=world.zoe.user, slug="nowhere", role=Role.VIEWER)
    with pytest.raises(LastAdmin):
        set_membership(user=world.adi.user, slug=world.project.slug, role=Role.VIEWER)


def test_a_sign_in_link_works_once() -> None:
    user = make_user(username="noor")
    secret = _secret(create_sign_in_link(user=user))
    assert use_sign_in_link(secret=secret) == user
    with pytest.raises(NotFound):
        use_sign_in_link(secret=secret)


def test_a_sign_in_link_ends_within_the_hour_and_with_the_account() -> None:
    user = make_user(username="noor")
    late, closed = _secret(create_sign_in_link(user=user)), _secret(create_sign_in_link(user=user))
    SignInLink.objects.order_by("id").filter(user=user).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        use_sign_in_link(secret=late)
    SignInLink.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    user.is_active = False
    user.save()
    with pytest.raises(NotFound):
        use_sign_in_link(secret=closed)
    with pytest.raises(NotFound):
        use_sign_in_link(secret="made up")


def test_a_token_is_stored_as_a_digest_only() -> None:
    token = issue_token(user=make_user(username="noor"), scope=Scope.WRITE)
    stored = ApiToken.objects.get()
    assert token not in {stored.prefix, stored.digest, stored.name}
    assert token_owner(token) == (stored.user, Scope.WRITE)


def test_a_token_ends_when_revoked_expired_or_its_owner_leaves() -> None:
    user = make_user(username="noor")
    revoked, expired, left = (issue_token(user=user, scope=Scope.READ, expires_days=1) for _ in range(3))
    revoke_token(prefix=token_prefix(revoked))
    ApiToken.objects.filter(prefix=token_prefix(expired)).update(expires_at=timezone.now())
    assert token_owner(left) is not None
    user.is_active = False
    user.save()
    assert [token_owner(token) for token in (revoked, expired, left)] == [None, None, None]


@pytest.mark.parametrize("token", ["", "nd_", "nd_00000000", "nd_é" * 9, "nd_" + "x" * 300, "Bearer nd_0"])
def test_other_strings_are_nobodys_token(token: str) -> None:
    assert token_owner(token) is None


def test_a_token_with_the_right_start_alone_is_nobodys() -> None:
    token = issue_token(user=make_user(username="noor"), scope=Scope.READ)
    assert token_owner(token + "x") is None


def test_wrong_fields_of_a_token_are_refused() -> None:
    user = make_user(username="noor")
    for days in (0, 3651):
        with pytest.raises(InvalidFields):
            issue_token(user=user, scope=Scope.READ, expires_days=days)
    with pytest.raises(InvalidFields):
        issue_token(user=user, scope=Scope.READ, name="a\nb")
    with pytest.raises(NotFound):
        revoke_token(prefix="nd_00000000")


def test_use_of_a_token_is_noted_to_the_minute(db):
    issue_token(user=make_user(username="ana"), scope=Scope.READ)
    note_use(token=ApiToken.objects.get())
    noted = ApiToken.objects.get()
    note_use(token=noted)
    assert ApiToken.objects.get().last_used_at == noted.last_used_at is not None
