"""Submit an article: all of one person's drafts in it, with a list of what is still missing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.models import Annotation, Article, Link
from annotations.models.annotations import in_hands_of
from annotations.queries.access import Actor, require
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.rules.review import State, missing_links
from annotations.rules.settings import ProjectSettings
from annotations.services.events import Happening, record_events

# What the code of a missing attribute begins with.
ATTRIBUTES_MISSING: Final = "attributes."


@dataclass(frozen=True, slots=True)
class Missing:
    """What an annotation still lacks: `code` is the type of a missing link, or `attributes.` and a name."""

    annotation: UUID
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Submission:
    """How many records went to review, and what is still missing among them."""

    annotations: int
    links: int
    missing: tuple[Missing, ...]


def submit_article(*, actor: Actor, article: Article) -> Submission:
    """Submit the actor's drafts in an article and the links that start there; incomplete ones too, listed.

    Raises: NotAllowed.
    """
    require(actor, Action.ANNOTATE, article.project_id)
    with transaction.atomic():
        annotations = list(
            Annotation.objects.filter(in_hands_of(actor.user.id), article=article, state=State.DRAFT)
            .select_for_update()
            .order_by("id")
        )
        links = list(
            Link.objects.filter(in_hands_of(actor.user.id), source_article=article, state=State.DRAFT)
            .select_for_update()
            .order_by("id")
        )
        now = timezone.now()
        for model, rows in ((Annotation, annotations), (Link, links)):
            model._default_manager.filter(pk__in=[row.pk for row in rows]).update(state=State.SUBMITTED, updated_at=now)
        if annotations or links:
            payload = {"annotations": [str(a.id) for a in annotations], "links": [str(k.id) for k in links]}
            happening = Happening("article.submitted", article.id, "article", article.id, payload)
            record_events(actor=actor.user, project_id=article.project_id, happenings=[happening])
    return Submission(len(annotations), len(links), missing_of(annotations, article.project.rules))


def missing_in(*, actor: Actor, article: Article) -> tuple[Missing, ...]:
    """List what is still missing among the actor's drafts in an article, before they are submitted.

    Raises: NotAllowed.
    """
    require(actor, Action.ANNOTATE, article.project_id)
    drafts = Annotation.objects.filter(in_hands_of(actor.user.id), article=article, state=State.DRAFT).order_by("id")
    return missing_of(list(drafts), article.project.rules)


def missing_of(annotations: Sequence[Annotation], rules: ProjectSettings) -> tuple[Missing, ...]:
    """List what annotations lack: links, counting every living one, and attributes that the project asks for."""
    types: dict[UUID, set[LinkType]] = defaultdict(set)
    living = Link.objects.living().filter(source_id__in=[annotation.id for annotation in annotations])
    for source, type_ in living.values_list("source_id", "type"):
        types[source].add(LinkType(type_))
    found: list[Missing] = []
    for annotation in annotations:
        lacking = missing_links(Kind(annotation.kind), annotation.attributes, types[annotation.id])
        found += [Missing(annotation.id, type_, _SENTENCES[type_]) for type_ in lacking]
        found += [
            Missing(annotation.id, f"{ATTRIBUTES_MISSING}{name}", f"This project asks for the attribute {name}.")
            for name in rules.missing_attributes(annotation.kind, annotation.attributes)
        ]
    return tuple(found)


_SENTENCES = {
    LinkType.SPEAKER: "Link the quote to its speaker, or mark the speaker as unknown.",
    LinkType.CLAIMANT: "An attributed claim needs a claimant; one in another voice has none.",
    LinkType.DISPUTES: "Link the counterclaim to the claim it disputes.",
}
