"""Create many annotations or links in one transaction: all or nothing, every refusal told by its place in the list."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from annotations.errors import (
    AlreadyCued,
    AlreadyExpressed,
    Conflict,
    DuplicateAnnotation,
    DuplicateLink,
    FieldError,
    NewsdeskError,
    Unprocessable,
)
from annotations.models import Annotation, Article, Link, Party
from annotations.queries.access import Actor, require, visible_annotations
from annotations.rules.chain import content_digest
from annotations.rules.links import LinkType
from annotations.rules.permissions import Action
from annotations.services.annotations import AnnotationDraft, annotation_row, check_draft, check_kind
from annotations.services.events import Happening, record_events
from annotations.services.exchange_match import link_key, stored_links
from annotations.services.holding import happened
from annotations.services.links import LinkDraft, join_row
from annotations.services.records import content_of, insert_annotations, insert_links

# Texts are read together up to so many code points.
_CODE_POINTS_AT_ONCE = 4_000_000
Refusals = dict[int, NewsdeskError]


def create_annotations(*, actor: Actor, drafts: Sequence[tuple[Article, AnnotationDraft]]) -> list[Annotation]:
    """Store highlights as the actor's drafts; the articles come from the gate, their texts are read here.

    Raises: NotAllowed, Unprocessable with what create_annotation would refuse, by index.
    """
    for project in {article.project_id for article, _draft in drafts}:
        require(actor, Action.ANNOTATE, project)
    found: Refusals = {}
    for text, indexes in _by_text(drafts):
        for index in indexes:
            try:
                check_draft(text, drafts[index][1])
                check_kind(drafts[index][0].project_id, drafts[index][1].kind)
            except NewsdeskError as refusal:
                found[index] = refusal
    _check_parties(drafts, found)
    _refuse(found)
    rows = [annotation_row(actor, article, draft) for article, draft in drafts]
    try:
        with transaction.atomic():
            insert_annotations(rows, editor=actor.user)
            _record(actor, rows)
    except DuplicateAnnotation as refusal:
        _refuse(_repeats(rows))
        raise refusal from None
    return rows


def create_links(*, actor: Actor, drafts: Sequence[LinkDraft], project_id: UUID | None = None) -> list[Link]:
    """Store relations as the actor's drafts, judged in the order of the list; in one project where that is known.

    Raises: NotAllowed, Unprocessable with what create_link would refuse, by index.
    """
    try:
        with transaction.atomic():
            return _create_links(actor, drafts, project_id)
    except (DuplicateLink, AlreadyExpressed, AlreadyCued) as refusal:
        _refuse(_taken_places(drafts))
        raise refusal from None


def _create_links(actor: Actor, drafts: Sequence[LinkDraft], project_id: UUID | None) -> list[Link]:
    wanted = {end for draft in drafts for end in (draft.source, draft.target)}
    held = visible_annotations(actor, project_id).filter(pk__in=wanted).select_for_update(of=("self",)).order_by("id")
    ends = {annotation.id: annotation for annotation in held}
    for project in {annotation.project_id for annotation in ends.values()}:
        require(actor, Action.ANNOTATE, project)
    found: Refusals = {}
    links: list[Link] = []
    turned: list[Happening] = []
    for index, draft in enumerate(drafts):
        try:
            link, happenings = join_row(actor, draft, ends)
        except NewsdeskError as refusal:
            found[index] = refusal
        else:
            links.append(link)
            turned += happenings
    _refuse(found)
    insert_links(links, editor=actor.user)
    _record(actor, links, turned, {annotation.id: annotation.project_id for annotation in ends.values()})
    return links


def _by_text(drafts: Sequence[tuple[Article, AnnotationDraft]]) -> Iterator[tuple[str, list[int]]]:
    """Give each article's text with the places of its drafts; only some texts are held at a time."""
    places: defaultdict[UUID, list[int]] = defaultdict(list)
    lengths: dict[UUID, int] = {}
    for index, (article, _draft) in enumerate(drafts):
        places[article.id].append(index)
        lengths[article.id] = article.length
    waiting = list(places)
    while waiting:
        size = 0
        group: list[UUID] = []
        while waiting and (not group or size + lengths[waiting[0]] <= _CODE_POINTS_AT_ONCE):
            size += lengths[waiting[0]]
            group.append(waiting.pop(0))
        for pk, text in Article.objects.filter(pk__in=group).values_list("pk", "text"):
            yield text, places[pk]


def _check_parties(drafts: Sequence[tuple[Article, AnnotationDraft]], found: Refusals) -> None:
    named = {party for _article, draft in drafts for party in draft.parties}
    if not named:
        return
    homes: Mapping[UUID, UUID] = dict(Party.objects.filter(pk__in=named).values_list("pk", "project_id"))
    for index, (article, draft) in enumerate(drafts):
        if any(homes.get(party) != article.project_id for party in draft.parties):
            detail = "One of these parties is not in this project."
            found.setdefault(index, Unprocessable(errors=[FieldError("parties", "not_found", detail)]))


def _record(
    actor: Actor,
    records: Sequence[Annotation] | Sequence[Link],
    turned: Sequence[Happening] = (),
    homes: Mapping[UUID, UUID] | None = None,
) -> None:
    """Write one event per record, and those of the claims that links turned."""
    by_project: defaultdict[UUID, list[Happening]] = defaultdict(list)
    for record in records:
        event = happened(record, "created", content=content_digest(content_of(record)))
        by_project[record.project_id].append(event)
    for event in turned:
        by_project[(homes or {})[event.subject]].append(event)
    for project, happenings in by_project.items():
        record_events(actor=actor.user, project_id=project, happenings=happenings)


def _repeats(rows: Sequence[Annotation]) -> Refusals:
    """Find which rows repeat a living record of their author, or an earlier one of the list."""
    seen: dict[tuple[object, ...], UUID] = {}
    living = Annotation.objects.living().filter(
        author_id=rows[0].author_id, article__in={row.article_id for row in rows}
    )
    for annotation in living.filter(kind__in={row.kind for row in rows}).defer("exact", "note"):
        seen[_key(annotation)] = annotation.id
    found: Refusals = {}
    for index, row in enumerate(rows):
        if _key(row) in seen:
            found[index] = DuplicateAnnotation(seen[_key(row)])
        else:
            seen[_key(row)] = row.id
    return found


def _key(row: Annotation) -> tuple[object, ...]:
    segments = tuple((start, end) for start, end in row.segments)
    told = (row.attributes.get("paraphrase", ""), row.origin.get("annotator", ""))
    return (row.article_id, str(row.kind), segments, *told)


def _taken_places(drafts: Sequence[LinkDraft]) -> Refusals:
    """Find which drafts want a place that a living link has, or an earlier draft of the list."""
    stored = stored_links({str(end) for draft in drafts for end in (draft.source, draft.target)})
    found: Refusals = {}
    for index, draft in enumerate(drafts):
        source, target = str(draft.source), str(draft.target)
        key = link_key(draft.type, source, target)
        refusal: Conflict | None = None
        if key in stored.by_key:
            refusal = DuplicateLink(stored.by_key[key] or None)
        elif draft.type is LinkType.EXPRESSES and target in stored.quoted:
            refusal = AlreadyExpressed()
        elif draft.type is LinkType.CUED_BY and source in stored.cued:
            refusal = AlreadyCued()
        if refusal is not None:
            found[index] = refusal
            continue
        stored.by_key[key] = ""
        if draft.type is LinkType.EXPRESSES:
            stored.quoted.add(target)
        elif draft.type is LinkType.CUED_BY:
            stored.cued.add(source)
    return found


def _refuse(found: Refusals) -> None:
    """Refuse the list for what was found. Raises: Unprocessable with the code of the first refusal."""
    if not found:
        return
    errors = [error for index, refusal in sorted(found.items()) for error in _placed(index, refusal)]
    raise Unprocessable(code=errors[0].code, errors=errors)


def _placed(index: int, refusal: NewsdeskError) -> Iterator[FieldError]:
    """Tell a refusal by the item's place; a place within the item goes into the field."""
    existing = refusal.extras.get("existing")
    for error in refusal.errors or (FieldError("", refusal.code, refusal.detail),):
        field = error.field if error.index is None else f"{error.field}[{error.index}]"
        record = error.record or (str(existing) if existing else None)
        yield replace(error, field=field, index=index, record=record)
