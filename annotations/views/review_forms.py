"""What the review page takes: where in the queue somebody is, verdicts, selections."""

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext

from annotations.errors import InvalidInput
from annotations.models import Annotation, Link
from annotations.queries.review import QueueCursor, QueueFilter, QueueView
from annotations.rules.kinds import TOPICS, Kind
from annotations.rules.links import LinkType
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import AnnotationChange
from annotations.services.review import DecisionDraft
from annotations.views.writing import WriteForm

MAX_RECORDS: Final = 200
AGES: Final = (1, 3, 7, 30)
_TOGETHER: Final = "approve_together"
_RECORD: Final = re.compile(
    r"^(annotation|link):([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):([1-9][0-9]{0,8})\Z"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A record and its version, as the forms write them."""

    is_link: bool
    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue somebody is: which part of it, after which row, and on which record."""

    wanted: QueueFilter
    after: QueueCursor | None = None
    annotation: UUID | None = None
    link: UUID | None = None

    @property
    def filters(self) -> dict[str, str]:
        """The filters as an address and forms write them."""
        wanted = self.wanted
        written = {
            "view": str(wanted.view),
            "article": str(wanted.article or ""),
            "kind": wanted.label,
            "author": wanted.author,
            "topic": wanted.topic,
            "outlet": str(wanted.outlet or ""),
            "age": str(wanted.days or ""),
        }
        return {name: value for name, value in written.items() if value}

    @property
    def query(self) -> str:
        """The address of the page of the queue, without a record."""
        return urlencode({**self.filters, **({"after": str(self.after)} if self.after else {})})

    @property
    def full_query(self) -> str:
        """The address with the record."""
        record = {"annotation": self.annotation} if self.annotation else {"link": self.link} if self.link else {}
        return "&".join(part for part in (self.query, urlencode(record)) if part)

    def on(self, *, is_link: bool, pk: UUID) -> "Place":
        """Answer the same page of the queue, on another record."""
        return replace(self, annotation=None if is_link else pk, link=pk if is_link else None)


class PlaceForm(forms.Form):
    """The address of the review page; what makes no sense is left out."""

    view = forms.ChoiceField(required=False, choices=[(view.value, view.value) for view in QueueView])
    article = forms.UUIDField(required=False)
    kind = forms.ChoiceField(required=False, choices=[(name, name) for name in (*Kind, *LinkType)])
    author = forms.CharField(required=False, max_length=150)
    topic = forms.ChoiceField(required=False, choices=[(topic, topic) for topic in TOPICS])
    outlet = forms.UUIDField(required=False)
    age = forms.ChoiceField(required=False, choices=[(str(days), str(days)) for days in AGES])
    after = forms.CharField(required=False, max_length=120)
    annotation = forms.UUIDField(required=False)
    link = forms.UUIDField(required=False)

    def place(self, default: QueueView) -> Place:
        """Give what is usable of the address."""
        self.is_valid()
        clean = self.cleaned_data
        wanted = QueueFilter(
            view=QueueView(clean.get("view") or default),
            article=clean.get("article"),
            label=clean.get("kind") or "",
            author=clean.get("author") or "",
            topic=clean.get("topic") or "",
            outlet=clean.get("outlet"),
            days=int(clean.get("age") or 0),
        )
        after = QueueCursor.read(clean.get("after") or "")
        return Place(wanted, after, clean.get("annotation"), None if clean.get("annotation") else clean.get("link"))


class DecisionForm(WriteForm):
    """A verdict on one record, or the approval of several; records are written as kind:id:version."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in (*Verdict, _TOGETHER)])
    record = forms.RegexField(_RECORD)
    reason = forms.ChoiceField(required=False, choices=[(reason.value, reason.value) for reason in Reason])
    comment = forms.CharField(required=False, strip=False)

    @property
    def asks_for_changes(self) -> bool:
        """Whether the verdict may carry a proposal."""
        return self.is_valid() and self.cleaned_data["verdict"] == Verdict.REQUEST_CHANGES

    def require(self) -> None:
        """Refuse what cannot be read. Raises: InvalidInput."""
        if not self.is_valid():
            raise InvalidInput(gettext("This decision cannot be read; load the page again."), field="record")

    def drafts(self, others: list[str], proposal: AnnotationChange | None = None) -> list[DecisionDraft]:
        """Give what the service takes; the record itself comes first. Raises: InvalidInput."""
        self.require()
        if len(others) > MAX_RECORDS:
            raise InvalidInput(gettext("Select at most %(count)d records.") % {"count": MAX_RECORDS}, field="record")
        clean = self.cleaned_data
        is_together = clean["verdict"] == _TOGETHER
        verdict = Verdict.APPROVE if is_together else Verdict(clean["verdict"])
        reason = Reason(clean["reason"]) if clean["reason"] and verdict is not Verdict.APPROVE else None
        written = [clean["record"], *(others if is_together else [])]
        return [
            DecisionDraft(
                annotation=None if named.is_link else named.id,
                link=named.id if named.is_link else None,
                version=named.version,
                verdict=verdict,
                reason=reason,
                comment=clean["comment"].replace("\r\n", "\n"),
                proposal=proposal if verdict is Verdict.REQUEST_CHANGES else None,
            )
            for named in dict.fromkeys(map(read_named, written))
        ]


def read_named(written: str) -> Named:
    """Read a record as forms write it. Raises: InvalidInput."""
    found = _RECORD.fullmatch(written)
    if found is None:
        raise InvalidInput(gettext("This record cannot be read; load the page again."), field="record")
    return Named(found[1] == "link", UUID(found[2]), int(found[3]))


def value_of(record: Annotation | Link) -> str:
    """Write a record and its version as the forms post them."""
    return f"{'link' if isinstance(record, Link) else 'annotation'}:{record.id}:{record.version}"


def read_selection(written: list[str]) -> list[Named]:
    """Read the records that were ticked, each once. Raises: InvalidInput."""
    if not written or len(written) > MAX_RECORDS:
        detail = gettext("Select between 1 and %(count)d records.") % {"count": MAX_RECORDS}
        raise InvalidInput(detail, field="record")
    return list(dict.fromkeys(map(read_named, written)))


def initial_of(place: Place) -> dict[str, Any]:
    """Give the filters' fields as they stand."""
    return {**dict.fromkeys(("article", "kind", "author", "topic", "outlet", "age"), ""), **place.filters}
