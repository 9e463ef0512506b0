"""What the inbox says of each record that came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from annotations.anchoring.differences import Run, compare
from annotations.models import Annotation
from annotations.queries.access import Actor
from annotations.queries.inbox import InboxComment, InboxItem, Why
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.review import Reason
from annotations.views.content_forms import ContentForm
from annotations.views.labels import ATTRIBUTE_LABELS, KIND_LABELS, LINK_LABELS, REASON_LABELS, STATE_PILLS, Label, Pill
from annotations.views.record_words import ShownChange, value_words
from annotations.views.review_forms import value_of


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """What the reviewer would write instead; `words` is empty when the span stays."""

    decision: UUID
    words: tuple[Run, ...]
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True, slots=True)
class ShownInboxItem:
    """One record that came back. `form` is there for tags, to be fixed here; `query` opens it on the review page."""

    id: UUID
    value: str
    badge: str
    name: Label
    words: str
    target: str
    article: UUID
    article_title: str
    pill: Pill
    sentence: str
    comment: str
    at: datetime
    may_resubmit: bool
    is_rejected: bool
    is_by_guideline: bool
    focus: UUID
    query: str
    proposal: ShownProposal | None
    form: ContentForm | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class ShownInboxComment:
    """What somebody said."""

    who: str
    text: str
    at: datetime
    words: str
    article_title: str
    calls_me: bool
    query: str


def shown_item(
    actor: Actor, item: InboxItem, names: Mapping[str, str], kept: ContentForm | None = None
) -> ShownInboxItem:
    """Put one item into words; `names` are of parties, `kept` is its form as it was typed, when refused."""
    record = item.record
    is_back = item.why is not Why.WITHDRAWN
    is_tag = isinstance(record, Annotation)
    form = kept or (ContentForm(record, actor) if is_back and isinstance(record, Annotation) else None)
    return ShownInboxItem(
        id=record.pk,
        value=value_of(record),
        badge="link" if item.is_link else record.kind if isinstance(record, Annotation) else "",
        name=KIND_LABELS[record.kind] if isinstance(record, Annotation) else LINK_LABELS[record.type],
        words=item.words,
        target=item.target,
        article=record.article_id if isinstance(record, Annotation) else record.source_article_id,
        article_title=item.article_title,
        pill=STATE_PILLS[record.state],
        sentence=_sentence(item),
        comment=item.decision.comment if item.decision else "",
        at=item.at,
        may_resubmit=is_back,
        is_rejected=item.why is Why.REJECTED,
        is_by_guideline=item.decision is not None and item.decision.reason == Reason.GUIDELINE,
        focus=record.pk if isinstance(record, Annotation) else record.source_id,
        query=f"{'annotation' if is_tag else 'link'}={record.pk}",
        proposal=_proposal(item, names),
        form=form,
        is_open=kept is not None,
    )


def shown_comment(item: InboxComment) -> ShownInboxComment:
    """Put a comment into words."""
    comment = item.comment
    about = f"annotation={comment.annotation_id}" if comment.annotation_id else f"link={comment.link_id}"
    return ShownInboxComment(
        who=comment.author.username,
        text=comment.text or gettext("resolved the thread"),
        at=comment.at,
        words=item.words,
        article_title=item.article_title,
        calls_me=item.calls_me,
        query=about,
    )


def _sentence(item: InboxItem) -> str:
    words: dict[str, object] = {"who": item.who or gettext("Somebody")}
    if item.why is Why.WITHDRAWN:
        return gettext("%(who)s took this out") % words
    if item.decision is None:
        return str(STATE_PILLS[item.record.state].words)
    words["reason"] = REASON_LABELS.get(item.decision.reason, item.decision.reason)
    if item.why is Why.REJECTED:
        return gettext("%(who)s rejected it: %(reason)s") % words
    return gettext("%(who)s asks for changes: %(reason)s") % words


def _proposal(item: InboxItem, names: Mapping[str, str]) -> ShownProposal | None:
    record, decision = item.record, item.decision
    if decision is None or decision.proposal is None or not isinstance(record, Annotation):
        return None
    if item.why is not Why.RETURNED or decision.version != record.version:
        return None
    proposed = decision.proposal
    kind = Kind(proposed.get("kind", record.kind))
    changes = [ShownChange(gettext("Kind"), KIND_LABELS[record.kind], KIND_LABELS[kind])] if "kind" in proposed else []
    attributes = proposed.get("attributes")
    if attributes is not None:
        for name in dict.fromkeys([*record.attributes, *attributes]):
            before, after = record.attributes.get(name), attributes.get(name)
            if before != after:
                choices = ATTRIBUTES[kind][name].choices if name in ATTRIBUTES[kind] else ("?",)
                shown = (value_words(name, value, choices) for value in (before, after))
                changes.append(ShownChange(ATTRIBUTE_LABELS.get(name, name), *shown))
    if "parties" in proposed:
        before, after = (
            ", ".join(names.get(str(pk), "") for pk in ids) for ids in (record.parties, proposed["parties"])
        )
        changes.append(ShownChange(gettext("Parties"), before, after))
    has_words = "exact" in proposed
    runs = compare(" … ".join(record.exact), " … ".join(proposed["exact"])) if has_words else ()
    return ShownProposal(decision.pk, runs, tuple(changes))
