"""Stores a checked archive as it was: ids, versions, authors, decisions and times; one event per article."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from annotations.anchoring.intake import direction_of
from annotations.formats import document
from annotations.models import (
    Annotation,
    AnnotationVersion,
    Article,
    Decision,
    Import,
    Incident,
    IncidentArticle,
    Link,
    LinkVersion,
    Outlet,
    Party,
    PartyAlias,
)
from annotations.queries.access import Actor
from annotations.rules.chain import content_digest
from annotations.rules.review import State, Verdict
from annotations.services.articles import store_articles
from annotations.services.copying import copy_rows
from annotations.services.events import Happening, record_events
from annotations.services.records import content_of, refusals
from annotations.services.restore_checks import Archive, Reviewed

# What stands for the content of a version that the archive does not hold.
UNKNOWN_NOTE: Final = "The restored archive did not hold the content of this version."
_BATCH: Final = 500


def store_archive(*, actor: Actor, report: Import, archive: Archive, people: dict[str, UUID]) -> None:
    """Write all of an archive into the report's empty project, inside the caller's transaction."""
    _Store(actor, report, archive, people).write()


class _Store:
    def __init__(self, actor: Actor, report: Import, archive: Archive, people: dict[str, UUID]) -> None:
        self._actor, self._report, self._archive, self._people = actor, report, archive, people
        self._project_id = report.project_id
        self._now = timezone.now()
        # By article: what its event lists.
        self._told: defaultdict[str, dict[str, list[object]]] = defaultdict(
            lambda: {"annotations": [], "links": [], "decisions": []}
        )

    def write(self) -> None:
        self._registry()
        self._articles()
        annotations = [self._annotation(found) for found in self._archive.annotations.values()]
        links = [self._link(found) for found in self._archive.links.values()]
        with refusals():
            _copy(annotations)
            _copy([row for found in annotations for row in self._annotation_versions(found)])
            _copy(links)
            _copy([row for found in links for row in self._link_versions(found)])
            _copy([self._decision(found) for found in self._archive.decisions_in_order()])
            self._approve()
        record_events(actor=self._actor.user, project_id=self._project_id, happenings=self._happenings())

    # --- registry and articles ------------------------------------------------------------------------

    def _registry(self) -> None:
        archive, project = self._archive, self._project_id
        Party.objects.bulk_create([self._party(party) for party in archive.parties.values()], batch_size=_BATCH)
        aliases = [
            PartyAlias(
                project_id=project, party_id=UUID(party.id), text=alias.text, language=alias.language, position=position
            )
            for party in archive.parties.values()
            for position, alias in enumerate(party.aliases)
        ]
        PartyAlias.objects.bulk_create(aliases, batch_size=_BATCH)
        Outlet.objects.bulk_create([self._outlet(outlet) for outlet in archive.outlets.values()], batch_size=_BATCH)
        incidents = [
            Incident(
                id=UUID(incident.id),
                project_id=project,
                title=incident.title,
                place=incident.place,
                date_from=_date(incident.date_from),
                date_to=_date(incident.date_to),
            )
            for incident in archive.incidents.values()
        ]
        Incident.objects.bulk_create(incidents, batch_size=_BATCH)

    def _party(self, party: document.Party) -> Party:
        return Party(
            id=UUID(party.id),
            project_id=self._project_id,
            name=party.name,
            entity_type=party.entity_type,
            actor_type=party.actor_type or "",
            parent_id=_id(party.parent),
            external_ids=dict(party.external_ids),
        )

    def _outlet(self, outlet: document.Outlet) -> Outlet:
        return Outlet(
            id=UUID(outlet.id),
            project_id=self._project_id,
            name=outlet.name,
            domain=outlet.domain,
            country=outlet.country,
            kind=outlet.kind or "",
            scale=outlet.scale or "",
            party_id=_id(outlet.party),
        )

    def _articles(self) -> None:
        articles = [self._article(article) for article in self._archive.articles.values()]
        if articles:
            store_articles(articles)
        reports = [
            IncidentArticle(project_id=self._project_id, incident_id=UUID(incident), article_id=UUID(article.id))
            for article in self._archive.articles.values()
            for incident in dict.fromkeys(article.incidents)
        ]
        IncidentArticle.objects.bulk_create(reports, batch_size=_BATCH)

    def _article(self, article: document.Article) -> Article:
        retrieved_at = _time(article.retrieved_at) or self._now
        return Article(
            id=UUID(article.id),
            project_id=self._project_id,
            outlet_id=_id(article.outlet),
            title=article.title,
            byline=article.byline,
            url=article.url,
            published_at=_time(article.published_at),
            retrieved_at=retrieved_at,
            language=article.language,
            direction=article.direction or direction_of(article.language),
            text=article.text or "",
            sha256=article.sha256,
            length=article.length,
            collected_by=self._actor.user,
            supersedes_id=_id(article.supersedes),
            license=article.license,
            created_at=retrieved_at,
            updated_at=self._now,
        )

    # --- annotations, links, decisions ----------------------------------------------------------------

    def _annotation(self, annotation: document.Annotation) -> Annotation:
        return Annotation(
            article_id=UUID(annotation.article),
            kind=annotation.kind,
            segments=[[segment.start, segment.end] for segment in annotation.segments],
            exact=list(self._archive.exact[annotation.id]),
            parties=[UUID(party) for party in annotation.parties],
            **self._frame(annotation),
        )

    def _link(self, link: document.Link) -> Link:
        ends = self._archive.annotations
        return Link(
            type=link.link_type,
            source_id=UUID(link.source),
            target_id=UUID(link.target),
            source_article_id=UUID(ends[link.source].article),
            target_article_id=UUID(ends[link.target].article),
            **self._frame(link),
        )

    def _frame(self, record: Reviewed) -> dict[str, Any]:
        # An approval can only be stored where its decision is: _approve() adds it.
        state = State.SUBMITTED.value if record.state == State.APPROVED else record.state
        return {
            "id": UUID(record.id),
            "project_id": self._project_id,
            "attributes": dict(record.attributes),
            "note": record.note,
            "author_id": self._people[record.author or ""],
            "origin": dict(record.origin),
            "state": state,
            "version": record.version,
            "created_at": _time(record.created_at),
            "updated_at": _time(record.updated_at),
        }

    def _annotation_versions(self, row: Annotation) -> list[AnnotationVersion]:
        told = self._told[str(row.article_id)]["annotations"]
        return [
            AnnotationVersion(annotation_id=row.id, article_id=row.article_id, **version)
            for version in self._versions(row, told)
        ]

    def _link_versions(self, row: Link) -> list[LinkVersion]:
        told = self._told[str(row.source_article_id)]["links"]
        return [
            LinkVersion(link_id=row.id, article_id=row.source_article_id, **version)
            for version in self._versions(row, told)
        ]

    def _versions(self, row: Annotation | Link, told: list[object]) -> list[dict[str, Any]]:
        """Make the versions of a record; of earlier ones an archive knows that they were, not what they said."""
        content = content_of(row)
        unknown = content | {"note": UNKNOWN_NOTE}
        found: list[dict[str, Any]] = []
        for number in range(1, row.version + 1):
            said = content if number == row.version else unknown
            told.append([str(row.id), content_digest(said), number])
            at = row.created_at if number == 1 else row.updated_at
            frame = {"project_id": self._project_id, "number": number, "content": said, "at": at}
            found.append(frame | {"editor_id": row.author_id})
        return found

    def _decision(self, decision: document.Decision) -> Decision:
        link = self._archive.links.get(decision.record) if decision.of == "link" else None
        source = link.source if link else decision.record
        record: Reviewed = link or self._archive.annotations[decision.record]
        article = self._archive.annotations[source].article
        self._told[article]["decisions"].append(decision.id)
        return Decision(
            id=UUID(decision.id),
            project_id=self._project_id,
            article_id=UUID(article),
            annotation_id=None if link else UUID(decision.record),
            link_id=UUID(link.id) if link else None,
            version=decision.version,
            version_editor_id=self._people[record.author or ""],
            source_version=self._seen(link.source) if link else None,
            target_version=self._seen(link.target) if link else None,
            verdict=decision.verdict,
            reason=decision.reason or "",
            comment=decision.comment,
            reviewer_id=self._people[decision.reviewer or ""],
            at=datetime.fromisoformat(decision.at),
        )

    def _seen(self, end: str) -> int:
        """Tell which version of an end a decision on its link saw: the last approved one, else the present."""
        record = self._archive.annotations[end]
        in_force = self._archive.in_force(record)
        return max(
            (number for number, verdict in in_force.items() if verdict == Verdict.APPROVE), default=record.version
        )

    def _approve(self) -> None:
        """Set the approvals, now that the decisions they rest on are there."""
        approved = "SET state = 'approved', approved_version = version"
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE annotation {approved} WHERE id = ANY(%s::uuid[])",
                [self._approved(self._archive.annotations.values())],
            )
            cursor.execute(
                f"""UPDATE link {approved}, approved_source_version = seen.source_version,
                    approved_target_version = seen.target_version
                FROM (SELECT DISTINCT ON (link_id) link_id, source_version, target_version FROM decision
                    WHERE link_id = ANY(%(links)s::uuid[]) ORDER BY link_id, version DESC, at DESC, id DESC) AS seen
                WHERE link.id = seen.link_id""",  # noqa: S608 - a constant
                {"links": self._approved(self._archive.links.values())},
            )

    def _approved(self, records: Any) -> list[UUID]:
        return [UUID(record.id) for record in records if record.state == State.APPROVED]

    # --- events ---------------------------------------------------------------------------------------

    def _happenings(self) -> list[Happening]:
        """Make one event per article, which lists [id, digest of the content, number] of each version."""
        found = []
        for article in self._archive.articles.values():
            payload: dict[str, object] = {
                "import": str(self._report.id),
                "article": {"sha256": article.sha256, "length": article.length},
                **self._told.get(article.id, {}),
            }
            found.append(Happening("article.restored", UUID(article.id), "article", UUID(article.id), payload))
        registry = {
            "parties": list(self._archive.parties),
            "outlets": list(self._archive.outlets),
            "incidents": list(self._archive.incidents),
        }
        return [*found, Happening("project.restored", self._report.id, "import", None, registry)]


def _copy(rows: Sequence[Any]) -> None:
    if rows:
        copy_rows(rows)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _time(text: str | None) -> datetime | None:
    return None if text is None or text == "" else datetime.fromisoformat(text)


def _date(text: str | None) -> date | None:
    return None if text is None or text == "" else date.fromisoformat(text)
