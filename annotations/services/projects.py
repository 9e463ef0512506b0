"""Create and edit projects; add, change and remove members."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction

from annotations.anchoring.intake import is_language_tag
from annotations.errors import Duplicate, FieldError, InvalidFields, LastAdmin, NotFound
from annotations.models import Membership, Project, User
from annotations.queries.access import Actor, has_second_factor, require, require_scope
from annotations.rules.permissions import Action, Role
from annotations.rules.settings import settings_errors
from annotations.services.events import Happening, open_chains, record_events
from annotations.services.fields import Check, check_fields, hold, needed_line, optional_note, store_changes

_SLUG: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MAX_SLUG: Final = 100
MAX_LANGUAGE: Final = 35


class AlreadyMember(Duplicate):
    """409: the person is a member already."""

    code = "duplicate_member"
    sentence = "This person is already a member; change the role instead."


def create_project(
    *, actor: Actor, name: str, slug: str = "", description: str = "", settings: Mapping[str, object] | None = None
) -> Project:
    """Make a project with the actor as its admin. A slug left out is made from the name.

    Raises: InsufficientScope, InvalidFields.
    """
    require_scope(actor, Action.CREATE_PROJECT)
    fields: dict[str, object] = {"name": name, "description": description, "settings": dict(settings or {})}
    if slug:
        fields["slug"] = slug
    check_fields(fields, _CHECKS, ("name",))
    _keep_the_door_open(actor, fields)
    with transaction.atomic():
        project = _insert(name, slug, description, dict(settings or {}))
        Membership.objects.create(project=project, user=actor.user, role=Role.ADMIN)
        open_chains(project_id=project.id, articles=[None])
        happening = Happening("project.created", project.id, "project", None, {"slug": project.slug})
        record_events(actor=actor.user, project_id=project.id, happenings=[happening])
    return project


def edit_project(*, actor: Actor, project: Project, version: int, changes: Mapping[str, object]) -> Project:
    """Change name, slug, description or settings. Raises: NotAllowed, Stale, InvalidFields."""
    require(actor, Action.ADMINISTER, project.id)
    with transaction.atomic():
        held = hold(Project, project.id, version)
        check_fields(changes, _CHECKS)
        _keep_the_door_open(actor, changes)
        slug = changes.get("slug")
        if slug is not None and Project.objects.filter(slug=slug).exclude(pk=held.pk).exists():
            raise InvalidFields([FieldError("slug", "invalid", "Another project has this slug.")])
        if changed := store_changes(held, changes):
            happening = Happening("project.edited", held.id, "project", None, {"fields": changed})
            record_events(actor=actor.user, project_id=held.id, happenings=[happening])
    return held


def add_member(*, actor: Actor, project: Project, username: str, role: Role) -> Membership:
    """Make somebody a member. Raises: NotAllowed, InvalidFields (no such user), AlreadyMember."""
    require(actor, Action.ADMINISTER, project.id)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise InvalidFields([FieldError("user", "not_found", "There is no such user.")])
    with transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})
        if not is_new:
            raise AlreadyMember
        _member_happened(actor, project.id, membership, "added")
    return membership


def change_role(*, actor: Actor, project: Project, username: str, role: Role) -> Membership:
    """Give a member another role. Raises: NotAllowed, NotFound, LastAdmin."""
    require(actor, Action.ADMINISTER, project.id)
    with transaction.atomic():
        membership = _hold_member(project, username, stays_admin=role is Role.ADMIN)
        if membership.role != role:
            membership.role = role
            membership.save(update_fields=["role"])
            _member_happened(actor, project.id, membership, "changed")
    return membership


def remove_member(*, actor: Actor, project: Project, username: str) -> None:
    """Take somebody out of a project; what they made stays. Raises: NotAllowed, NotFound, LastAdmin."""
    require(actor, Action.ADMINISTER, project.id)
    with transaction.atomic():
        membership = _hold_member(project, username, stays_admin=False)
        _member_happened(actor, project.id, membership, "removed")
        membership.delete()


def _keep_the_door_open(actor: Actor, fields: Mapping[str, object]) -> None:
    """Refuse to ask for a second factor without having one: the project would close at once. Raises: InvalidFields."""
    settings = fields.get("settings")
    asks = isinstance(settings, Mapping) and settings.get("second_factor") == "required"
    if asks and not has_second_factor(actor.user):
        detail = "Set up a second factor for yourself first; this project would be closed to you."
        raise InvalidFields([FieldError("settings.second_factor", "second_factor_required", detail)])


def _hold_member(project: Project, username: str, *, stays_admin: bool) -> Membership:
    """Lock all memberships of a project, so that two admins cannot remove each other at once."""
    members = list(Membership.objects.select_for_update(of=("self",)).filter(project=project).select_related("user"))
    found = next((member for member in members if member.user.username == username), None)
    if found is None:
        raise NotFound
    admins = [member for member in members if member.role == Role.ADMIN]
    if admins == [found] and not stays_admin:
        raise LastAdmin
    return found


def _member_happened(actor: Actor, project_id: UUID, membership: Membership, verb: str) -> None:
    payload = {"role": str(membership.role)}
    happening = Happening(f"member.{verb}", membership.user_id, "member", None, payload)
    record_events(actor=actor.user, project_id=project_id, happenings=[happening])


def _insert(name: str, slug: str, description: str, settings: dict[str, object]) -> Project:
    """Insert under the wished slug or, where that is taken, the same with a number."""
    wished = slug or _slug_from(name)
    for number in range(1, 10_000):
        tried = wished if number == 1 else f"{wished[: _MAX_SLUG - 5]}-{number}"
        project = Project(name=name, slug=tried, description=description, settings=settings)
        if (
            Project.objects.bulk_create([project], ignore_conflicts=True)
            and Project.objects.filter(pk=project.pk).exists()
        ):
            return project
    raise InvalidFields([FieldError("slug", "invalid", "Choose another slug; this one is taken.")])


def _slug_from(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG].strip("-") or "project"


def _slug(field: str, value: object) -> list[FieldError]:
    if isinstance(value, str) and len(value) <= _MAX_SLUG and _SLUG.fullmatch(value):
        return []
    return [FieldError(field, "invalid", "A slug has small Latin letters, digits and single hyphens.")]


def _settings(field: str, value: object) -> list[FieldError]:
    found = settings_errors(field, value)
    if not found and isinstance(value, Mapping):
        wrong = [tag for tag in value.get("languages", ()) if len(tag) > MAX_LANGUAGE or not is_language_tag(tag)]
        if wrong:
            found.append(FieldError(f"{field}.languages", "invalid", "A language is a tag such as en, ar or fa-AF."))
    return found


_CHECKS: Final[Mapping[str, Check]] = {
    "name": needed_line,
    "slug": _slug,
    "description": optional_note,
    "settings": _settings,
}
