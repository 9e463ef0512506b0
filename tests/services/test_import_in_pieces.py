"""Imports hold only some lines in memory: whatever lies further apart is found all the same."""

import hashlib
import random

import pytest

from annotations.errors import Unprocessable
from annotations.models import Annotation, Article, Event, Link
from annotations.queries.doctor import Examination
from annotations.services import exchange
from annotations.services.exchange import OnError
from tests.factories import make_actor, make_project
from tests.services.import_lines import ARTICLE, CLAIM, DISPUTES, GOOD, HELD, PARTY, QUOTE, SAYS, SPEAKER, link, take

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana, name="Bridge")


@pytest.fixture(autouse=True)
def little_memory(monkeypatch):
    """Two lines at a time, and three ids remembered."""
    monkeypatch.setattr(exchange, "REMEMBERED", 3)
    monkeypatch.setattr(exchange, "_LINES_AT_ONCE", 2)


def articles(count):
    """Some articles with a claim each, and links from every claim to the first."""
    for number in range(count):
        text = f"Report {number}: they hold it."
        yield ARTICLE | {
            "id": f"r{number}",
            "text": text,
            "length": len(text),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        span = {"segments": [[len(text) - 14, len(text) - 1]], "exact": [text[-14:-1]]}
        yield HELD | {"id": f"c{number}", "article": f"r{number}"} | span
        if number:
            yield link(f"s{number}", "supports", f"c{number}", "c0")


@pytest.mark.parametrize("seed", range(3))
def test_lines_may_stand_in_any_order(ana, project, seed):
    lines = [PARTY, *articles(7), *GOOD[1:]]
    random.Random(seed).shuffle(lines)  # noqa: S311 - an order, no secret

    report = take(ana, project, *lines)

    assert (report.counts["article"], report.counts["annotation"], report.counts["link"]) == (8, 11, 8)
    assert set(report.mapping) == {line["id"] for line in lines}
    assert Link.objects.filter(target=report.mapping["c0"]).count() == 6
    assert not list(Examination(audit=True).findings())


def test_each_article_has_one_event_that_lists_everything(ana, project):
    lines = [PARTY, *articles(7), *GOOD[1:]]

    take(ana, project, *lines)

    told = Event.objects.filter(verb="article.imported").values_list("subject", flat=True)
    assert sorted(told) == sorted(Article.objects.values_list("pk", flat=True))


def test_id_that_stands_twice_far_apart_is_refused_at_the_later_line(ana, project):
    lines = [*articles(7), HELD | {"id": "c0", "article": "r6"}]

    with pytest.raises(Unprocessable) as refusal:
        take(ana, project, *lines)

    assert [(error.line, error.code) for error in refusal.value.errors] == [(len(lines) + 1, "duplicate_id")]
    assert not Article.objects.exists()


def test_repeat_far_from_the_first_is_counted_as_there(ana, project):
    lines = list(articles(7))

    report = take(ana, project, *lines, lines[1] | {"id": "again"}, link("k9", "supports", "c1", "c0"))

    assert report.mapping["again"] == report.mapping["c0"]
    assert report.mapping["k9"] == report.mapping["s1"]
    assert report.counts["already_there"] == 2
    assert (Annotation.objects.count(), Link.objects.count()) == (7, 6)


def test_second_quote_of_a_claim_far_from_the_first_is_told_by_its_line(ana, project):
    first, second = link("e1", "expresses", "q", "c"), link("e2", "expresses", "w", "c")
    wider = QUOTE | {"id": "w", "segments": [[0, 35]], "exact": ["“We hold the bridge,” the army said"]}
    lines = [ARTICLE, QUOTE, wider, HELD | {"attributes": CLAIM}, first, *articles(7), second]

    with pytest.raises(Unprocessable) as refusal:
        take(ana, project, *lines)

    assert [(error.line, error.code) for error in refusal.value.errors] == [(len(lines) + 1, "already_expressed")]


def test_link_to_a_refused_line_far_away_is_refused_too(ana, project):
    lines = [ARTICLE, QUOTE | {"exact": ["no"]}, *articles(7), PARTY, SPEAKER, SAYS]

    report = take(ana, project, *lines, on_error=OnError.SKIP)

    found = [(error["line"], error["code"]) for error in report.errors]
    assert found == [(3, "text_mismatch"), (len(lines) + 1, "not_found")]


def test_same_file_again_adds_nothing(ana, project):
    lines = [PARTY, *articles(7), *GOOD[1:]]
    first = take(ana, project, *lines)

    second = take(ana, project, *reversed(lines))

    assert second.counts["already_there"] == len(lines)
    assert second.mapping == first.mapping
    assert not Event.objects.filter(verb="article.imported", payload__content__contains=str(second.id)).exists()


def test_article_may_supersede_one_further_on(ana, project):
    first, *rest = articles(7)

    report = take(ana, project, first | {"supersedes": "r6"}, *rest)

    assert str(Article.objects.get(pk=report.mapping["r0"]).supersedes_id) == report.mapping["r6"]
    assert report.counts["supersedes_dropped"] == 0


def test_bad_last_line_leaves_nothing_of_the_pieces_before(ana, project):
    with pytest.raises(Unprocessable):
        take(ana, project, *articles(7), DISPUTES | {"source": "nobody"})
    assert not Annotation.objects.exists()
