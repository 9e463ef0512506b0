import re

import pytest

from annotations.models import Article, Outlet
from tests.factories import make_incident
from tests.views.conftest import SignIn
from tests.world import TEXT, World

PATH = "/p/northern-bridge/articles/new/"
FIELDS = {"title": "Road opens", "text": " It opened. \r\nAt noon.", "language": "en"}


def test_article_is_stored_and_opened(world: World, sign_in: SignIn):
    incident = make_incident(world.ana, world.project, "The road")
    sent = {
        **FIELDS,
        "outlet": world.outlet.id,
        "byline": "A reporter",
        "url": "https://example.org/road",
        "published": "2021-08-27",
        "incident": incident.id,
    }
    done = sign_in(world.ana).post(PATH, sent)
    article = Article.objects.get(title="Road opens")
    assert done.headers["Location"] == f"/p/northern-bridge/articles/{article.id}/"
    assert article.text == " It opened. \nAt noon."
    assert article.outlet == world.outlet
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2021-08-27T00:00:00+00:00"
    assert list(article.incidents.all()) == [incident]


def test_words_in_any_script_are_typed_from_their_own_side(world: World, sign_in: SignIn):
    page = sign_in(world.ana).get(PATH).text
    directions = dict(re.findall(r'<(?:input|textarea)[^>]* name="([a-z_]+)"[^>]* dir="([a-z]+)"', page))
    assert directions == {
        "title": "auto",
        "text": "auto",
        "language": "auto",
        "new_outlet": "auto",
        "byline": "auto",
        "url": "ltr",
    }


def test_new_outlet_is_made_with_the_article(world: World, sign_in: SignIn):
    sign_in(world.ana).post(PATH, {**FIELDS, "new_outlet": "Valley Wire"})
    assert Article.objects.get(title="Road opens").outlet == Outlet.objects.get(name="Valley Wire")


def test_typed_name_of_a_known_outlet_is_that_outlet(world: World, sign_in: SignIn):
    sign_in(world.ana).post(PATH, {**FIELDS, "new_outlet": "the daily bridge"})
    assert Article.objects.get(title="Road opens").outlet == world.outlet
    assert Outlet.objects.count() == 1


def test_same_text_leads_to_the_article_that_has_it(world: World, sign_in: SignIn):
    refused = sign_in(world.ana).post(PATH, {**FIELDS, "text": TEXT, "new_outlet": "Valley Wire"})
    assert refused.status_code == 409
    assert f"/p/northern-bridge/articles/{world.article.id}/" in refused.text
    assert not Outlet.objects.filter(name="Valley Wire").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "This field is required."),
        ("title", "Two\u2028lines", "No line breaks"),
        ("text", " \n ", "This may not be blank."),
        ("language", "not a language", "language"),
        ("url", "javascript:alert(1)", "starts with http:// or https://"),
        ("published", "yesterday", "Enter a valid date."),
        ("outlet", "01890000-0000-7000-8000-000000000000", "Select a valid choice."),
    ],
)
def test_refusal_stands_beside_its_field(world: World, sign_in: SignIn, field: str, value: str, sentence: str):
    refused = sign_in(world.ana).post(PATH, {**FIELDS, field: value})
    assert refused.status_code == 400
    assert sentence in str(refused.context["form"].errors[field])
    assert f'id="id_{field}_error"' in refused.text
    assert Article.objects.count() == 1


def test_two_outlets_are_one_too_many(world: World, sign_in: SignIn):
    refused = sign_in(world.ana).post(PATH, {**FIELDS, "outlet": world.outlet.id, "new_outlet": "Valley Wire"})
    assert "not both" in refused.text
    assert Article.objects.count() == 1


def test_viewer_may_not_add(world: World, sign_in: SignIn):
    assert sign_in(world.vic).get(PATH).status_code == 403
    assert sign_in(world.vic).post(PATH, FIELDS).status_code == 403
    assert Article.objects.count() == 1


def test_outsider_finds_no_form(world: World, sign_in: SignIn):
    assert sign_in(world.zoe).post(PATH, FIELDS).status_code == 404
