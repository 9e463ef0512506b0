import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import Reason, Verdict
from annotations.services.review import decide
from tests.factories import approve, make_article, make_member, make_outlet, submit, tag, verdict_on
from tests.views.conftest import SignIn
from tests.world import ARMY, Case, World, make_case, make_world

PATH = "/p/northern-bridge/articles/"


def test_list_shows_title_outlet_language_and_tags(world: World, case: Case, sign_in: SignIn):
    shown = sign_in(world.vic).get(PATH).text
    assert "Both sides claim the bridge" in shown
    assert "The Daily Bridge" in shown
    assert '<rect class="quote" x="2" width="1" height="1" />' in shown
    assert "In progress" in shown


def test_outsider_finds_nothing(world: World, sign_in: SignIn):
    assert sign_in(world.zoe).get(PATH).status_code == 404
    assert sign_in(world.zoe).get("/p/no-such-project/articles/").status_code == 404


def test_anonymous_visitor_signs_in_first(world: World, client: Client):
    assert client.get(PATH).headers["Location"] == "/login/?next=%2Fp%2Fnorthern-bridge%2Farticles%2F"


def test_state_follows_the_records(world: World, case: Case, sign_in: SignIn):
    browser = sign_in(world.ana)
    submit(world.ana, *case.records)
    assert "In review" in browser.get(PATH).text
    decide(actor=world.rui, drafts=[verdict_on(case.denier, Verdict.REQUEST_CHANGES, Reason.SPAN)])
    assert "Changes asked" in browser.get(PATH).text
    submit(world.ana, case.denier)
    approve(world.rui, *case.records)
    assert "10 of 10 submitted · 10 approved" in browser.get(PATH).text


def test_article_without_tags_is_not_started(world: World, sign_in: SignIn):
    assert "Not started" in sign_in(world.ana).get(PATH).text


def test_search_finds_words_of_title_and_text(world: World, sign_in: SignIn):
    make_article(world.ana, world.project, "A governor spoke.", title="Road opens")
    browser = sign_in(world.ana)
    by_title = browser.get(PATH, {"search": "road op"}).text
    by_text = browser.get(PATH, {"search": "governor"}).text
    assert "Road opens" in by_title
    assert "Road opens" in by_text
    assert "Both sides claim the bridge" not in by_text
    assert "No article matches these filters" in browser.get(PATH, {"search": "submarine"}).text


def test_list_is_narrowed_by_outlet_and_language(world: World, sign_in: SignIn):
    outlet = make_outlet(world.ana, world.project, "Valley Wire")
    make_article(world.ana, world.project, title="Titre", language="fr", outlet=outlet.id)
    browser = sign_in(world.ana)
    assert "Both sides" not in browser.get(PATH, {"outlet": str(outlet.id)}).text
    assert "Both sides" not in browser.get(PATH, {"language": "fr"}).text


@pytest.mark.parametrize("query", ["outlet=x", "after=x", "search=%00", "language=" + "x" * 99])
def test_senseless_filters_show_the_whole_list(world: World, sign_in: SignIn, query: str):
    shown = sign_in(world.ana).get(f"{PATH}?{query}")
    assert shown.status_code == 200
    assert "Both sides claim the bridge" in shown.text


def test_pages_hold_every_article_once(world: World, sign_in: SignIn):
    titles = [make_article(world.ana, world.project, title=f"Piece <{number}>").title for number in range(60)]
    browser = sign_in(world.ana)
    first = browser.get(PATH)
    second = browser.get(f"{PATH}?{first.context['pages']['next_query']}")
    seen = [row.article.title for page in (first, second) for row, _pill in page.context["rows"]]
    assert seen == [*reversed(titles), "Both sides claim the bridge"]
    assert "Piece &lt;59&gt;" in first.text
    assert 'rel="next"' not in second.text


def test_number_of_statements_does_not_grow(
    world: World, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
):
    browser = sign_in(world.ana)
    browser.get(PATH)
    with django_assert_num_queries(10):
        browser.get(PATH)
    for _ in range(5):
        article = make_article(world.ana, world.project)
        tag(world.ana, article, Kind.PARTY, "Text")
    with django_assert_num_queries(10):
        browser.get(PATH)


def test_analyst_of_a_blind_project_counts_only_own_tags(db: None, sign_in: SignIn):
    world = make_world(visibility="blind")
    make_member(world.adi, world.project, world.zoe, Role.ANALYST)
    make_case(world)
    tag(world.zoe, world.article, Kind.PARTY, ARMY)
    shown = sign_in(world.zoe).get(PATH)
    row, _pill = shown.context["rows"][0]
    assert (row.tags, row.open, row.people) == (1, 1, ("zoe",))


def test_viewer_of_a_blind_project_counts_the_approved_set(db: None, sign_in: SignIn):
    world = make_world(visibility="blind")
    case = make_case(world)
    submit(world.ana, case.speaker)
    approve(world.rui, case.speaker)
    row, pill = sign_in(world.vic).get(PATH).context["rows"][0]
    assert (row.tags, row.approved, pill.tone) == (1, 1, "ok")


def test_only_analysts_are_offered_to_add(world: World, sign_in: SignIn):
    assert "Add article" in sign_in(world.ana).get(PATH).text
    assert "Add article" not in sign_in(world.vic).get(PATH).text
