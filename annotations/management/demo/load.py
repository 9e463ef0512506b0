"""Writes the demo project through the services: people, registry, articles, annotations, links, decisions.

Spans are found by the text they quote, never by counted offsets.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from annotations.anchoring.anchor import Segment
from annotations.models import Annotation, Article, Link, Project
from annotations.queries.access import Actor, visible_annotations, visible_links
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.rules.review import State, Verdict
from annotations.services.accounts import make_user
from annotations.services.annotations import AnnotationDraft, create_annotation
from annotations.services.articles import ArticleDraft, create_article
from annotations.services.links import LinkDraft, create_link
from annotations.services.projects import add_member, create_project
from annotations.services.registry import create_incident, create_outlet, create_party
from annotations.services.review import DecisionDraft, decide
from annotations.services.submission import submit_article

_FOLDER: Final = Path(__file__).resolve().parent
_Values = Mapping[str, Any]


@dataclass(slots=True)
class Demo:
    """What was made so far, by the keys of the files."""

    project: Project
    people: dict[Role, Actor]
    parties: dict[str, UUID] = field(default_factory=dict)
    outlets: dict[str, UUID] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    annotations: dict[str, Annotation] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)


def load_demo() -> Demo:
    """Make the project: two articles approved, one submitted, one untouched. The caller holds the transaction."""
    plan = _read("project.json")
    demo = _make_project(plan)
    _make_registry(demo, plan)
    annotated = [article for article in plan["articles"] if article["fate"] != "untouched"]
    contents = {article["key"]: _read(f"{article['key']}.json") for article in annotated}
    for key, content in contents.items():
        _make_annotations(demo, demo.articles[key], content["annotations"])
    for content in contents.values():
        _make_links(demo, content["links"])
    for article in annotated:
        submit_article(actor=demo.people[Role.ANALYST], article=demo.articles[article["key"]])
    approved = [demo.articles[article["key"]].id for article in annotated if article["fate"] == "approved"]
    _approve(demo, approved)
    return demo


def _make_project(plan: _Values) -> Demo:
    users = {Role(role): make_user(username=name) for name, role in plan["members"].items()}
    admin = Actor(users[Role.ADMIN])
    project = create_project(actor=admin, name=plan["name"], slug=plan["slug"], description=plan["description"])
    for role, user in users.items():
        if role is not Role.ADMIN:
            add_member(actor=admin, project=project, username=user.username, role=role)
    return Demo(project, {role: Actor(user) for role, user in users.items()})


def _make_registry(demo: Demo, plan: _Values) -> None:
    actor, project = demo.people[Role.ANALYST], demo.project
    for values in plan["parties"]:
        fields = _fields(values, parent=demo.parties)
        demo.parties[values["key"]] = create_party(actor=actor, project=project, fields=fields).id
    for values in plan["outlets"]:
        fields = _fields(values, party=demo.parties)
        demo.outlets[values["key"]] = create_outlet(actor=actor, project=project, fields=fields).id
    dates = {name: date.fromisoformat(plan["incident"][name]) for name in ("date_from", "date_to")}
    incident = create_incident(actor=actor, project=project, fields={**plan["incident"], **dates})
    for values in plan["articles"]:
        draft = ArticleDraft(
            title=values["title"],
            text=(_FOLDER / f"{values['key']}.txt").read_text(encoding="utf-8"),
            language="en",
            outlet=demo.outlets[values["outlet"]],
            url=values["url"],
            byline=values.get("byline", ""),
            published_at=datetime.fromisoformat(values["published_at"]),
            incidents=(incident.id,),
        )
        demo.articles[values["key"]] = create_article(actor=actor, project=project, draft=draft)


def _make_annotations(demo: Demo, article: Article, annotations: list[_Values]) -> None:
    for values in annotations:
        draft = AnnotationDraft(
            kind=Kind(values["kind"]),
            segments=_find(article.text, values["text"], values.get("after", "")),
            exact=tuple(values["text"]),
            attributes=values.get("attributes", {}),
            parties=tuple(demo.parties[key] for key in values.get("parties", [])),
            note=values.get("note", ""),
        )
        made = create_annotation(actor=demo.people[Role.ANALYST], article=article, draft=draft)
        demo.annotations[values["key"]] = made


def _make_links(demo: Demo, links: list[_Values]) -> None:
    for values in links:
        draft = LinkDraft(
            type=LinkType(values["type"]),
            source=demo.annotations[values["source"]].id,
            target=demo.annotations[values["target"]].id,
            attributes={"mode": values["mode"]} if "mode" in values else {},
        )
        demo.links.append(create_link(actor=demo.people[Role.ANALYST], draft=draft))


def _approve(demo: Demo, articles: list[UUID]) -> None:
    """Let the reviewer approve all that was submitted in these articles, as one list."""
    reviewer, project_id = demo.people[Role.REVIEWER], demo.project.id
    annotations = visible_annotations(reviewer, project_id).filter(article__in=articles, state=State.SUBMITTED)
    links = visible_links(reviewer, project_id).filter(source_article__in=articles, state=State.SUBMITTED)
    drafts = [DecisionDraft(record.id, None, record.version, Verdict.APPROVE) for record in annotations.order_by("id")]
    drafts += [DecisionDraft(None, record.id, record.version, Verdict.APPROVE) for record in links.order_by("id")]
    decide(actor=reviewer, drafts=drafts)


def _find(text: str, pieces: list[str], after: str) -> tuple[Segment, ...]:
    """Find each piece behind the one before, the first one behind the text `after`. Raises: ValueError."""
    position = text.index(after) + len(after)
    found: list[Segment] = []
    for piece in pieces:
        start = text.index(piece, position)
        position = start + len(piece)
        found.append(Segment(start, position))
    return tuple(found)


def _fields(values: _Values, **references: Mapping[str, UUID]) -> dict[str, object]:
    """Take the fields of a registry record, with ids for the keys they refer to."""
    fields = {name: value for name, value in values.items() if name != "key"}
    for name, ids in references.items():
        if name in fields:
            fields[name] = ids[fields[name]]
    return fields


def _read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))
