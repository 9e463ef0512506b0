from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from annotations.models import Event, Party
from annotations.queries.log import ROWS_PER_PAGE, LogFilter, LogKind, project_log
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import Reason, Verdict
from annotations.services.assignments import assign_article, release_article
from annotations.services.comments import add_comment
from annotations.services.guidelines import edit_guideline
from annotations.services.projects import change_role, remove_member
from annotations.services.registry import delete_party
from annotations.services.review import decide
from annotations.services.submission import submit_article
from annotations.views.log_words import LOG_KINDS, shown_event
from tests.factories import approve, make_article, submit, tag, verdict_on
from tests.views.conftest import SignIn
from tests.world import HOUSES, MAYOR, Case, World

PATH = "/p/northern-bridge/log/"


def sentences(world: World, **wanted: Any) -> list[str]:
    log = project_log(world.adi, world.project, LogFilter(**wanted))
    return [shown_event(entry).sentence for entry in log.entries]


def test_the_log_tells_what_happened_in_sentences(world: World, sign_in: SignIn):
    mention = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    add_comment(actor=world.rui, record=mention, text="Sure?")
    submit(world.ana, mention)
    decide(actor=world.rui, drafts=[verdict_on(mention, Verdict.REJECT, Reason.SPAN)])
    assign_article(actor=world.rui, article=world.article, username="ana")
    assign_article(actor=world.rui, article=world.article, username="rui")
    release_article(actor=world.rui, article=world.article, username="ana")
    change_role(actor=world.adi, project=world.project, username="vic", role=Role.ANALYST)
    remove_member(actor=world.adi, project=world.project, username="vic")
    edit_guideline(actor=world.adi, project=world.project, version=0, text="Ours.")
    delete_party(actor=world.adi, party=world.rebels, version=Party.objects.get(pk=world.rebels.pk).version)
    told = sentences(world)
    assert told[:11] == [
        "adi deleted a party",
        "adi put version 1 of the guideline in force",
        "adi took vic out of the project",
        "adi made vic Analyst",
        "rui released the article from ana",
        "rui took the article",
        "rui gave the article to ana",
        "rui rejected: Party",
        "ana handed in: Party",
        "rui commented on: Party",
        "ana made: Party",
    ]
    assert "adi added rui as Reviewer" in told
    assert told[-1] == "adi made the project"
    shown = sign_in(world.adi).get(PATH).text
    assert "rui rejected: Party" in shown
    assert f"/p/northern-bridge/review/?view=all&amp;annotation={mention.pk}#review-history" in shown


def test_what_was_handed_in_is_counted(world: World, case: Case):
    submit_article(actor=world.ana, article=world.article)
    assert sentences(world)[0] == "ana handed in 5 tags, 5 links"


def test_every_event_of_a_reviewed_case_has_a_sentence_of_ours(world: World, case: Case):
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    assert [sentence for sentence in sentences(world) if "." in sentence] == []


@pytest.mark.parametrize(("name", "status"), [("vic", 403), ("ana", 403), ("rui", 403), ("zoe", 404)])
def test_only_admins_read_it(world: World, sign_in: SignIn, name: str, status: int):
    assert sign_in(getattr(world, name)).get(PATH).status_code == status


def test_only_admins_are_led_to_it(world: World, sign_in: SignIn):
    assert PATH in sign_in(world.adi).get("/p/northern-bridge/articles/").text
    assert PATH not in sign_in(world.rui).get("/p/northern-bridge/articles/").text


def test_filters_narrow_it(world: World):
    tag(world.ana, world.article, Kind.PARTY, MAYOR)
    other = make_article(world.rui, world.project)
    tag(world.rui, other, Kind.CLAIM, "Text")
    assert sentences(world, person="ana") == ["ana made: Party"]
    assert sentences(world, kind=LogKind.TAGS) == ["rui made: Claim", "ana made: Party"]
    assert sentences(world, article=other.pk) == ["rui made: Claim", "rui added the article"]
    assert sentences(world, person="nobody") == []
    assert sentences(world, kind=LogKind.DECISIONS) == []


def test_every_event_is_of_exactly_one_kind(world: World, case: Case):
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    add_comment(actor=world.rui, record=case.claim, text="Good.")
    found = [project_log(world.adi, world.project, LogFilter(kind=kind)).entries for kind in LOG_KINDS]
    assert sum(map(len, found)) == Event.objects.filter(project=world.project).count()


def test_days_narrow_it(world: World):
    tag(world.ana, world.article, Kind.PARTY, MAYOR)
    today = datetime.now(UTC).date()
    assert sentences(world, kind=LogKind.TAGS, since=today, until=today) == ["ana made: Party"]
    assert sentences(world, since=today + timedelta(days=1)) == []
    assert sentences(world, until=today - timedelta(days=1)) == []


def test_pages_follow_each_other_without_gap(world: World):
    claim = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    for _ in range(ROWS_PER_PAGE):
        add_comment(actor=world.ana, record=claim, text="Again.")
    first = project_log(world.adi, world.project, LogFilter())
    second = project_log(world.adi, world.project, LogFilter(after=first.next_after))
    assert len(first.entries) == ROWS_PER_PAGE
    assert len(first.entries) + len(second.entries) == Event.objects.filter(project=world.project).count()
    assert second.next_after is None


def test_what_makes_no_sense_in_the_address_is_left_out(world: World, sign_in: SignIn):
    browser = sign_in(world.adi)
    assert browser.get(f"{PATH}?kind=x&since=soon&article=1&after=2").status_code == 200
    assert "Nothing matches these filters" in browser.get(f"{PATH}?person=nobody").text


def test_statements_do_not_grow_with_the_log(world: World, case: Case, django_assert_num_queries: Any):
    wanted = LogFilter(article=world.article.pk)
    with django_assert_num_queries(3):
        few = project_log(world.adi, world.project, wanted)
    submit(world.ana, *case.records)
    with django_assert_num_queries(3):
        assert len(project_log(world.adi, world.project, wanted).entries) > len(few.entries)
