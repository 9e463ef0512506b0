"""Two projects with records of everybody in them, so that each person has own ones, others' and foreign ones."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from annotations.anchoring.anchor import Segment
from annotations.models import Delivery, Import, Invitation, Project, Webhook
from annotations.queries.access import Actor
from annotations.queries.export_choice import Choice
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role, Scope
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import AnnotationChange
from annotations.services.assignments import assign_article
from annotations.services.guidelines import edit_guideline
from annotations.services.invitations import make_invitation
from annotations.services.redactions import RedactionDraft, request_redaction
from annotations.services.releases import make_release
from annotations.services.review import decide_one
from tests.factories import (
    an_id,
    join,
    make_actor,
    make_article,
    make_incident,
    make_member,
    make_outlet,
    make_party,
    make_project,
    submit,
    tag,
    token_for,
    verdict_on,
)
from tests.world import ARMY, CLAIM, MAYOR, TEXT

# Who stands for which role; Zoe is an outsider here and the admin of the other project.
PEOPLE = {"zoe": "person", "vic": "viewer", "ana": "analyst", "rui": "reviewer", "adi": "admin"}
BRIDGE = "the northern bridge"
ROLES = ("person", "viewer", "analyst", "reviewer", "admin")


@dataclass(slots=True)
class Place:
    """A project; `shared` names what has no author, `made` what each author made."""

    shared: dict[str, str]
    made: dict[str, dict[str, str]]
    versions: dict[str, int]

    def words(self, author: str) -> dict[str, str]:
        """Name every record a path or body may speak of, those that have authors by one of them."""
        return {**self.shared, **self.made[author]}


@dataclass(slots=True)
class Places:
    """The people's project, another one, and a place where nothing is."""

    home: Place
    abroad: Place
    missing: Place
    actors: dict[str, Actor]
    tokens: dict[tuple[str, Scope], str]


def make_places(*, visibility: str = "shared") -> Places:
    """Make both projects, and a token of each scope for everybody."""
    actors = {name: make_actor(name) for name in (*PEOPLE, "eve", "noa", "una", "newcomer")}
    home = make_project(actors["adi"], name="Home", settings={"visibility": visibility})
    abroad = make_project(actors["zoe"], name="Abroad", settings={"visibility": visibility})
    # Who became a viewer later still has records: being their author gives nothing back.
    for name, role in {"vic": Role.ANALYST, "ana": Role.ANALYST, "rui": Role.REVIEWER, "eve": Role.VIEWER}.items():
        make_member(actors["adi"], home, actors[name], role)
    make_member(actors["zoe"], abroad, actors["eve"], Role.VIEWER)
    # Noa decides on what the others hand in, and has an article; Una asks for a redaction.
    for admin, project in (("adi", home), ("zoe", abroad)):
        make_member(actors[admin], project, actors["noa"], Role.REVIEWER)
        make_member(actors[admin], project, actors["una"], Role.ADMIN)
    at_home = _fill(
        actors["adi"], actors["noa"], actors["una"], home, [actors[name] for name in ("vic", "ana", "rui", "adi")]
    )
    at_abroad = _fill(actors["zoe"], actors["noa"], actors["una"], abroad, [actors["zoe"]])
    home.memberships.filter(user=actors["vic"].user).update(role=Role.VIEWER)
    return Places(
        home=at_home,
        abroad=at_abroad,
        missing=_nowhere(at_abroad),
        actors=actors,
        tokens={(name, scope): token_for(actors[name], scope) for name in PEOPLE for scope in Scope},
    )


def _fill(admin: Actor, reviewer: Actor, other: Actor, project: Project, authors: list[Actor]) -> Place:
    used = make_outlet(admin, project)
    outlet, incident = make_outlet(admin, project), make_incident(admin, project)
    party, spare = make_party(admin, project), make_party(admin, project)
    article = make_article(admin, project, TEXT, outlet=used.id)
    assign_article(actor=reviewer, article=article, username=reviewer.user.username)
    monday = Segment(TEXT.index("Monday"), TEXT.index("Monday") + len("Monday"))
    asked = request_redaction(actor=other, article=article, draft=RedactionDraft((monday,), "Safety.", {}))
    report = Import.objects.create(project=project, actor=admin.user, format="newsdesk-jsonl", status="done")
    releases = [make_release(actor=admin, project=project, name=name, choice=Choice()) for name in ("First", "Second")]
    webhook = Webhook.objects.create(
        project=project, url="https://example.org/", topics=["release"], made_by=admin.user
    )
    delivery = Delivery.objects.create(project=project, webhook=webhook, topic="release", body="{}", state="failed")
    lone = make_actor(f"only-{project.slug}")
    make_member(admin, project, lone, Role.VIEWER)
    make_invitation(actor=admin, project=project, role=Role.VIEWER, days=7)
    guideline = edit_guideline(actor=admin, project=project, version=0, text="# Quote\n\nWith its quotation marks.")
    versions = {"project": Project.objects.get(pk=project.pk).version, "claim": 1, "link": 1}
    versions["guideline"] = guideline.number
    for name, record in {"outlet": outlet, "incident": incident, "spare": spare, "party": party}.items():
        versions[name] = record.version
    return Place(
        shared={
            "project": str(project.id),
            "slug": project.slug,
            "member": "eve",
            "lone member": lone.user.username,
            "invitation": str(Invitation.objects.get(project=project).id),
            "import": str(report.id),
            "redaction": str(asked.id),
            "used outlet": str(used.id),
            "outlet": str(outlet.id),
            "incident": str(incident.id),
            "party": str(party.id),
            "spare": str(spare.id),
            "article": str(article.id),
            "assigned": reviewer.user.username,
            "earlier": str(releases[0].id),
            "release": str(releases[1].id),
            "number": str(releases[1].number),
            "webhook": str(webhook.id),
            "delivery": str(delivery.id),
        },
        made={author.user.username: _records(author, reviewer, article, party.id) for author in authors},
        versions={**versions, "article": article.version},
    )


def _records(author: Actor, reviewer: Actor, article: Any, party: UUID) -> dict[str, str]:
    claim = tag(author, article, Kind.CLAIM, CLAIM)
    mention = tag(author, article, Kind.PARTY, ARMY, parties=(party,))
    link = join(author, LinkType.CLAIMANT, claim, mention)
    waiting = tag(author, article, Kind.PARTY, MAYOR)
    submit(author, waiting)
    returned = tag(author, article, Kind.PARTY, BRIDGE)
    submit(author, returned)
    proposal = AnnotationChange(attributes={"mention_form": "nominal"})
    asked = replace(verdict_on(returned, Verdict.REQUEST_CHANGES, Reason.ATTRIBUTES), proposal=proposal)
    decision = decide_one(actor=reviewer, draft=asked)
    return {
        "claim": str(claim.id),
        "mention": str(mention.id),
        "link": str(link.id),
        "submitted": str(waiting.id),
        "decision": str(decision.id),
    }


def _nowhere(like: Place) -> Place:
    """Name what is not there: an id for each id, a slug for the slug."""
    others = {
        "slug": "no-such-project",
        "lone member": like.shared["lone member"],
        "member": like.shared["member"],
        "assigned": like.shared["assigned"],
        "number": like.shared["number"],
    }
    shared = {name: others.get(name) or str(an_id()) for name in like.shared}
    made = {author: {name: str(an_id()) for name in records} for author, records in like.made.items()}
    return Place(shared, made, like.versions)
