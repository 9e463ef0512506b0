"""The pages of redactions: find, ask, decide on each other place, confirm; and everything a person may not."""

import re
from typing import Any

import pytest

from annotations.models import Article, Redaction, RedactionRequest
from tests.services.redacting import BLOCKS, NAME, TEXT, Case, ask, make_case
from tests.views.conftest import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/p/northern-bridge/"


@pytest.fixture
def case(transactional_db: None) -> Case:
    return make_case()


def form_of(shown: str, value: str) -> dict[str, Any]:
    """Choose the same for every place that a page lists."""
    names = set(re.findall(r'name="(choice:[^"]+)"', shown))
    places = re.findall(r'name="place" value="([^"]+)"', shown)
    return {"place": places, **dict.fromkeys(names, value)}


def test_an_admin_asks_and_a_reviewer_confirms(case: Case, sign_in: SignIn) -> None:
    admin, reviewer = sign_in(case.world.adi), sign_in(case.world.rui)
    address = f"{PAGE}articles/{case.article.id}/redactions/"
    shown = admin.post(address, {"words": NAME.lower(), "look": "yes"}).text
    assert (shown.count('name="place"'), shown.count('<fieldset class="found">')) == (2, 9)
    sent = {"words": NAME, "reason": "Safety.", "ask": "yes", **form_of(shown, "mask")}
    page = admin.post(address, sent)["Location"]
    assert "Another admin or a reviewer has to confirm" in admin.get(page).text
    shown = reviewer.get(page).text
    assert "Whoever asked would mask it." in shown
    assert reviewer.post(page, form_of(shown, "mask")).status_code == 302
    closing = reviewer.get(page).text
    assert "Backups, dumps, exports and downloaded releases made before" in closing
    assert Article.objects.get(pk=case.article.pk).text == TEXT.replace(NAME, BLOCKS)


def test_no_page_shows_the_words_afterwards(case: Case, sign_in: SignIn) -> None:
    asked = ask(case)
    admin, reviewer = sign_in(case.world.adi), sign_in(case.world.rui)
    page = f"{PAGE}redactions/{asked.id}/"
    reviewer.post(page, form_of(reviewer.get(page).text, "mask"))
    paths = [
        "articles/", f"articles/{case.article.id}/", f"articles/{case.article.id}/?focus={case.claim.id}", "review/",
        f"review/?view=all&annotation={case.quote.id}", f"review/?view=all&annotation={case.claim.id}", "inbox/",
        "redactions/", f"redactions/{asked.id}/", "log/", "members/", "settings/",
    ]  # fmt: skip
    shown = [browser.get(f"{PAGE}{path}") for path in paths for browser in (admin, reviewer, sign_in(case.world.ana))]
    assert {answer.status_code for answer in shown} == {200, 403}
    assert [answer.wsgi_request.path for answer in shown if re.search("farid|zalmayu", answer.text.lower())] == []
    api = ["articles", "annotations", "links", "parties", "incidents", "outlets", "decisions", "claims"]
    told = [admin.get(f"/api/v1/{name}/?project={case.world.project.id}").text for name in api]
    told += [admin.get(f"/api/v1/annotations/{case.quote.id}/{part}/").text for part in ("history", "comments")]
    assert [text for text in told if re.search("farid|zalmayu", text.lower())] == []


def test_words_that_do_not_stand_there_are_told(case: Case, sign_in: SignIn) -> None:
    address = f"{PAGE}articles/{case.article.id}/redactions/"
    refused = sign_in(case.world.adi).post(address, {"words": "Nobody Else", "look": "yes"})
    assert (refused.status_code, "do not stand in the text" in refused.text) == (400, True)


@pytest.mark.parametrize(("reason", "said"), [("", "This is needed"), (f"For {NAME}", "Leave the passage itself out")])
def test_a_reason_is_needed_that_does_not_name_it(case: Case, sign_in: SignIn, reason: str, said: str) -> None:
    address = f"{PAGE}articles/{case.article.id}/redactions/"
    admin = sign_in(case.world.adi)
    shown = admin.post(address, {"words": NAME, "look": "yes"}).text
    refused = admin.post(address, {"words": NAME, "reason": reason, "ask": "yes", **form_of(shown, "leave")})
    assert (refused.status_code, said in refused.text) == (400, True)
    assert RedactionRequest.objects.count() == 0


def test_undecided_places_are_told(case: Case, sign_in: SignIn) -> None:
    admin, reviewer = sign_in(case.world.adi), sign_in(case.world.rui)
    address = f"{PAGE}articles/{case.article.id}/redactions/"
    sent = {
        "words": NAME,
        "reason": "Safety.",
        "ask": "yes",
        "place": [f"{TEXT.index(NAME)}:{TEXT.index(NAME) + len(NAME)}"],
    }
    assert admin.post(address, sent).status_code == 409
    refused = reviewer.post(f"{PAGE}redactions/{ask(case).id}/", {})
    assert (refused.status_code, "Decide for each place" in refused.text) == (409, True)
    assert Redaction.objects.count() == 0


def test_whoever_asked_cannot_confirm_but_take_it_back(case: Case, sign_in: SignIn) -> None:
    page = f"{PAGE}redactions/{ask(case).id}/"
    admin = sign_in(case.world.adi)
    assert admin.post(page, form_of(sign_in(case.world.rui).get(page).text, "mask")).status_code == 403
    assert "Taken back" in admin.post(f"{page}end/", follow=True).text
    assert admin.post(f"{page}end/").status_code == 409
