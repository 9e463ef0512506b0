import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from annotations.models import Article, Assignment, Event
from annotations.queries.access import Actor
from annotations.queries.article_list import ArticleFilter, Stage, article_list
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import Reason, Verdict
from annotations.services.assignments import assign_article, release_article, take_next_article
from annotations.services.review import decide
from tests.factories import approve, make_actor, make_article, make_member, submit, tag, verdict_on
from tests.views.conftest import SignIn
from tests.world import MAYOR, World, make_world

PATH = "/p/northern-bridge/articles/"


def desk(article: Article) -> str:
    return f"{PATH}{article.pk}/"


def who_has(article: Article) -> list[str]:
    return list(Assignment.objects.filter(article=article, ended_at=None).values_list("assignee__username", flat=True))


def test_an_analyst_takes_an_article_and_gives_it_back(world: World, sign_in: SignIn):
    browser = sign_in(world.ana)
    browser.post(f"{desk(world.article)}assignments/")
    assert who_has(world.article) == ["ana"]
    assert "You have taken" in browser.get(PATH).text
    browser.post(f"{desk(world.article)}assignments/end/")
    assert who_has(world.article) == []
    told = Event.objects.filter(subject=world.article.pk, verb__in=["article.assigned", "article.released"])
    assert told.count() == 2


def test_a_reviewer_gives_an_article_with_a_day(world: World, sign_in: SignIn):
    sign_in(world.rui).post(f"{desk(world.article)}assignments/", {"assignee": "ana", "due": "2020-05-01"})
    given = Assignment.objects.get()
    assert (given.assignee, given.given_by, given.due) == (world.ana.user, world.rui.user, date(2020, 5, 1))
    assert 'class="tiny num late"' in sign_in(world.ana).get(PATH).text


def test_another_day_moves_the_day(world: World):
    for day in (1, 1, 2):
        assign_article(actor=world.rui, article=world.article, username="ana", due=date(2030, 5, day))
    assert [row.due for row in Assignment.objects.filter(ended_at=None)] == [date(2030, 5, 2)]
    assert Assignment.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("ana", {"assignee": "rui"}, 403),
        ("vic", {}, 403),
        ("zoe", {}, 404),
        ("rui", {"assignee": "vic"}, 400),
        ("rui", {"assignee": "nobody"}, 400),
        ("rui", {"assignee": "ana", "due": "soon"}, 400),
    ],
)
def test_giving_is_refused(world: World, sign_in: SignIn, name: str, fields: dict[str, str], status: int):
    answer = sign_in(getattr(world, name)).post(f"{desk(world.article)}assignments/", fields)
    assert answer.status_code == status
    assert not Assignment.objects.exists()


def test_an_analyst_does_not_take_from_another(world: World, sign_in: SignIn):
    assign_article(actor=world.rui, article=world.article, username="rui")
    assert sign_in(world.ana).post(f"{desk(world.article)}assignments/end/", {"assignee": "rui"}).status_code == 403
    assert sign_in(world.ana).post(f"{desk(world.article)}assignments/end/").status_code == 404
    assert who_has(world.article) == ["rui"]


def test_next_article_is_one_s_own_by_its_day_then_a_free_one(world: World):
    second, third = (make_article(world.adi, world.project) for _ in range(2))
    assign_article(actor=world.rui, article=third, username="ana", due=date(2030, 1, 1))
    assign_article(actor=world.rui, article=second, username="ana")
    assert take_next_article(actor=world.ana, project=world.project) == third
    submit(world.ana, tag(world.ana, third, Kind.PARTY, "Text"))
    assert take_next_article(actor=world.ana, project=world.project) == second
    submit(world.ana, tag(world.ana, second, Kind.PARTY, "Text"))
    assert take_next_article(actor=world.ana, project=world.project) == world.article
    assert who_has(world.article) == ["ana"]


def test_what_came_back_is_next_again(world: World):
    mention = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    submit(world.ana, mention)
    assign_article(actor=world.ana, article=world.article, username="ana")
    decide(actor=world.rui, drafts=[verdict_on(mention, Verdict.REQUEST_CHANGES, Reason.SPAN)])
    make_article(world.adi, world.project)
    assert take_next_article(actor=world.ana, project=world.project) == world.article


def test_when_nothing_is_left_the_list_says_so(world: World, sign_in: SignIn):
    assign_article(actor=world.rui, article=world.article, username="rui")
    shown = sign_in(world.ana).post(f"{PATH}next/", follow=True)
    assert "Nothing is left to take" in shown.text


def test_next_article_opens_the_workbench(world: World, sign_in: SignIn):
    assert sign_in(world.ana).post(f"{PATH}next/").headers["Location"] == desk(world.article)
    assert sign_in(world.vic).post(f"{PATH}next/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_two_articles():
    world = make_world()
    make_member(world.adi, world.project, world.zoe, Role.ANALYST)
    for _ in range(2):
        make_article(world.adi, world.project)
    barrier = threading.Barrier(2)
    taken: dict[str, Any] = {}

    def ask(actor: Actor) -> None:
        barrier.wait()
        taken[actor.user.username] = take_next_article(actor=Actor(actor.user), project=world.project)
        connection.close()

    threads = [threading.Thread(target=ask, args=(actor,)) for actor in (world.ana, world.zoe)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({article.pk for article in taken.values()}) == 2


@pytest.mark.parametrize("stage", list(Stage))
def test_list_by_stage_shows_what_the_rows_say(world: World, stage: Stage):
    _one_article_of_each_stage(world)
    everything = article_list(world.ana, world.project, ArticleFilter()).rows
    narrowed = article_list(world.ana, world.project, ArticleFilter(stage=stage)).rows
    assert [row.article.pk for row in narrowed] == [row.article.pk for row in everything if row.stage is stage]
    assert narrowed


def _one_article_of_each_stage(world: World) -> None:
    for stage in (Stage.IN_PROGRESS, Stage.IN_REVIEW, Stage.CHANGES_ASKED, Stage.APPROVED):
        mention = tag(world.ana, make_article(world.adi, world.project), Kind.PARTY, "Text")
        if stage is not Stage.IN_PROGRESS:
            submit(world.ana, mention)
        if stage is Stage.CHANGES_ASKED:
            decide(actor=world.rui, drafts=[verdict_on(mention, Verdict.REQUEST_CHANGES, Reason.SPAN)])
        if stage is Stage.APPROVED:
            approve(world.rui, mention)


def test_mine_shows_what_one_has(world: World, sign_in: SignIn):
    other = make_article(world.adi, world.project, title="Another one")
    assign_article(actor=world.ana, article=other, username="ana")
    shown = sign_in(world.ana).get(PATH, {"mine": "1"})
    assert [row.article for row, _pill in shown.context["rows"]] == [other]


def test_in_a_blind_project_nobody_sees_who_else_has_an_article(db: None, sign_in: SignIn):
    world = make_world(visibility="blind")
    bea = make_actor("bea")
    make_member(world.adi, world.project, bea, Role.ANALYST)
    assign_article(actor=world.rui, article=world.article, username="bea")
    assert "bea" not in sign_in(world.ana).get(PATH).text
    release_article(actor=bea, article=world.article, username="bea")
    assert who_has(world.article) == []
