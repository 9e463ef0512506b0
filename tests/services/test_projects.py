"""Projects and their members."""

import pytest

from annotations.errors import InsufficientScope, InvalidFields, LastAdmin, NotAllowed, NotFound, Stale
from annotations.models import Event, Membership, Project
from annotations.queries.access import Actor
from annotations.rules.permissions import Role, Scope
from annotations.services.projects import (
    AlreadyMember,
    add_member,
    change_role,
    create_project,
    edit_project,
    remove_member,
)
from tests.factories import make_actor
from tests.world import World


def test_who_makes_a_project_is_its_admin(world: World) -> None:
    project = create_project(actor=world.zoe, name="Süd & Nord", description="Both")
    assert (project.slug, project.version, project.is_blind) == ("sud-nord", 1, False)
    assert Membership.objects.get(project=project).role == "admin"
    assert Event.objects.get(project=project).verb == "project.created"


def test_a_slug_made_from_a_name_is_numbered_when_taken(world: World) -> None:
    assert create_project(actor=world.zoe, name="Northern bridge").slug == "northern-bridge-2"
    assert create_project(actor=world.zoe, name="جسر").slug == "project"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"name": "x" * 501},
        {"name": "P", "slug": "Not A Slug"},
        {"name": "P", "settings": {"visibility": "secret"}},
        {"name": "P", "settings": {"colour": "red"}},
    ],
)
def test_wrong_fields_are_refused(world: World, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidFields):
        create_project(actor=world.zoe, **fields)  # type: ignore[arg-type]


def test_a_write_token_makes_no_project(world: World) -> None:
    with pytest.raises(InsufficientScope):
        create_project(actor=Actor(world.zoe.user, Scope.WRITE), name="P")


def test_a_project_is_changed_by_its_admin(world: World) -> None:
    changed = edit_project(
        actor=world.adi, project=world.project, version=1, changes={"settings": {"visibility": "blind"}}
    )
    assert (changed.version, Project.objects.get(pk=world.project.pk).is_blind) == (2, True)


def test_changing_is_refused(world: World) -> None:
    other = create_project(actor=world.adi, name="Other")
    with pytest.raises(NotAllowed):
        edit_project(actor=world.rui, project=world.project, version=1, changes={"name": "N"})
    with pytest.raises(NotFound):
        edit_project(actor=world.zoe, project=world.project, version=1, changes={"name": "N"})
    with pytest.raises(Stale):
        edit_project(actor=world.adi, project=world.project, version=2, changes={"name": "N"})
    with pytest.raises(InvalidFields):
        edit_project(actor=world.adi, project=world.project, version=1, changes={"slug": other.slug})


def test_members_come_change_and_go(world: World) -> None:
    add_member(actor=world.adi, project=world.project, username="zoe", role=Role.VIEWER)
    change_role(actor=world.adi, project=world.project, username="zoe", role=Role.ANALYST)
    assert Membership.objects.get(project=world.project, user=world.zoe.user).role == "analyst"
    remove_member(actor=world.adi, project=world.project, username="zoe")
    verbs = Event.objects.filter(subject=world.zoe.user.id).order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["member.added", "member.changed", "member.removed"]


def test_the_same_person_is_not_added_twice(world: World) -> None:
    with pytest.raises(AlreadyMember):
        add_member(actor=world.adi, project=world.project, username="ana", role=Role.VIEWER)


def test_unknown_people_are_refused(world: World) -> None:
    make_actor("noor")
    with pytest.raises(InvalidFields):
        add_member(actor=world.adi, project=world.project, username="nobody", role=Role.VIEWER)
    with pytest.raises(NotFound):
        change_role(actor=world.adi, project=world.project, username="noor", role=Role.VIEWER)
    with pytest.raises(NotFound):
        remove_member(actor=world.adi, project=world.project, username="noor")


def test_the_last_admin_stays(world: World) -> None:
    with pytest.raises(LastAdmin):
        change_role(actor=world.adi, project=world.project, username="adi", role=Role.ANALYST)
    with pytest.raises(LastAdmin):
        remove_member(actor=world.adi, project=world.project, username="adi")
    change_role(actor=world.adi, project=world.project, username="rui", role=Role.ADMIN)
    remove_member(actor=world.adi, project=world.project, username="adi")
    assert not Membership.objects.filter(project=world.project, user=world.adi.user).exists()


def test_only_admins_manage_members(world: World) -> None:
    with pytest.raises(NotAllowed):
        add_member(actor=world.rui, project=world.project, username="zoe", role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        change_role(actor=world.rui, project=world.project, username="ana", role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        remove_member(actor=world.rui, project=world.project, username="ana")
