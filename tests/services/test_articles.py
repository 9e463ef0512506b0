"""Articles are stored as evidence: cleaned once, then fixed."""

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction

from annotations.errors import DuplicateArticle, Immutable, InvalidFields, NotAllowed, NotFound, Stale
from annotations.models import Article, ArticlePassage, Event, IncidentArticle
from annotations.services.articles import ArticleDraft, create_article, edit_article
from tests.factories import an_id, make_article, make_incident, make_outlet, make_project
from tests.world import World


def test_a_text_is_cleaned_hashed_and_kept_with_what_was_changed(world: World) -> None:
    article = make_article(world.ana, world.project, "\ufeffOne\r\ntwo\x07 ", language="ar")
    assert article.text == "One\ntwo  "
    assert article.sha256 == hashlib.sha256(article.text.encode()).hexdigest()
    assert (article.length, article.direction, article.collected_by) == (9, "rtl", world.ana.user)
    assert {change["what"]: change["count"] for change in article.cleaned}["line_ends"] == 1
    assert Event.objects.get(subject=article.id).verb == "article.created"


def test_a_long_text_is_searchable_in_stretches(world: World) -> None:
    article = make_article(world.ana, world.project, "word " * 25_000)
    assert ArticlePassage.objects.filter(article=article).count() == 2


def test_an_article_names_outlet_incidents_and_what_it_supersedes(world: World) -> None:
    incident = make_incident(world.ana, world.project)
    article = make_article(
        world.ana, world.project, outlet=world.outlet.id, incidents=(incident.id,), supersedes=world.article.id
    )
    assert (article.outlet_id, article.supersedes_id) == (world.outlet.id, world.article.id)
    assert IncidentArticle.objects.get(article=article).incident == incident


def test_the_same_text_twice_is_refused_with_the_first(world: World) -> None:
    with pytest.raises(DuplicateArticle) as refusal:
        make_article(world.ana, world.project, world.article.text)
    assert refusal.value.extras == {"existing": str(world.article.id)}


def test_another_project_may_have_the_same_text(world: World) -> None:
    assert make_article(world.zoe, make_project(world.zoe), world.article.text).sha256 == world.article.sha256


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "T", "text": " \n"},
        {"title": "T", "language": "english please"},
        {"title": "T", "url": "javascript:alert(1)"},
        {"title": "T", "outlet": an_id()},
        {"title": "T", "supersedes": an_id()},
        {"title": "T", "incidents": (an_id(),)},
        {"title": "T", "text": "x" * 5_000_001},
    ],
)
def test_wrong_fields_are_refused(world: World, fields: dict[str, object]) -> None:
    values: dict[str, object] = {"text": "Some text.", "language": "en", **fields}
    with pytest.raises(InvalidFields):
        create_article(actor=world.ana, project=world.project, draft=ArticleDraft(**values))  # type: ignore[arg-type]
    assert Article.objects.count() == 1


def test_an_outlet_of_another_project_is_not_there(world: World) -> None:
    foreign = make_outlet(world.zoe, make_project(world.zoe))
    with pytest.raises(InvalidFields):
        make_article(world.ana, world.project, outlet=foreign.id)
    with pytest.raises(InvalidFields):
        edit_article(actor=world.ana, article=world.article, version=1, changes={"outlet": foreign.id})


def test_viewers_and_outsiders_may_not(world: World) -> None:
    with pytest.raises(NotAllowed):
        make_article(world.vic, world.project)
    with pytest.raises(NotFound):
        make_article(world.zoe, world.project)
    with pytest.raises(NotAllowed):
        edit_article(actor=world.vic, article=world.article, version=1, changes={"title": "N"})


def test_metadata_can_be_changed(world: World) -> None:
    incident = make_incident(world.ana, world.project)
    changed = edit_article(
        actor=world.ana,
        article=world.article,
        version=1,
        changes={"title": "New", "language": "fa", "outlet": None, "incidents": [incident.id]},
    )
    stored = Article.objects.get(pk=world.article.pk)
    assert (changed.version, stored.title, stored.direction, stored.outlet_id) == (2, "New", "rtl", None)
    assert list(IncidentArticle.objects.values_list("incident", flat=True)) == [incident.id]


def test_a_change_that_changes_nothing_keeps_the_version(world: World) -> None:
    kept = edit_article(
        actor=world.ana, article=world.article, version=1, changes={"title": world.article.title, "incidents": []}
    )
    assert kept.version == 1


def test_the_text_never_changes(world: World) -> None:
    with pytest.raises(Immutable):
        edit_article(actor=world.ana, article=world.article, version=1, changes={"text": "Other."})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE article SET text = 'Other.' WHERE id = %s", [world.article.id])


def test_another_version_than_the_one_seen_is_refused(world: World) -> None:
    with pytest.raises(Stale):
        edit_article(actor=world.ana, article=world.article, version=2, changes={"title": "Late"})
