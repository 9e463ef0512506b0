"""The acts of the workbench: each is one change or several that belong together, and can be undone as a whole.

Only pages act in this way; the API and imports never create what was not sent.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import regex
from django.db import connection, transaction

from annotations.anchoring.anchor import Segment
from annotations.anchoring.boundaries import splits_grapheme
from annotations.errors import InvalidInput, KindNotAllowed
from annotations.models import Annotation, Article, Link
from annotations.queries.access import Actor, require
from annotations.rules.kinds import CLAIMS, Kind
from annotations.rules.links import LinkType, lies_inside
from annotations.rules.permissions import Action
from annotations.rules.review import NOT_LIVING
from annotations.rules.steps import StepKind
from annotations.services.annotations import (
    AnnotationChange,
    AnnotationDraft,
    create_annotation,
    edit_annotation,
    withdraw_annotation,
)
from annotations.services.bulk import create_links
from annotations.services.links import LinkDraft, create_link, withdraw_link
from annotations.services.undo import Change, remember_step, standing_of

# More drafts than this at once is a mistake: a word such as "the".
MOST_MENTIONS: Final = 200

_QUOTES_AROUND: Final = """
SELECT id, segments FROM annotation
WHERE article_id = %s AND author_id = %s AND kind = 'quote' AND state <> ALL(%s)
    AND segments[1][1] <= %s AND segments[array_upper(segments, 1)][2] >= %s
"""


def create_tag(*, actor: Actor, article: Article, draft: AnnotationDraft, who: UUID | None = None) -> Annotation:
    """Tag a place. A claim inside one's own quote gets `expresses`, and the quote's speakers as claimants.

    `who` is a party mention to link as speaker or claimant. Raises: as create_annotation and create_link.
    """
    with transaction.atomic():
        made = create_annotation(actor=actor, article=article, draft=draft)
        links = _express(actor, made) if draft.kind in CLAIMS else []
        if who is not None:
            links += _join_who(actor, made, who, links)
        _remember_made(actor, article, StepKind.TAGGED, [made, *links])
    return made


def change_tag(
    *, actor: Actor, article: Article, annotation: Annotation, version: int, change: AnnotationChange, kind: StepKind
) -> Annotation:
    """Change a tag's content. Raises: as edit_annotation."""
    before = standing_of(annotation)
    with transaction.atomic():
        changed = edit_annotation(actor=actor, annotation=annotation, version=version, change=change)
        if changed.version != version:
            remember_step(actor, article, kind, [Change(changed, before, standing_of(changed))])
    return changed


def remove_tag(*, actor: Actor, article: Article, annotation: Annotation, version: int) -> Annotation:
    """Take a tag and its links out. Raises: as withdraw_annotation."""
    before = standing_of(annotation)
    with transaction.atomic():
        removed = withdraw_annotation(actor=actor, annotation=annotation, version=version)
        remember_step(actor, article, StepKind.REMOVED, [Change(removed, before, None)])
    return removed


def link_tags(*, actor: Actor, article: Article, draft: LinkDraft) -> Link:
    """Link two tags. Raises: as create_link."""
    with transaction.atomic():
        made = create_link(actor=actor, draft=draft, project_id=article.project_id)
        _remember_made(actor, article, StepKind.LINKED, [made])
    return made


def unlink_tags(*, actor: Actor, article: Article, link: Link, version: int) -> Link:
    """Take a link out. Raises: as withdraw_link."""
    before = standing_of(link)
    with transaction.atomic():
        removed = withdraw_link(actor=actor, link=link, version=version)
        remember_step(actor, article, StepKind.UNLINKED, [Change(removed, before, None)])
    return removed


def tag_mentions(*, actor: Actor, article: Article, annotation: Annotation) -> list[Annotation]:
    """Tag every other whole-word place of a tag's text with its kind, attributes and parties.

    Places that already have such a tag of the actor's are left alone.
    Raises: NotAllowed, KindNotAllowed (a tag of several segments), InvalidInput `too_many`, and as create_annotation.
    """
    require(actor, Action.ANNOTATE, article.project_id)
    if len(annotation.exact) != 1:
        raise KindNotAllowed("A tag of several segments has no other places; choose one of a single segment.")
    words = annotation.exact[0]
    with transaction.atomic():
        there = _own_places(actor, annotation)
        places = [place for place in places_of_words(article.text, words) if [[place.start, place.end]] not in there]
        if len(places) > MOST_MENTIONS:
            raise InvalidInput(
                f"These words stand in more than {MOST_MENTIONS} places; tag longer ones.", code="too_many"
            )
        made = [
            create_annotation(
                actor=actor,
                article=article,
                draft=AnnotationDraft(
                    kind=Kind(annotation.kind),
                    segments=(place,),
                    exact=(words,),
                    attributes=annotation.attributes,
                    parties=tuple(annotation.parties),
                ),
            )
            for place in places
        ]
        _remember_made(actor, article, StepKind.MENTIONS, made)
    return made


def places_of_words(text: str, words: str) -> Iterator[Segment]:
    """Find all places of some words where no letter or digit adjoins, in the order of the text."""
    before = r"(?<![\p{L}\p{N}\p{M}])" if words[0].isalnum() else ""
    after = r"(?![\p{L}\p{N}\p{M}])" if words[-1].isalnum() else ""
    for match in regex.finditer(before + regex.escape(words) + after, text):
        if not (splits_grapheme(text, match.start()) or splits_grapheme(text, match.end())):
            yield Segment(match.start(), match.end())


def _own_places(actor: Actor, annotation: Annotation) -> list[list[list[int]]]:
    own = Annotation.objects.living().filter(article_id=annotation.article_id, kind=annotation.kind, author=actor.user)
    return list(own.values_list("segments", flat=True))


def _express(actor: Actor, claim: Annotation) -> list[Link]:
    """Link a new claim to the smallest of one's own quotes around it, and to that quote's speakers."""
    place = [claim.segments[0][0], claim.segments[-1][1]]
    with connection.cursor() as cursor:
        cursor.execute(_QUOTES_AROUND, [claim.article_id, actor.user.id, list(NOT_LIVING), *place])
        quotes = cursor.fetchall()
    around = [(_length(segments), pk) for pk, segments in quotes if lies_inside(claim.segments, segments)]
    if not around:
        return []
    quote = min(around)[1]
    drafts = [LinkDraft(LinkType.EXPRESSES, quote, claim.id)]
    if claim.attributes.get("voice", "attributed") == "attributed":
        speakers = Link.objects.living().filter(source_id=quote, type=LinkType.SPEAKER, author=actor.user)
        living = speakers.exclude(target__state__in=NOT_LIVING).order_by("id").values_list("target_id", flat=True)
        drafts += [LinkDraft(LinkType.CLAIMANT, claim.id, speaker) for speaker in living]
    return create_links(actor=actor, drafts=drafts, project_id=claim.project_id)


def _join_who(actor: Actor, made: Annotation, who: UUID, links: Sequence[Link]) -> list[Link]:
    if any(link.source_id == made.id and link.target_id == who for link in links):
        return []
    type_ = LinkType.SPEAKER if made.kind == Kind.QUOTE else LinkType.CLAIMANT
    return [create_link(actor=actor, draft=LinkDraft(type_, made.id, who), project_id=made.project_id)]


def _length(segments: Sequence[Sequence[int]]) -> int:
    return sum(end - start for start, end in segments)


def _remember_made(actor: Actor, article: Article, kind: StepKind, made: Sequence[Annotation | Link]) -> None:
    remember_step(actor, article, kind, [Change(record, None, standing_of(record)) for record in made])
