"""The settings of a project, and that each is held."""

import json
from typing import Any

import pytest

from annotations.errors import Unprocessable
from annotations.models import Annotation, Project
from annotations.rules.kinds import Kind
from annotations.services.exchange import OnError
from tests.factories import tag
from tests.services.import_lines import GOOD, span, take
from tests.views.conftest import SignIn
from tests.world import Case, World

PATH = "/p/northern-bridge/settings/"
FORM = {"version": "1", "name": "Northern bridge", "visibility": "shared", "cues": "on"}


def keep(world: World, sign_in: SignIn, **changes: Any) -> Any:
    sent = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
    return sign_in(world.adi).post(PATH, sent)


def test_settings_are_kept(world: World, sign_in: SignIn) -> None:
    changes = {"languages": "ar fa", "cues": None, "visibility": "blind", "required_claim": ["place", "event_date"]}
    assert keep(world, sign_in, **changes).status_code == 302
    assert Project.objects.get().settings == {
        "visibility": "blind",
        "languages": ["ar", "fa"],
        "required_attributes": {"claim": ["place", "event_date"]},
        "cues": False,
        "second_factor": "optional",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"languages": "ar 12"}, "A language is a tag"),
        ({"languages": "ar ar"}, "named twice"),
        ({"visibility": "hidden"}, "Select a valid choice"),
        ({"required_claim": "colour"}, "Select a valid choice"),
        ({"name": " "}, "required"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(
    world: World, sign_in: SignIn, changes: dict[str, Any], said: str
) -> None:
    refused = keep(world, sign_in, **changes)
    assert (refused.status_code, said in refused.text) == (400, True)
    assert Project.objects.get().version == 1


def test_who_has_no_second_factor_cannot_ask_for_one(world: World, sign_in: SignIn) -> None:
    assert keep(world, sign_in, second_factor="on").status_code == 400
    assert not Project.objects.get().needs_second_factor


def test_another_persons_change_is_not_overwritten(world: World, sign_in: SignIn) -> None:
    keep(world, sign_in, languages="ar")
    assert keep(world, sign_in, languages="fa").status_code == 412
    assert Project.objects.get().settings["languages"] == ["ar"]


def test_languages_are_offered_when_an_article_is_added(world: World, sign_in: SignIn) -> None:
    keep(world, sign_in, languages="ar prs-AF")
    shown = sign_in(world.ana).get("/p/northern-bridge/articles/new/").text
    assert '<option value="prs-AF">' in shown
    assert '<option value="tr">' not in shown


def test_submitting_says_which_required_attributes_are_missing(world: World, case: Case, sign_in: SignIn) -> None:
    keep(world, sign_in, required_claim=["place"], required_party=["mention_form"])
    browser = sign_in(world.ana)
    shown = browser.post(f"/p/northern-bridge/articles/{world.article.id}/submissions/").text
    assert shown.count("This project asks for: Place.") == 1
    answer = browser.post(f"/api/v1/articles/{world.article.id}/submit/", content_type="application/json").json()
    missing = [(found["annotation"], found["code"]) for found in answer["missing"]]
    assert (str(case.claim.id), "attributes.place") in missing
    assert not [code for _pk, code in missing if code == "attributes.mention_form"]


def test_a_cue_is_refused_where_cues_are_off(world: World, case: Case, sign_in: SignIn) -> None:
    tag(world.ana, world.article, Kind.CUE, "said")
    keep(world, sign_in, cues=None)
    browser = sign_in(world.ana)
    start = world.article.text.index("told")
    body = {"article": str(world.article.id), "kind": "cue", "segments": [[start, start + 4]], "exact": ["told"]}
    refused = browser.post("/api/v1/annotations/", json.dumps(body), "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "kind_off")
    changed = browser.patch(
        f"/api/v1/annotations/{case.denier.id}/", json.dumps({"kind": "cue"}), "application/json",
        headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert changed.json()["code"] in {"kind_off", "breaks_links"}
    assert Annotation.objects.filter(kind=Kind.CUE).count() == 1


def test_the_workbench_offers_no_cues_where_they_are_off(world: World, sign_in: SignIn) -> None:
    address = f"/p/northern-bridge/articles/{world.article.id}/"
    assert sign_in(world.ana).get(address).text.count('data-kind="cue"') == 3
    keep(world, sign_in, cues=None)
    shown = sign_in(world.ana).get(address).text
    assert shown.count('data-kind="cue"') == 0
    assert "shows-cues" not in shown


def test_an_import_is_told_of_cues_line_by_line(world: World, sign_in: SignIn) -> None:
    keep(world, sign_in, cues=None)
    project = Project.objects.get()
    with pytest.raises(Unprocessable) as refusal:
        take(world.ana, project, *GOOD, span("u", "cue", "said"))
    assert [(error.line, error.code) for error in refusal.value.errors] == [(len(GOOD) + 2, "kind_off")]
    assert take(world.ana, project, *GOOD, span("u", "cue", "said"), on_error=OnError.SKIP).counts["annotation"] == 4
