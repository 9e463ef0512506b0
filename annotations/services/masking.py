"""Carry out a redaction: list every text that changes, let the database mask it, drop what told of the old words."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q

from annotations.anchoring.anchor import Segment
from annotations.anchoring.intake import text_digest
from annotations.anchoring.masking import find_words, inside, mask
from annotations.models import (
    Annotation,
    AnnotationVersion,
    Article,
    Decision,
    IdempotentAnswer,
    Import,
    Redaction,
    RedactionPlace,
    UndoStep,
)
from annotations.queries.redaction_sources import SOURCES, Found, Source, like_patterns
from annotations.services.articles import index_passages
from annotations.services.events import Happening
from annotations.services.release_masking import ReleaseMasking

_VERSIONED: Final = frozenset({"article", "outlet", "incident", "party", "project"})
_CHANGED: Final = frozenset({*_VERSIONED, "annotation", "link"})


class Masking:
    """What one redaction changes; made before its row, stored after it."""

    def __init__(self, article: Article, segments: Sequence[Segment], words: list[str], chosen: list[Found]) -> None:
        """Read every text concerned; annotations are locked, and the article is already."""
        self._article, self._segments, self._words, self._chosen = article, segments, words, chosen
        # What to tell of the releases that changed.
        self.releases: list[Happening] = []
        self._places = [
            _place("article", article.id, ("text",), segments),
            *self._exact_of_annotations(),
            *self._exact_of_versions(),
            *self._exact_of_proposals(),
            *(
                _place(one.source.table, one.record, one.path, one.segments, number=one.number, field=one.field)
                for one in chosen
            ),
        ]

    @property
    def articles(self) -> set[UUID]:
        """The articles whose records change."""
        return {one.article for one in self._chosen if one.article is not None}

    @property
    def touches_project(self) -> bool:
        """Whether something changes that belongs to no article."""
        return any(one.article is None for one in self._chosen)

    def counts(self) -> dict[str, int]:
        """Count the rows that change, by table."""
        rows = {(place.place_table, place.record, place.number) for place in self._places}
        return dict(Counter(table for table, _record, _number in rows))

    def store(self, redaction: Redaction) -> None:
        """Mask all texts, the article first: the guards compare annotations with it."""
        for place in self._places:
            place.redaction = redaction
        RedactionPlace.objects.bulk_create(self._places)
        tables = {place.place_table for place in self._places}
        for source in sorted(SOURCES, key=lambda source: source.table != "article"):
            if source.table in tables:
                self._mask_table(redaction, source)
        index_passages([self._article.id, *self.articles])
        self._mask_steps()
        self._mask_answers()
        self._mask_mappings()
        masking = ReleaseMasking(self._article, self._segments, self._words, self._chosen)
        self.releases = masking.store(redaction)

    def drop_payloads(self, redaction: Redaction) -> None:
        """Drop payloads and salts of the article's events, and of those that tell of other records masked."""
        with connection.cursor() as cursor:
            cursor.execute(
                """DELETE FROM event_payload p USING event e, event_chain c
                WHERE p.event_id = e.id AND c.id = e.chain_id AND e.project_id = %(project)s
                    AND p.content NOT LIKE %(own)s
                    AND (c.article_id = %(article)s OR EXISTS (
                        SELECT 1 FROM redaction_place q WHERE q.redaction_id = %(redaction)s
                            AND q.place_table IN ('annotation_version', 'link_version', 'guideline_version')
                            AND (q.record = e.subject OR p.content LIKE '%%' || q.record::text || '%%')))""",
                {
                    "project": redaction.project_id,
                    "article": redaction.article_id,
                    "redaction": redaction.id,
                    "own": f'%"redaction":"{redaction.id}"%',
                },
            )

    def _exact_of_annotations(self) -> Iterator[RedactionPlace]:
        held = Annotation.objects.select_for_update(of=("self",)).filter(article=self._article).order_by("id")
        for pk, segments, exact in held.values_list("id", "segments", "exact"):
            yield from self._exact_places("annotation", pk, ("exact",), segments, exact)

    def _exact_of_versions(self) -> Iterator[RedactionPlace]:
        rows = AnnotationVersion.objects.filter(article=self._article)
        for pk, number, content in rows.values_list("annotation_id", "number", "content"):
            for place in self._exact_places(
                "annotation_version", pk, ("content", "exact"), content["segments"], content["exact"]
            ):
                place.number = number
                yield place

    def _exact_of_proposals(self) -> Iterator[RedactionPlace]:
        rows = Decision.objects.filter(article=self._article, proposal__segments__isnull=False)
        for pk, proposal in rows.values_list("id", "proposal"):
            if proposal is None:
                continue
            yield from self._exact_places(
                "decision", pk, ("proposal", "exact"), proposal["segments"], proposal["exact"]
            )

    def _exact_places(
        self, table: str, pk: UUID, path: tuple[str, ...], segments: Sequence[Sequence[int]], exact: Sequence[str]
    ) -> Iterator[RedactionPlace]:
        for index, ((start, end), words) in enumerate(zip(segments, exact, strict=True)):
            cut = inside(Segment(start, end), self._segments)
            if cut and mask(words, cut) != words:
                yield _place(table, pk, (*path, str(index)), cut)

    def _mask_table(self, redaction: Redaction, source: Source) -> None:
        table, number = source.table, "t.number" if source.number != "0" else "0"
        columns = source.columns + {"article": ("text",), "annotation": ("exact",)}.get(table, ())
        names = ", ".join(f'"{column}"' for column in columns)
        masked = f"newsdesk_redacted('{table}', t.{source.key}, {number}, to_jsonb(t))"
        also = ", version = t.version + 1" if table in _VERSIONED else ""
        also += ", updated_at = now()" if table in _CHANGED else ""
        if table == "article":
            also += ", sha256 = CASE WHEN t.id = %(article)s THEN %(sha256)s ELSE t.sha256 END"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""UPDATE "{table}" t SET ({names}) = (
                    SELECT {names} FROM jsonb_populate_record(NULL::"{table}", {masked})){also}
                WHERE (t.{source.key}, {number}) IN (
                    SELECT record, number FROM redaction_place WHERE redaction_id = %(redaction)s
                        AND place_table = '{table}')""",  # noqa: S608 - names of ours
                {
                    "redaction": redaction.id,
                    "article": self._article.id,
                    "sha256": text_digest(mask(self._article.text, self._segments)),
                },
            )

    def _mask_steps(self) -> None:
        """Mask the steps that can be undone in the article, and the words in everybody's of the project."""
        steps = UndoStep.objects.filter(project_id=self._article.project_id)
        held = steps.filter(Q(article=self._article) | Q(pk__in=self._with_words("undo_step", "changes")))
        for step in held.select_for_update().order_by("id"):
            masked = self._masked(step.changes)
            if masked != step.changes:
                step.changes = masked
                step.save(update_fields=["changes"])

    def _mask_answers(self) -> None:
        """Mask stored answers; the digests of their requests go too, since they would confirm a guess."""
        ids = [str(self._article.id), *{str(p.record) for p in self._places if p.place_table == "annotation"}]
        about = Q(pk__in=self._with_words("idempotent_answer", "body"), body__contains=str(self._article.project_id))
        for pk in ids:
            about |= Q(body__contains=pk) | Q(path__contains=pk)
        for answer in IdempotentAnswer.objects.filter(about).select_for_update().order_by("id"):
            answer.body = self._masked_body(answer.body)
            answer.body_digest = secrets.token_hex(32)
            answer.save(update_fields=["body", "body_digest"])

    def _mask_mappings(self) -> None:
        """Mask the ids that imported files used."""
        found = Import.objects.filter(project_id=self._article.project_id, pk__in=self._with_words("import", "mapping"))
        for report in found.select_for_update().order_by("id"):
            report.mapping = self._masked(report.mapping)
            report.save(update_fields=["mapping"])

    def _with_words(self, table: str, column: str) -> list[UUID]:
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT id FROM "{table}" WHERE "{column}"::text ILIKE ANY (%s)',  # noqa: S608 - names of ours
                [like_patterns(self._words)],
            )
            return [pk for (pk,) in cursor.fetchall()]

    def _masked_body(self, body: str) -> str:
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError:
            return mask(body, find_words(body, self._words))
        return orjson.dumps(self._masked(content)).decode()

    def _masked(self, value: Any) -> Any:
        """Mask JSON: texts and exact words by their places, everything else by the words."""
        if isinstance(value, str):
            return mask(value, find_words(value, self._words))
        if isinstance(value, list):
            return [self._masked(held) for held in value]
        if not isinstance(value, dict):
            return value
        masked = {self._masked(name): self._masked(held) for name, held in value.items()}
        if value.get("id") == str(self._article.id) and value.get("text") == self._article.text:
            masked["text"] = mask(self._article.text, self._segments)
            masked["sha256"] = text_digest(masked["text"])
        if "segments" in value and "exact" in value:
            masked["exact"] = [*self._masked_exact(value["segments"], value["exact"])]
        return masked

    def _masked_exact(self, segments: Iterable[Sequence[int]], exact: Iterable[str]) -> Iterator[str]:
        for (start, end), words in zip(segments, exact, strict=True):
            is_ours = self._article.text[start:end] == words
            yield mask(words, inside(Segment(start, end), self._segments)) if is_ours else words


def _place(
    table: str, record: UUID, path: Sequence[str], segments: Iterable[Segment], *, number: int = 0, field: str = ""
) -> RedactionPlace:
    pairs = [[segment.start, segment.end] for segment in segments]
    return RedactionPlace(place_table=table, record=record, path=list(path), segments=pairs, number=number, field=field)
