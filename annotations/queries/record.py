"""One record as a reviewer looks at it: in its text, with its links, its history and what goes with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import blocks_touched, split_blocks
from annotations.models import Annotation, AnnotationVersion, Article, Link, LinkVersion
from annotations.queries.access import (
    Actor,
    get_article_for,
    visible_annotations,
    visible_articles,
    visible_decisions,
    visible_links,
    visible_parties,
)
from annotations.queries.bundles import Bundle, bundle_of
from annotations.queries.comments import Thread, about, seen_of, thread_of
from annotations.queries.comparison import Comparison, comparison_of
from annotations.queries.workbench import TextBlock, touched_text
from annotations.rules.permissions import Action
from annotations.rules.review import HIDDEN, State

_FIELDS = ("kind", "segments", "attributes", "parties", "note")


@dataclass(frozen=True, slots=True)
class Relation:
    """A link of the record seen from it; for a link itself, one of its two ends (`link` is then None)."""

    type: str
    is_outgoing: bool
    link: UUID | None
    link_state: str
    other: UUID
    kind: str
    words: str
    state: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A version or a decision. `changed` names fields; `verdict` is empty for a version."""

    at: datetime
    who: str
    version: int
    changed: tuple[str, ...] = ()
    verdict: str = ""
    reason: str = ""
    comment: str = ""
    proposal: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ReviewedRecord:
    """All that one needs to decide. `comparison` is with the version last decided on or seen."""

    record: Annotation | Link
    is_link: bool
    label: str
    words: tuple[str, ...]
    comparison: Comparison | None
    parties: tuple[str, ...]
    author: str
    article: Article
    blocks: tuple[TextBlock, ...]
    focus: frozenset[str]
    linked: frozenset[str]
    relations: tuple[Relation, ...]
    history: tuple[Happened, ...]
    thread: Thread
    bundle: Bundle
    is_barred: bool
    may_decide: bool

    @property
    def is_open(self) -> bool:
        """Whether a verdict is possible: it waits, or it is approved and may be revoked."""
        return self.record.state in {State.SUBMITTED, State.APPROVED}


def reviewed_annotation(actor: Actor, annotation: Annotation) -> ReviewedRecord:
    """Read an annotation, which the gate has let through, with its surroundings."""
    article = get_article_for(actor, annotation.article_id)
    relations = tuple(_relations(actor, annotation))
    past = _past(actor, annotation)
    bundle = bundle_of(actor, annotation)
    parties = visible_parties(actor, annotation.project_id).filter(pk__in=annotation.parties)
    names = parties.order_by("name").values_list("name", flat=True) if annotation.parties else ()
    return ReviewedRecord(
        record=annotation,
        is_link=False,
        label=annotation.kind,
        words=tuple(annotation.exact),
        comparison=past.comparison,
        parties=tuple(names),
        author=_name(annotation),
        article=article,
        blocks=_context(actor, article, annotation.segments),
        focus=frozenset({str(annotation.id)}),
        linked=frozenset(str(relation.other) for relation in relations),
        relations=relations,
        history=past.history,
        thread=past.thread,
        bundle=bundle,
        is_barred=bundle.items[0].is_barred,
        may_decide=actor.may(Action.DECIDE, annotation.project_id),
    )


def reviewed_link(actor: Actor, link: Link) -> ReviewedRecord:
    """Read a link, which the gate has let through, with both of its ends."""
    article = get_article_for(actor, link.source_article_id)
    ends = {end.id: end for end in visible_annotations(actor).filter(pk__in=[link.source_id, link.target_id])}
    titles = _titles(actor, article.id, ends.values())
    relations = tuple(
        _end(link, ends[pk], titles, is_outgoing=pk == link.target_id)
        for pk in (link.source_id, link.target_id)
        if pk in ends
    )
    past = _past(actor, link)
    bundle = bundle_of(actor, link)
    shown = [segment for end in ends.values() if end.article_id == article.id for segment in end.segments]
    return ReviewedRecord(
        record=link,
        is_link=True,
        label=link.type,
        words=(),
        comparison=past.comparison,
        parties=(),
        author=_name(link),
        article=article,
        blocks=_context(actor, article, shown),
        focus=frozenset({str(link.source_id)}),
        linked=frozenset({str(link.target_id)}),
        relations=relations,
        history=past.history,
        thread=past.thread,
        bundle=bundle,
        is_barred=bundle.items[0].is_barred,
        may_decide=actor.may(Action.DECIDE, link.project_id),
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """Versions, decisions and comments of a record, shaped in one go."""

    comparison: Comparison | None
    history: tuple[Happened, ...]
    thread: Thread


def _past(actor: Actor, record: Annotation | Link) -> _Past:
    """Read what happened to a record. Four statements; two more when its links changed."""
    is_link = isinstance(record, Link)
    rows = (
        LinkVersion.objects.filter(link=record.pk)
        if is_link
        else AnnotationVersion.objects.filter(annotation=record.pk)
    )
    versions = list(rows.order_by("number").values_list("number", "content", "editor__username", "at"))
    decisions = visible_decisions(actor, record.project_id).filter(about(record)).order_by("at", "id")
    decided = list(decisions.values_list("at", "reviewer__username", *_DECIDED))
    seen = seen_of(actor, record)
    contents = {number: content for number, content, _editor, _at in versions}
    told = [(at, number, verdict) for at, _who, number, verdict, *_rest in decided]
    return _Past(
        comparison=comparison_of(actor, record, contents, told, seen),
        history=tuple(_history(versions, decided)),
        thread=thread_of(actor, record, seen.at if seen else None),
    )


def _context(actor: Actor, article: Article, segments: Iterable[Sequence[int]]) -> tuple[TextBlock, ...]:
    """Give the blocks that hold the segments, and the one before the first of them."""
    wanted = [Segment(start, end) for start, end in segments]
    blocks = split_blocks(article.text)
    touched = blocks_touched(blocks, wanted)
    if touched:
        first = blocks.index(touched[0])
        wanted += [Segment(block.start, block.end) for block in blocks[max(first - 1, 0) : first]]
    return touched_text(actor, article, wanted).blocks


def _relations(actor: Actor, annotation: Annotation) -> Iterable[Relation]:
    links = list(
        visible_links(actor, annotation.project_id)
        .exclude(state__in=HIDDEN)
        .filter(Q(source=annotation) | Q(target=annotation))
        .order_by("id")
    )
    others = {link.target_id if link.source_id == annotation.id else link.source_id for link in links}
    ends = {end.id: end for end in visible_annotations(actor, annotation.project_id).filter(pk__in=others)}
    titles = _titles(actor, annotation.article_id, ends.values())
    for link in links:
        is_outgoing = link.source_id == annotation.id
        end = ends.get(link.target_id if is_outgoing else link.source_id)
        if end is not None:
            yield Relation(
                type=link.type,
                is_outgoing=is_outgoing,
                link=link.id,
                link_state=link.state,
                other=end.id,
                kind=end.kind,
                words=" … ".join(end.exact),
                state=end.state,
                elsewhere=titles.get(end.article_id, ""),
            )


def _end(link: Link, end: Annotation, titles: Mapping[UUID, str], *, is_outgoing: bool) -> Relation:
    return Relation(
        type=link.type,
        is_outgoing=is_outgoing,
        link=None,
        link_state=link.state,
        other=end.id,
        kind=end.kind,
        words=" … ".join(end.exact),
        state=end.state,
        elsewhere=titles.get(end.article_id, ""),
    )


def _titles(actor: Actor, here: UUID, ends: Iterable[Annotation]) -> dict[UUID, str]:
    """Give the titles of other articles that ends lie in."""
    elsewhere = {end.article_id for end in ends} - {here}
    return dict(visible_articles(actor).filter(pk__in=elsewhere).values_list("id", "title")) if elsewhere else {}


_VersionRow = tuple[int, dict[str, object], str, datetime]
_DECIDED: Final = ("version", "verdict", "reason", "comment", "proposal")


def _history(versions: Sequence[_VersionRow], decided: Sequence[tuple[Any, ...]]) -> list[Happened]:
    """List versions and decisions, the latest first."""
    told: list[Happened] = []
    previous: dict[str, object] = {}
    for number, content, editor, at in versions:
        changed = tuple(name for name in _FIELDS if name in content and content[name] != previous.get(name))
        told.append(Happened(at, editor, number, changed if previous else ()))
        previous = content
    for at, reviewer, number, verdict, reason, comment, proposal in decided:
        told.append(Happened(at, reviewer, number, (), verdict, reason, comment, proposal))
    return sorted(told, key=lambda happened: happened.at, reverse=True)


def _name(record: Annotation | Link) -> str:
    return record.author.username if record.author else ""
