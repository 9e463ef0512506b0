"""Plain functions that make records through the services."""

from itertools import count
from typing import Any
from uuid import UUID

from annotations.anchoring.anchor import Segment
from annotations.models import Annotation, Article, Decision, Incident, Link, Outlet, Party, Project
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role, Scope
from annotations.rules.review import Reason, State, Verdict
from annotations.services.accounts import issue_token, make_user
from annotations.services.annotations import AnnotationDraft, create_annotation, move_annotation
from annotations.services.articles import ArticleDraft, create_article
from annotations.services.links import LinkDraft, create_link, move_link
from annotations.services.projects import add_member, create_project
from annotations.services.registry import create_incident, create_outlet, create_party
from annotations.services.review import DecisionDraft, decide

_numbers = count(1)


def make_actor(username: str, *, password: str | None = None) -> Actor:
    """Make a person, with every right of the browser's session."""
    return Actor(make_user(username=username, password=password))


def make_project(admin: Actor, *, name: str = "", **fields: Any) -> Project:
    """Make a project with an admin."""
    return create_project(actor=admin, name=name or f"Project {next(_numbers)}", **fields)


def make_member(admin: Actor, project: Project, actor: Actor, role: Role) -> None:
    """Give somebody a role in a project."""
    add_member(actor=admin, project=project, username=actor.user.username, role=role)
    # An actor lives for one request: what it remembers of roles is over.
    actor._roles.clear()


def make_article(actor: Actor, project: Project, text: str = "", **fields: Any) -> Article:
    """Store an article; without a text, one that no other has."""
    number = next(_numbers)
    values = {"title": f"Article {number}", "language": "en", **fields}
    return create_article(
        actor=actor, project=project, draft=ArticleDraft(text=text or f"Text number {number}.", **values)
    )


def make_outlet(actor: Actor, project: Project, name: str = "", **fields: Any) -> Outlet:
    """Add an outlet."""
    return create_outlet(actor=actor, project=project, fields={"name": name or f"Outlet {next(_numbers)}", **fields})


def make_incident(actor: Actor, project: Project, title: str = "", **fields: Any) -> Incident:
    """Add an incident."""
    values = {"title": title or f"Incident {next(_numbers)}", **fields}
    return create_incident(actor=actor, project=project, fields=values)


def make_party(actor: Actor, project: Project, name: str = "", **fields: Any) -> Party:
    """Add a party."""
    values = {"name": name or f"Party {next(_numbers)}", "entity_type": "group", **fields}
    return create_party(actor=actor, project=project, fields=values)


def spans(article: Article, *words: str) -> tuple[Segment, ...]:
    """Find the first place of each of the words."""
    starts = [article.text.index(piece) for piece in words]
    return tuple(Segment(start, start + len(piece)) for start, piece in zip(starts, words, strict=True))


def tag(actor: Actor, article: Article, kind: Kind, *words: str, **fields: Any) -> Annotation:
    """Mark the first place of the words; several words are several segments."""
    draft = AnnotationDraft(kind=kind, segments=spans(article, *words), exact=words, **fields)
    return create_annotation(actor=actor, article=article, draft=draft)


def join(actor: Actor, type_: LinkType, source: Annotation, target: Annotation, **attributes: Any) -> Link:
    """Link two annotations."""
    draft = LinkDraft(type=type_, source=source.id, target=target.id, attributes=attributes)
    return create_link(actor=actor, draft=draft)


def submit(actor: Actor, *records: Annotation | Link) -> None:
    """Hand records in for review."""
    for record in records:
        stored = type(record).objects.get(pk=record.pk)
        if isinstance(stored, Annotation):
            move_annotation(actor=actor, annotation=stored, version=stored.version, state=State.SUBMITTED)
        else:
            move_link(actor=actor, link=stored, version=stored.version, state=State.SUBMITTED)


def verdict_on(record: Annotation | Link, verdict: Verdict, reason: Reason | None = None) -> DecisionDraft:
    """Write a verdict on the record's present version."""
    stored = type(record).objects.get(pk=record.pk)
    is_annotation = isinstance(stored, Annotation)
    return DecisionDraft(
        annotation=stored.pk if is_annotation else None,
        link=None if is_annotation else stored.pk,
        version=stored.version,
        verdict=verdict,
        reason=reason,
    )


def approve(reviewer: Actor, *records: Annotation | Link) -> list[Decision]:
    """Approve submitted records in one list."""
    return decide(actor=reviewer, drafts=[verdict_on(record, Verdict.APPROVE) for record in records])


def token_for(actor: Actor, scope: Scope = Scope.REVIEW) -> str:
    """Make a token; without a scope, of the widest."""
    return issue_token(user=actor.user, scope=scope)


def an_id() -> UUID:
    """An id that no record has."""
    return UUID(int=(7 << 76) | (2 << 62) | next(_numbers))
