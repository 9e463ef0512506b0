"""The panel of the tag in focus: attributes, span, and what each of them refuses."""

import pytest
from django.test import Client

from annotations.models import Annotation
from annotations.rules.kinds import Kind
from tests.factories import tag
from tests.views.conftest import SignIn
from tests.world import CLAIM, DENIAL, QUOTE, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    return f"/p/{world.project.slug}/articles/{world.article.id}/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


@pytest.fixture
def claim(world: World) -> Annotation:
    return tag(world.ana, world.article, Kind.CLAIM, CLAIM)


def change(found: Annotation, name: str, **values: str) -> dict[str, str]:
    return {"annotation": str(found.id), "version": str(found.version), "name": name, **values}


def test_the_panel_shows_a_field_for_each_attribute(ana: Client, claim: Annotation, desk: str):
    panel = ana.get(f"{desk}panel/", {"focus": str(claim.id)}).text
    for name in ("voice", "act", "topic", "commitment", "paraphrase", "quantity", "place", "event_date"):
        assert f'id="annotation-attribute-{name}"' in panel
    assert '<option value="assert" selected>' in panel


def test_a_mention_has_only_its_form(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, "The mayor")
    panel = ana.get(f"{desk}panel/", {"focus": str(mention.id)}).text
    assert 'id="annotation-attribute-mention_form"' in panel
    assert 'id="annotation-attribute-act"' not in panel


@pytest.mark.parametrize(
    ("name", "values", "stored"),
    [
        ("act", {"value": "accuse"}, "accuse"),
        ("topic", {"value": "casualties"}, "casualties"),
        ("paraphrase", {"value": " The army\r\nholds it. "}, "The army\nholds it."),
        ("quantity", {"low": "2", "high": "3.5", "unit": "houses"}, {"low": 2, "high": 3.5, "unit": "houses"}),
        ("quantity", {"low": "1 200"}, {"low": 1200, "high": None}),
        ("place", {"value": "Bazarak"}, "Bazarak"),
        ("event_date", {"value": "2021-09"}, "2021-09"),
    ],
)
def test_an_attribute_is_kept(
    ana: Client, claim: Annotation, desk: str, name: str, values: dict[str, str], stored: object
):
    answer = ana.post(f"{desk}annotations/attributes/", change(claim, name, **values), headers=HTMX)
    assert answer.status_code == 200
    assert 'id="annotation-panel"' in answer.text
    claim.refresh_from_db()
    assert (claim.attributes[name], claim.attributes["voice"], claim.version) == (stored, "attributed", 2)


@pytest.mark.parametrize("name", ["topic", "quantity"])
def test_an_empty_attribute_is_left_out(ana: Client, world: World, desk: str, name: str):
    found = tag(world.ana, world.article, Kind.CLAIM, DENIAL, attributes={"topic": "other", "quantity": {"low": 1}})
    ana.post(f"{desk}annotations/attributes/", change(found, name, value="", low="", high="", unit=""))
    found.refresh_from_db()
    assert name not in found.attributes


def test_a_speaker_is_unknown_and_known_again(ana: Client, world: World, desk: str):
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    ana.post(f"{desk}annotations/attributes/", change(quote, "speaker_unknown", value="true"))
    quote.refresh_from_db()
    assert quote.attributes["speaker_unknown"] is True
    ana.post(f"{desk}annotations/attributes/", change(quote, "speaker_unknown"))
    quote.refresh_from_db()
    assert "speaker_unknown" not in quote.attributes


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("event_date", {"value": "last week"}, "A date is YYYY, YYYY-MM or YYYY-MM-DD."),
        ("act", {"value": "shout"}, "Choose one of the list."),
        ("quantity", {"low": "many"}, "This must be a number or null."),
        ("quantity", {"low": "3", "high": "2"}, "low may not be above high."),
        ("quantity", {"unit": "houses"}, "This is needed."),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(
    ana: Client, claim: Annotation, desk: str, name: str, values: dict[str, str], words: str
):
    answer = ana.post(f"{desk}annotations/attributes/", change(claim, name, **values), headers=HTMX)
    assert answer.status_code == 400
    assert answer["HX-Retarget"] == answer["HX-Reselect"] == f"#annotation-attribute-{name}"
    assert f'id="annotation-attribute-{name}-error">{words}' in answer.text
    for value in values.values():
        assert value in answer.text or name == "act"
    claim.refresh_from_db()
    assert claim.version == 1


def test_without_htmx_a_wrong_value_is_a_page(ana: Client, claim: Annotation, desk: str):
    answer = ana.post(f"{desk}annotations/attributes/", change(claim, "event_date", value="last week"))
    assert answer.status_code == 400
    assert "A date is YYYY, YYYY-MM or YYYY-MM-DD." in answer.text


def test_an_attribute_of_another_kind_is_refused(ana: Client, claim: Annotation, desk: str):
    answer = ana.post(f"{desk}annotations/attributes/", change(claim, "quote_type", value="direct"), headers=HTMX)
    assert answer.status_code == 400
    assert 'class="alert' in answer.text


def test_an_attribute_of_an_older_version_is_refused(ana: Client, claim: Annotation, desk: str):
    form = change(claim, "act", value="accuse") | {"version": "9"}
    assert ana.post(f"{desk}annotations/attributes/", form, headers=HTMX).status_code == 412


def test_others_attributes_are_read_only(world: World, sign_in: SignIn, claim: Annotation, desk: str):
    rui = sign_in(world.rui)
    assert "annotation-attribute-act" not in rui.get(f"{desk}panel/", {"focus": str(claim.id)}).text
    form = change(claim, "act", value="accuse")
    assert rui.post(f"{desk}annotations/attributes/", form, headers=HTMX).status_code == 403


def test_a_span_is_changed_by_selecting(ana: Client, world: World, claim: Annotation, desk: str):
    start = world.article.text.index("northern bridge")
    form = {
        "annotation": str(claim.id),
        "version": "1",
        "segments": f"[[{start}, {start + 15}]]",
        "exact": '["northern bridge"]',
    }
    assert ana.post(f"{desk}annotations/span/", form, headers=HTMX).status_code == 200
    claim.refresh_from_db()
    assert (claim.exact, claim.segments) == (["northern bridge"], [[start, start + 15]])


def test_a_span_is_changed_by_quoting(ana: Client, claim: Annotation, desk: str):
    form = {"annotation": str(claim.id), "version": "1", "words": "the northern bridge", "occurrence": "1"}
    ana.post(f"{desk}annotations/span/", form)
    claim.refresh_from_db()
    assert claim.exact == ["the northern bridge"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"segments": "[[0, 4]]", "exact": '["else"]'}, 409),
        ({"words": "not in it", "occurrence": "1"}, 400),
        ({}, 400),
    ],
)
def test_a_span_that_is_not_there_is_refused(
    ana: Client, claim: Annotation, desk: str, fields: dict[str, str], status: int
):
    form = {"annotation": str(claim.id), "version": "1", **fields}
    assert ana.post(f"{desk}annotations/span/", form, headers=HTMX).status_code == status


def test_a_repeated_tag_is_focused_not_made_again(ana: Client, claim: Annotation, desk: str):
    answer = ana.post(f"{desk}annotations/quoting/", {"kind": "claim", "words": CLAIM, "occurrence": 1}, headers=HTMX)
    assert answer.status_code == 200
    assert f'data-a="{claim.id}"' in answer.text
    assert "You have already tagged this; here it is." in answer.text
    assert Annotation.objects.count() == 1
