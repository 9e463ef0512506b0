"""Stores what an import planned: registry, articles, annotations and links in bulk, then one event per article."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from annotations.anchoring.intake import direction_of
from annotations.formats import document
from annotations.models import (
    Annotation,
    Article,
    Import,
    Incident,
    IncidentArticle,
    Link,
    Outlet,
    Party,
    PartyAlias,
    Project,
)
from annotations.queries.access import Actor
from annotations.rules.chain import content_digest
from annotations.rules.review import State
from annotations.services.articles import store_articles
from annotations.services.events import Happening, record_events
from annotations.services.exchange_plan import NewAnnotation, NewLink, Plan
from annotations.services.records import content_of, insert_annotations, insert_links

_BATCH = 500


def store_plan(*, actor: Actor, project: Project, plan: Plan, report: Import) -> None:
    """Write everything that is new, inside the caller's transaction; the importer is its author, in draft.

    Raises: what insert_annotations and insert_links do when somebody was faster.
    """
    _Store(actor, project, plan, report).write()


class _Store:
    def __init__(self, actor: Actor, project: Project, plan: Plan, report: Import) -> None:
        self._actor, self._project, self._plan, self._report = actor, project, plan, report
        self._mapping = plan.mapping
        self._now = timezone.now()

    def write(self) -> None:
        self._write_registry()
        self._write_articles()
        annotations = [self._annotation(new) for new in self._plan.annotations]
        insert_annotations(annotations, editor=self._actor.user)
        links = [self._link(new) for new in self._plan.links]
        insert_links(links, editor=self._actor.user)
        happenings = self._article_events(annotations, links) + self._project_events()
        record_events(actor=self._actor.user, project_id=self._project.id, happenings=happenings)

    # --- rows -----------------------------------------------------------------------------------------

    def _write_registry(self) -> None:
        Party.objects.bulk_create([self._party(party) for party in self._plan.parties], batch_size=_BATCH)
        aliases = [
            PartyAlias(
                project=self._project,
                party_id=self._mapping[party.id],
                text=alias.text,
                language=alias.language,
                position=position,
            )
            for party in self._plan.parties
            for position, alias in enumerate(party.aliases)
        ]
        PartyAlias.objects.bulk_create(aliases, batch_size=_BATCH)
        Outlet.objects.bulk_create([self._outlet(outlet) for outlet in self._plan.outlets], batch_size=_BATCH)
        incidents = [self._incident(incident) for incident in self._plan.incidents]
        Incident.objects.bulk_create(incidents, batch_size=_BATCH)

    def _write_articles(self) -> None:
        articles = [self._article(article) for article in self._plan.articles]
        if articles:
            store_articles(articles)
        reports = [
            IncidentArticle(project=self._project, incident_id=incident, article_id=article)
            for incident, article in sorted(self._plan.reports)
        ]
        IncidentArticle.objects.bulk_create(reports, batch_size=_BATCH, ignore_conflicts=True)

    def _party(self, party: document.Party) -> Party:
        return Party(
            id=self._mapping[party.id],
            project=self._project,
            name=party.name,
            entity_type=party.entity_type,
            actor_type=party.actor_type or "",
            parent_id=self._mapping[party.parent] if party.parent is not None else None,
            external_ids=dict(party.external_ids),
        )

    def _outlet(self, outlet: document.Outlet) -> Outlet:
        return Outlet(
            id=self._mapping[outlet.id],
            project=self._project,
            name=outlet.name,
            domain=outlet.domain,
            country=outlet.country,
            kind=outlet.kind or "",
            scale=outlet.scale or "",
            party_id=self._mapping[outlet.party] if outlet.party is not None else None,
        )

    def _incident(self, incident: document.Incident) -> Incident:
        return Incident(
            id=self._mapping[incident.id],
            project=self._project,
            title=incident.title,
            place=incident.place,
            date_from=_date(incident.date_from),
            date_to=_date(incident.date_to),
        )

    def _article(self, article: document.Article) -> Article:
        text = article.text or ""
        return Article(
            id=self._mapping[article.id],
            project=self._project,
            outlet_id=self._mapping[article.outlet] if article.outlet is not None else None,
            title=article.title,
            byline=article.byline,
            url=article.url,
            published_at=_time(article.published_at),
            retrieved_at=_time(article.retrieved_at) or self._now,
            language=article.language,
            direction=article.direction or direction_of(article.language),
            text=text,
            sha256=article.sha256,
            length=len(text),
            collected_by=self._actor.user,
            supersedes_id=self._supersedes(article),
            license=article.license,
            created_at=self._now,
            updated_at=self._now,
        )

    def _supersedes(self, article: document.Article) -> UUID | None:
        earlier = self._mapping.get(article.supersedes) if article.supersedes is not None else None
        return None if earlier == self._mapping[article.id] else earlier

    def _annotation(self, new: NewAnnotation) -> Annotation:
        record = new.record
        return Annotation(
            id=new.id,
            project_id=self._project.id,
            article_id=new.article,
            kind=new.kind.value,
            segments=[[segment.start, segment.end] for segment in record.segments],
            exact=list(new.exact),
            attributes=record.attributes,
            parties=list(new.parties),
            note=record.note,
            author_id=self._actor.user.id,
            origin=new.origin,
            state=State.DRAFT.value,
            created_at=self._now,
            updated_at=self._now,
        )

    def _link(self, new: NewLink) -> Link:
        return Link(
            id=new.id,
            project_id=self._project.id,
            type=new.type.value,
            source_id=new.source.id,
            target_id=new.target.id,
            source_article_id=new.source.article,
            target_article_id=new.target.article,
            attributes=new.record.attributes,
            note=new.record.note,
            author_id=self._actor.user.id,
            origin=new.origin,
            state=State.DRAFT.value,
            created_at=self._now,
            updated_at=self._now,
        )

    # --- events ---------------------------------------------------------------------------------------

    def _article_events(self, annotations: list[Annotation], links: list[Link]) -> list[Happening]:
        """Make one event per article; its payload lists [id, digest of the content] of each record."""
        by_article: defaultdict[UUID, dict[str, object]] = defaultdict(dict)
        told: defaultdict[UUID, dict[str, list[list[str]]]] = defaultdict(lambda: {"annotations": [], "links": []})
        for article in self._plan.articles:
            known = {"sha256": article.sha256, "length": article.length}
            by_article[self._mapping[article.id]]["article"] = known
        for annotation in annotations:
            digest = content_digest(content_of(annotation))
            told[annotation.article_id]["annotations"].append([str(annotation.id), digest])
        for link in links:
            told[link.source_article_id]["links"].append([str(link.id), content_digest(content_of(link))])
        for article_id, lists in told.items():
            by_article[article_id].update(lists)
        return [
            Happening("article.imported", article, "article", article, {"import": str(self._report.id), **payload})
            for article, payload in by_article.items()
        ]

    def _project_events(self) -> list[Happening]:
        registry: dict[str, Sequence[document.Party | document.Outlet | document.Incident]] = {
            "parties": self._plan.parties,
            "outlets": self._plan.outlets,
            "incidents": self._plan.incidents,
        }
        payload = {
            "format": self._report.format,
            **{name: [str(self._mapping[record.id]) for record in records] for name, records in registry.items()},
        }
        return [Happening("import.done", self._report.id, "import", None, payload)]


def _time(text: str | None) -> datetime | None:
    return None if text is None or text == "" else datetime.fromisoformat(text)


def _date(text: str | None) -> date | None:
    return None if text is None or text == "" else date.fromisoformat(text)
