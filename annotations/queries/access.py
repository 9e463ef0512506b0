"""THE gate: every object somebody asks for is fetched here, starting from what that person may see.

A missing object and a foreign one are told in the same way.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from annotations.errors import InsufficientScope, NotAllowed, NotFound, SecondFactorRequired
from annotations.models import (
    Annotation,
    Article,
    Decision,
    Import,
    Incident,
    Link,
    Membership,
    Outlet,
    Party,
    Project,
    Release,
    User,
)
from annotations.models.annotations import in_hands_of
from annotations.rules.permissions import Action, Role, Scope, role_allows, scope_allows
from annotations.rules.review import State

_M = TypeVar("_M", bound=Model)
_SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


# Asked by every request, so not worth the making of an ORM query: a tenth of the time of a create.
_MEMBERSHIP: Final = """
SELECT m.role, coalesce(p.settings ->> 'visibility' = 'blind', false),
    CASE WHEN p.settings ->> 'second_factor' = 'required' THEN NOT EXISTS (
        SELECT FROM mfa_authenticator a WHERE a.user_id = m.user_id AND a.type IN ('totp', 'webauthn')
    ) ELSE false END
FROM membership m JOIN project p ON p.id = m.project_id WHERE m.user_id = %s AND m.project_id = %s
"""


@dataclass(slots=True)
class Actor:
    """Who acts, and how far the credentials reach. Lives for one request and remembers the roles it read."""

    user: User
    scope: Scope | None = None
    _roles: dict[UUID, tuple[Role | None, bool]] = field(default_factory=dict)

    def role_in(self, project_id: UUID) -> Role | None:
        """Answer the role in a project; None for somebody who is no member. Raises: SecondFactorRequired.

        A project may ask for a second factor; to a member without one it is closed in every way, by this one place.
        """
        return self._membership(project_id)[0]

    def is_blind_in(self, project_id: UUID) -> bool:
        """Say whether others' work is hidden from this person there (a blind project, below reviewer)."""
        role, is_blind = self._membership(project_id)
        return is_blind and (role is None or not role_allows(role, Action.DECIDE))

    def may(self, action: Action, project_id: UUID) -> bool:
        """Say whether role and scope allow the action in the project."""
        role = self.role_in(project_id)
        return role is not None and role_allows(role, action) and scope_allows(self.scope, action)

    def remember(self, membership: Membership) -> None:
        """Keep a membership that was read together with something else."""
        self._roles[membership.project_id] = (Role(membership.role), membership.project.is_blind)

    def _membership(self, project_id: UUID) -> tuple[Role | None, bool]:
        if project_id not in self._roles:
            with connection.cursor() as cursor:
                cursor.execute(_MEMBERSHIP, [self.user.id, project_id])
                found = cursor.fetchone()
            if found and found[2]:
                raise SecondFactorRequired
            self._roles[project_id] = (Role(found[0]), found[1]) if found else (None, True)
        return self._roles[project_id]


def require_scope(actor: Actor, action: Action) -> None:
    """Refuse a token that is too narrow. Raises: InsufficientScope."""
    if not scope_allows(actor.scope, action):
        raise InsufficientScope


def require(actor: Actor, action: Action, project_id: UUID) -> Role:
    """Answer the role if it allows the action. Raises: NotFound, InsufficientScope, NotAllowed."""
    role = actor.role_in(project_id)
    if role is None:
        raise NotFound
    require_scope(actor, action)
    if not role_allows(role, action):
        raise NotAllowed
    return role


# --- what an actor may see ------------------------------------------------------------------------


def has_second_factor(user: User) -> bool:
    """Say whether somebody has an authenticator app or a passkey; recovery codes alone do not count."""
    return bool(Authenticator.objects.filter(user=user, type__in=_SECOND_FACTORS).exists())


def open_memberships(actor: Actor) -> QuerySet[Membership]:
    """Answer the actor's memberships in projects that do not wait for a second factor."""
    has_one = Exists(Authenticator.objects.filter(user=OuterRef("user_id"), type__in=_SECOND_FACTORS).order_by())
    # Contains, not equals: a setting that was never made would be NULL there, and neither true nor false.
    asks = Q(project__settings__contains={"second_factor": "required"})
    return actor_memberships(actor).filter(~asks | has_one)


def actor_memberships(actor: Actor) -> QuerySet[Membership]:
    """Answer all memberships of the actor, those that wait for a second factor too."""
    return Membership.objects.filter(user=actor.user)


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """Answer the projects of which the actor is a member and that are open to them."""
    return Project.objects.filter(memberships__in=open_memberships(actor))


def visible_articles(actor: Actor, project_id: UUID | None = None) -> QuerySet[Article]:
    """Answer the articles of the actor's projects."""
    return _in_projects(Article.objects.all(), actor, project_id)


def visible_outlets(actor: Actor, project_id: UUID | None = None) -> QuerySet[Outlet]:
    """Answer the outlets of the actor's projects."""
    return _in_projects(Outlet.objects.all(), actor, project_id)


def visible_incidents(actor: Actor, project_id: UUID | None = None) -> QuerySet[Incident]:
    """Answer the incidents of the actor's projects."""
    return _in_projects(Incident.objects.all(), actor, project_id)


def visible_parties(actor: Actor, project_id: UUID | None = None) -> QuerySet[Party]:
    """Answer the parties of the actor's projects."""
    return _in_projects(Party.objects.all(), actor, project_id)


def visible_imports(actor: Actor, project_id: UUID | None = None) -> QuerySet[Import]:
    """Answer the reports of imports in the actor's projects; in a blind project only one's own."""
    return _not_blind(_in_projects(Import.objects.all(), actor, project_id), actor, project_id, Q(actor=actor.user))


def visible_releases(actor: Actor, project_id: UUID | None = None) -> QuerySet[Release]:
    """Answer the releases of the actor's projects; in a blind project a viewer those of the approved set alone."""
    found = _in_projects(Release.objects.select_related("project", "made_by"), actor, project_id)
    blind = _blind_projects(actor)
    as_viewer = Q(project_id__in=blind.filter(role=Role.VIEWER).values("project_id"), filters__state="approved")
    return found.filter(as_viewer | ~Q(project_id__in=blind.values("project_id")))


def visible_annotations(actor: Actor, project_id: UUID | None = None) -> QuerySet[Annotation]:
    """Answer the annotations the actor may see; in a blind project own ones, for viewers the approved set."""
    return _reviewed(Annotation.objects.all(), actor, project_id)


def visible_links(actor: Actor, project_id: UUID | None = None) -> QuerySet[Link]:
    """Answer the links the actor may see; in a blind project own ones, for viewers the approved set."""
    return _reviewed(Link.objects.all(), actor, project_id)


def project_within(project_id: UUID | None, article_id: UUID | None) -> UUID | None:
    """Answer the project that a list stays within: the one asked for, else the article's; None when it is open.

    What is visible in one project is a question several times cheaper than what is visible in all.
    """
    if project_id is not None or article_id is None:
        return project_id
    return next(iter(Article.objects.filter(pk=article_id).values_list("project_id", flat=True)), None)


def visible_decisions(actor: Actor, project_id: UUID | None = None) -> QuerySet[Decision]:
    """Answer the decisions on what the actor may see."""
    found = _in_projects(Decision.objects.all(), actor, project_id)
    own = in_hands_of(actor.user.id, "annotation__") | in_hands_of(actor.user.id, "link__")
    return _not_blind(found, actor, project_id, own)


# --- one object ------------------------------------------------------------------------------------


def get_project_for(actor: Actor, key: UUID | str) -> Project:
    """Fetch a project by id or slug. Raises: NotFound, SecondFactorRequired."""
    by_key = Q(project_id=key) if isinstance(key, UUID) else Q(project__slug=key)
    membership = Membership.objects.select_related("project").filter(by_key, user=actor.user).first()
    if membership is None:
        raise NotFound
    if membership.project.needs_second_factor:
        actor.role_in(membership.project_id)
    actor.remember(membership)
    return membership.project


def get_article_for(actor: Actor, pk: UUID) -> Article:
    """Fetch an article with its text. Raises: NotFound."""
    return _member_object(actor, Article.objects.select_related("outlet"), pk)


def articles_named(actor: Actor, pks: Collection[UUID]) -> list[Article]:
    """Fetch those of some articles that the actor may see, without their texts; whoever is no member sees none."""
    found = Article.objects.filter(pk__in=pks).defer("text", "cleaned")
    return [article for article in found if actor.role_in(article.project_id) is not None]


def annotations_named(actor: Actor, pks: Collection[UUID]) -> list[Annotation]:
    """Fetch those of some annotations that the actor may see."""
    return [annotation for annotation in Annotation.objects.filter(pk__in=pks) if sees(actor, annotation)]


def get_outlet_for(actor: Actor, pk: UUID) -> Outlet:
    """Fetch an outlet. Raises: NotFound."""
    return _member_object(actor, Outlet.objects.all(), pk)


def get_incident_for(actor: Actor, pk: UUID) -> Incident:
    """Fetch an incident. Raises: NotFound."""
    return _member_object(actor, Incident.objects.all(), pk)


def get_party_for(actor: Actor, pk: UUID) -> Party:
    """Fetch a party. Raises: NotFound."""
    return _member_object(actor, Party.objects.all(), pk)


def get_import_for(actor: Actor, pk: UUID) -> Import:
    """Fetch the report of an import, its mapping when it is asked for. Raises: NotFound."""
    return _one(visible_imports(actor).defer("mapping"), pk)


def get_release_for(actor: Actor, pk: UUID) -> Release:
    """Fetch a release with its project. Raises: NotFound."""
    return _one(visible_releases(actor), pk)


def get_numbered_release_for(actor: Actor, project: Project, number: int) -> Release:
    """Fetch a release of a project by its number. Raises: NotFound."""
    found = visible_releases(actor, project.id).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def get_annotation_for(actor: Actor, pk: UUID) -> Annotation:
    """Fetch an annotation with its author. Raises: NotFound."""
    found = _member_object(actor, Annotation.objects.select_related("author"), pk)
    _hide_from_blind(actor, found)
    return found


def get_link_for(actor: Actor, pk: UUID) -> Link:
    """Fetch a link with its author. Raises: NotFound."""
    found = _member_object(actor, Link.objects.select_related("author"), pk)
    _hide_from_blind(actor, found)
    return found


def get_decision_for(actor: Actor, pk: UUID) -> Decision:
    """Fetch a decision with its annotation. Raises: NotFound."""
    return _one(visible_decisions(actor).select_related("annotation"), pk)


def sees(actor: Actor, record: Annotation | Link) -> bool:
    """Say whether a stored annotation or link is the actor's to see."""
    role = actor.role_in(record.project_id)
    if role is None:
        return False
    if not actor.is_blind_in(record.project_id):
        return True
    if role is Role.VIEWER:
        return record.state == State.APPROVED
    return record.is_in_hands_of(actor.user.id)


def _hide_from_blind(actor: Actor, record: Annotation | Link) -> None:
    if not sees(actor, record):
        raise NotFound


def _member_object(actor: Actor, queryset: QuerySet[_M], pk: UUID) -> _M:
    found = _one(queryset, pk)
    if actor.role_in(found.project_id) is None:  # type: ignore[attr-defined]
        raise NotFound
    return found


def _one(queryset: QuerySet[_M], pk: UUID) -> _M:
    # Not `first()`, which would ask for an order.
    for found in queryset.filter(pk=pk):
        return found
    raise NotFound


def _in_projects(queryset: QuerySet[_M], actor: Actor, project_id: UUID | None) -> QuerySet[_M]:
    if project_id is None:
        return queryset.filter(project_id__in=open_memberships(actor).values("project_id"))
    if actor.role_in(project_id) is None:
        return queryset.none()
    return queryset.filter(project_id=project_id)


def _blind_projects(actor: Actor) -> QuerySet[Membership]:
    members = Membership.objects.filter(user=actor.user, project__settings__visibility="blind")
    return members.exclude(role__in=[Role.REVIEWER, Role.ADMIN])


def _not_blind(queryset: QuerySet[_M], actor: Actor, project_id: UUID | None, own: Q) -> QuerySet[_M]:
    if project_id is not None:
        return queryset.filter(own) if actor.is_blind_in(project_id) else queryset
    return queryset.filter(own | ~Q(project_id__in=_blind_projects(actor).values("project_id")))


def _reviewed(queryset: QuerySet[_M], actor: Actor, project_id: UUID | None) -> QuerySet[_M]:
    found = _in_projects(queryset, actor, project_id)
    # A viewer sees approved content only, so not a record that was edited since.
    own, approved = in_hands_of(actor.user.id), Q(state=State.APPROVED)
    if project_id is not None:
        if not actor.is_blind_in(project_id):
            return found
        return found.filter(approved if actor.role_in(project_id) is Role.VIEWER else own)
    blind = _blind_projects(actor)
    as_viewer = Q(project_id__in=blind.filter(role=Role.VIEWER).values("project_id"))
    return found.filter(~Q(project_id__in=blind.values("project_id")) | (as_viewer & approved) | (~as_viewer & own))
