"""Add articles and change their metadata; a stored text never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotations.anchoring.intake import Cleaned, clean, direction_of, is_language_tag, text_digest
from annotations.errors import DuplicateArticle, FieldError, Immutable, InvalidFields
from annotations.models import Article, Incident, IncidentArticle, Outlet, Project
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.rules.texts import url_errors
from annotations.services.events import Happening, open_chains, record_events
from annotations.services.fields import (
    Check,
    References,
    anything,
    check_fields,
    check_references,
    hold,
    needed_line,
    optional_line,
    store_changes,
)

MAX_TEXT: Final = 5_000_000
# A tsvector holds at most 1 MiB, so long texts are indexed in stretches of this many code points.
PASSAGE: Final = 100_000
INSERT_PASSAGES: Final = """
INSERT INTO article_passage (id, project_id, article_id, number, words)
SELECT gen_random_uuid(), project_id, id, n, to_tsvector('simple',
    CASE WHEN n = 0 THEN title || ' ' ELSE '' END || substr(text, n * %(size)s + 1, %(size)s))
FROM article, generate_series(0, (length - 1) / %(size)s) AS n
WHERE id = ANY(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A page to be stored as evidence; `text` as it came, cleaned once at intake."""

    title: str
    text: str
    language: str
    outlet: UUID | None = None
    url: str = ""
    byline: str = ""
    published_at: datetime | None = None
    incidents: tuple[UUID, ...] = ()
    license: str = ""
    supersedes: UUID | None = None


def create_article(*, actor: Actor, project: Project, draft: ArticleDraft) -> Article:
    """Clean, hash and store a text.

    Raises: NotAllowed, InvalidFields, DuplicateArticle.
    """
    require(actor, Action.EDIT_REGISTRY, project.id)
    cleaned = clean_article(draft)
    references: References = {
        "outlet": (Outlet, [draft.outlet]),
        "supersedes": (Article, [draft.supersedes]),
        "incidents": (Incident, draft.incidents),
    }
    check_references(project.id, references)
    article = article_row(actor, project, draft, cleaned)
    try:
        with transaction.atomic():
            store_articles([article])
            join_incidents(article, draft.incidents)
            payload = {"sha256": article.sha256, "length": article.length}
            happening = Happening("article.created", article.id, "article", article.id, payload)
            record_events(actor=actor.user, project_id=project.id, happenings=[happening])
    except IntegrityError as refusal:
        existing = Article.objects.filter(project=project, sha256=article.sha256).values_list("pk", flat=True).first()
        if existing is None:
            raise
        raise DuplicateArticle(existing) from refusal
    return article


def edit_article(*, actor: Actor, article: Article, version: int, changes: Mapping[str, object]) -> Article:
    """Change metadata. Raises: NotAllowed, Immutable (text), Stale, InvalidFields."""
    require(actor, Action.EDIT_REGISTRY, article.project_id)
    if "text" in changes:
        raise Immutable
    columns = {f"{name}_id" if name == "outlet" else name: value for name, value in changes.items()}
    incidents = columns.pop("incidents", None)
    with transaction.atomic():
        held = hold(Article, article.id, version)
        check_fields({k: v for k, v in changes.items() if k != "incidents"}, METADATA)
        references: References = {"outlet": (Outlet, [changes.get("outlet")]), "incidents": (Incident, _ids(incidents))}
        check_references(held.project_id, references)
        if "language" in changes:
            columns["direction"] = direction_of(str(changes["language"]))
        moved = incidents is not None and _replace_incidents(held, _ids(incidents))
        changed = store_changes(held, columns, also_changed=moved)
        if "title" in changed:
            index_passages([held.id])
        if changed or moved:
            names = sorted([*changed, *(["incidents"] if moved else [])])
            happening = Happening("article.edited", held.id, "article", held.id, {"fields": names})
            record_events(actor=actor.user, project_id=held.project_id, happenings=[happening])
    return held


def clean_article(draft: ArticleDraft) -> Cleaned:
    """Check a draft and clean its text. Raises: InvalidFields."""
    fields = {name: getattr(draft, name) for name in METADATA if name not in {"outlet", "published_at"}}
    check_fields(fields, METADATA)
    cleaned = clean(draft.text)
    if not cleaned.text.strip():
        raise InvalidFields([FieldError("text", "blank", "An article needs a text.")])
    if len(cleaned.text) > MAX_TEXT:
        raise InvalidFields([FieldError("text", "too_long", f"At most {MAX_TEXT} characters.")])
    return cleaned


def article_row(actor: Actor, project: Project, draft: ArticleDraft, cleaned: Cleaned) -> Article:
    """Make the row of a checked draft."""
    now = timezone.now()
    return Article(
        project=project,
        outlet_id=draft.outlet,
        title=draft.title,
        byline=draft.byline,
        url=draft.url,
        published_at=draft.published_at,
        retrieved_at=now,
        language=draft.language,
        direction=direction_of(draft.language),
        text=cleaned.text,
        sha256=text_digest(cleaned.text),
        length=len(cleaned.text),
        cleaned=[{"what": change.what, "count": change.count} for change in cleaned.changes],
        collected_by=actor.user,
        supersedes_id=draft.supersedes,
        license=draft.license,
        created_at=now,
        updated_at=now,
    )


def store_articles(articles: list[Article]) -> None:
    """Insert articles of one project with their event chains and searchable passages."""
    Article.objects.bulk_create(articles, batch_size=200)
    open_chains(project_id=articles[0].project_id, articles=[article.id for article in articles])
    index_passages([article.id for article in articles])


def index_passages(articles: Sequence[UUID]) -> None:
    """Write the searchable words of stored articles, in place of any that are there."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM article_passage WHERE article_id = ANY(%s::uuid[])", [list(articles)])
        cursor.execute(INSERT_PASSAGES, {"size": PASSAGE, "ids": list(articles)})


def join_incidents(article: Article, incidents: tuple[UUID, ...]) -> None:
    """Say which incidents an article reports."""
    rows = [IncidentArticle(project_id=article.project_id, incident_id=pk, article=article) for pk in set(incidents)]
    IncidentArticle.objects.bulk_create(rows)


def _replace_incidents(article: Article, incidents: list[UUID]) -> bool:
    present = IncidentArticle.objects.filter(article=article)
    had = set(present.values_list("incident_id", flat=True))
    if had == set(incidents):
        return False
    present.exclude(incident_id__in=incidents).delete()
    join_incidents(article, tuple(set(incidents) - had))
    return True


def _ids(value: object) -> list[UUID]:
    return [pk for pk in value if isinstance(pk, UUID)] if isinstance(value, list | tuple) else []


def _language(field: str, value: object) -> list[FieldError]:
    if isinstance(value, str) and len(value) <= 35 and is_language_tag(value):
        return []
    return [FieldError(field, "invalid", "A language is a tag such as en, ar or fa-AF.")]


METADATA: Final[Mapping[str, Check]] = {
    "title": needed_line,
    "byline": optional_line,
    "license": optional_line,
    "url": url_errors,
    "language": _language,
    "outlet": anything,
    "published_at": anything,
}
