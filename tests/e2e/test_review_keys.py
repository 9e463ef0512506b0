"""A reviewer goes through the queue with the keyboard alone, and the plain pages are usable by everybody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.e2e.desk import SETTLED
from tests.e2e.site import Site

TEXT = "“We go on,” the mayor said. The baker left."
HEARD = (("party", "the mayor"), ("party", "The baker"), ("quote", "“We go on,”"))
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "arabic": {"locale": "ar"},
}
# A swapped part has become a part of the page.
SignIn = Callable[..., Page]


def _submitted(site: Site, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A quote, its speaker, their link and another mention, handed in by ana."""
    project = site.make_project(name)
    article = site.make_article(project, TEXT)
    made = [
        site.send(
            "ana",
            "POST",
            "annotations/",
            {
                "article": article["id"],
                "kind": kind,
                "segments": [[TEXT.index(words), TEXT.index(words) + len(words)]],
                "exact": [words],
            },
        )
        for kind, words in HEARD
    ]
    speaker, _other, quote = made
    site.send("ana", "POST", "links/", {"type": "speaker", "source": quote["id"], "target": speaker["id"]})
    site.send("ana", "POST", f"articles/{article['id']}/submit/")
    return project, article


def test_keys_reject_with_reason_and_approve_a_bundle(site: Site, sign_in: SignIn, complaints: list[str]) -> None:
    project, article = _submitted(site, "Review by keys")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    current = page.locator(".review-row a[aria-current] .words")
    expect(current).to_contain_text("“We go on,”")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(current).to_contain_text("The baker")
    expect(page.locator(".review-record .details")).to_contain_text("The baker")
    page.keyboard.press("r")
    expect(page.get_by_text("Reject, because …")).to_be_visible()
    page.keyboard.press("6")
    toast = page.locator(".undo-toast")
    expect(toast).to_contain_text("Rejecting")
    # The page has moved on to a link; the rejection has not left.
    expect(page.locator("#record-kind")).to_contain_text("Link")
    expect(page.locator("#review-record")).to_be_focused()
    assert _states(site, article) == {"submitted"}
    page.locator(".review-row a").first.click()
    expect(page.locator("#record-kind")).to_have_text("Quote")
    page.wait_for_function(SETTLED)
    page.keyboard.press("a")
    expect(toast).to_contain_text("Approving 3 records and 1 before")
    expect(page.get_by_text("Nothing left on this page")).to_be_visible()
    expect(page.locator(".review-list")).to_contain_text("Nothing waits here", timeout=20_000)
    assert {row["exact"][0]: row["state"] for row in site.annotations(article)} == {
        "the mayor": "approved",
        "The baker": "rejected",
        "“We go on,”": "approved",
    }
    assert complaints == []


def test_a_decision_is_taken_back_with_what_was_typed(site: Site, sign_in: SignIn, complaints: list[str]) -> None:
    project, article = _submitted(site, "Taken back")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/?annotation={site.annotations(article)[1]['id']}")
    page.fill("#comment", "Why him?")
    page.locator("#review-record").focus()
    page.keyboard.press("c")
    page.keyboard.press("6")
    expect(page.locator("#save-state")).to_have_text("1 not sent yet")
    expect(page.locator(".undo-toast")).to_contain_text("Asking for changes")
    page.wait_for_function(SETTLED)
    page.keyboard.press("z")
    expect(page.locator(".review-record .details")).to_contain_text("The baker")
    expect(page.locator("#comment")).to_have_value("Why him?")
    expect(page.locator("input[name=reason][value=guideline]")).to_be_checked()
    expect(page.locator(".undo-toast")).to_be_hidden()
    expect(page.locator(".review-row:visible")).to_have_count(4)
    assert _states(site, article) == {"submitted"}
    assert complaints == []


def test_what_was_decided_leaves_with_the_page(site: Site, sign_in: SignIn, complaints: list[str]) -> None:
    project, article = _submitted(site, "Leaving")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    page.keyboard.press("a")
    expect(page.locator(".undo-toast")).to_contain_text("Approving 3 records")
    page.goto(f"/p/{project['slug']}/articles/")
    page.wait_for_timeout(1_000)
    assert [row["state"] for row in site.annotations(article)] == ["approved", "submitted", "approved"]
    # Whoever comes back sends it once more under its key, and nothing is decided twice.
    page.goto(f"/p/{project['slug']}/review/")
    expect(page.locator("#save-state")).to_have_text("Saved")
    expect(page.locator(".review-row:visible")).to_have_count(1)
    assert complaints == []


def test_a_late_refusal_leads_back_to_the_record(site: Site, sign_in: SignIn) -> None:
    project, article = _submitted(site, "Changed meanwhile")
    page = sign_in("rui")
    baker = site.annotations(article)[1]
    page.goto(f"/p/{project['slug']}/review/?annotation={baker['id']}")
    page.keyboard.press("a")
    expect(page.locator(".undo-toast")).to_contain_text("Approving 1 record")
    site.change("ana", f"annotations/{baker['id']}/", baker["version"], {"note": "Not the mayor."})
    alert = page.locator("#alerts")
    expect(alert).to_contain_text("This was changed meanwhile.", timeout=20_000)
    expect(alert).to_contain_text("Approving 1 record · “The baker”")
    alert.get_by_role("button", name="Look at it again").click()
    expect(page.get_by_text("Version 2 beside version 1, which you saw last")).to_be_visible()
    assert site.annotations(article)[1]["state"] == "draft"


def test_offline_nothing_is_lost(site: Site, sign_in: SignIn) -> None:
    project, article = _submitted(site, "Offline")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    page.context.set_offline(offline=True)
    page.keyboard.press("a")
    expect(page.locator("#alerts")).to_contain_text("The server cannot be reached.")
    expect(page.locator("#save-state")).to_have_text("Offline, 1 waiting", timeout=20_000)
    page.context.set_offline(offline=False)
    expect(page.locator("#save-state")).to_have_text("Saved", timeout=20_000)
    assert [row["state"] for row in site.annotations(article)] == ["approved", "submitted", "approved"]


def test_selected_records_wait_before_they_are_approved(site: Site, sign_in: SignIn, complaints: list[str]) -> None:
    project, article = _submitted(site, "Selection")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Shift+A")
    expect(page.locator("#preview-title")).to_have_text("Approve 2 records?")
    page.keyboard.press("Shift+A")
    toast = page.locator(".undo-toast")
    expect(toast).to_contain_text("Approving 2 records")
    expect(page.locator(".review-row:visible")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(toast).to_be_hidden()
    expect(page.locator(".review-row:visible")).to_have_count(4)
    page.wait_for_timeout(7_000)
    assert _states(site, article) == {"submitted"}

    page.wait_for_function(SETTLED)
    page.locator(".review-row:has-text('The baker') input").check()
    page.keyboard.press("Shift+A")
    page.locator("#review-preview").get_by_role("button", name="Approve").click()
    expect(page.locator("#announcer")).to_have_text("Approved.", timeout=20_000)
    assert [row["state"] for row in site.annotations(article)] == ["submitted", "approved", "submitted"]
    assert complaints == []


def test_a_late_answer_neither_moves_the_row_back_nor_is_decided_on(site: Site, sign_in: SignIn) -> None:
    project, _article = _submitted(site, "Late answers")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    def answer(number: int) -> None:
        for _ in range(400):
            if len(waiting) == number:
                break
            page.wait_for_timeout(50)
        waiting[number - 1].continue_()

    page.route("**/review/record/**", hold)
    current = page.locator(".review-row a[aria-current] .words")
    shown, toast = page.locator("#review-frame .details"), page.locator(".undo-toast")
    for key in ("j", "x", "j", "a"):
        page.keyboard.press(key)
    expect(current).to_contain_text("The baker")
    expect(toast).to_be_hidden()
    answer(1)
    expect(shown).to_contain_text("the mayor")
    expect(current).to_contain_text("The baker")
    for key in ("x", "a"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(toast).to_be_hidden()
    answer(2)
    expect(shown).to_contain_text("The baker")
    page.wait_for_function(SETTLED)
    page.keyboard.press("a")
    expect(toast).to_contain_text("Approving 1 record")


def test_a_record_that_does_not_come_leaves_the_one_that_is_shown(site: Site, sign_in: SignIn) -> None:
    project, _article = _submitted(site, "No answer")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    current = page.locator(".review-row a[aria-current] .words")
    page.route("**/review/record/**", lambda route: route.abort())
    page.keyboard.press("j")
    expect(page.locator("#alerts")).to_contain_text("The server cannot be reached.")
    expect(current).to_contain_text("“We go on,”")
    page.keyboard.press("a")
    expect(page.locator(".undo-toast")).to_contain_text("Approving 3 records")


def test_author_takes_a_proposal_with_one_key(site: Site, sign_in: SignIn, complaints: list[str]) -> None:
    project, article = _submitted(site, "A proposal")
    reviewer, author = sign_in("rui"), sign_in("ana")
    reviewer.goto(f"/p/{project['slug']}/review/?annotation={site.annotations(article)[0]['id']}")
    reviewer.get_by_text("Propose it as you would write it").click()
    reviewer.get_by_label("Words").fill("mayor")
    reviewer.locator("#review-record").focus()
    reviewer.keyboard.press("c")
    reviewer.keyboard.press("1")
    expect(reviewer.locator("#announcer")).to_have_text("Sent back with your proposal.", timeout=20_000)

    author.goto(f"/p/{project['slug']}/inbox/")
    expect(author.get_by_text("rui asks for changes: The span is wrong")).to_be_visible()
    author.keyboard.press("a")
    expect(author.get_by_text("Nothing came back")).to_be_visible()
    row = site.annotations(article)[0]
    assert (row["exact"], row["state"], row["version"], row["author"]) == (["mayor"], "submitted", 2, "ana")

    reviewer.goto(f"/p/{project['slug']}/review/?annotation={row['id']}")
    expect(reviewer.get_by_text("Version 2 beside version 1, which was sent back")).to_be_visible()
    expect(reviewer.locator(".details del")).to_have_text("the ")
    assert complaints == []


def test_an_edit_after_approval_is_a_draft_beside_what_is_in_force(
    site: Site, sign_in: SignIn, complaints: list[str]
) -> None:
    project, article = _submitted(site, "Edited after approval")
    mayor = site.annotations(article)[0]
    verdict = {"annotation": mayor["id"], "version": 1, "verdict": "approve"}
    site.send("rui", "POST", "decisions/", verdict)
    change = {"segments": [[16, 21]], "exact": ["mayor"], "attributes": {"mention_form": "nominal"}}
    edited = site.change("ana", f"annotations/{mayor['id']}/", 1, change)
    assert (edited["state"], edited["version"], edited["approved_version"]) == ("draft", 2, 1)
    assert _exported(site, project) == [["the mayor"]]
    site.send("ana", "POST", f"articles/{article['id']}/submit/")

    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/?annotation={mayor['id']}")
    expect(page.get_by_text("Version 2 beside version 1, which was approved")).to_be_visible()
    expect(page.locator(".details del").first).to_have_text("the ")
    expect(page.locator(".details ins")).to_have_text("noun phrase")
    assert _exported(site, project) == [["the mayor"]]
    page.keyboard.press("a")
    page.goto(f"/p/{project['slug']}/articles/")
    page.wait_for_timeout(1_000)
    assert _exported(site, project) == [["mayor"]]
    assert complaints == []


def _exported(site: Site, project: dict[str, Any]) -> list[list[str]]:
    return [line["exact"] for line in site.export(project) if line["type"] == "annotation"]


def test_typing_a_comment_decides_nothing(site: Site, sign_in: SignIn) -> None:
    project, article = _submitted(site, "Typing a comment")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    page.locator("#comment").press_sequentially("A car jack")
    expect(page.locator("#comment")).to_have_value("A car jack")
    assert {row["state"] for row in site.annotations(article)} == {"submitted"}


def test_refusal_keeps_what_was_typed(site: Site, sign_in: SignIn) -> None:
    project, _article = _submitted(site, "A refusal")
    page = sign_in("rui")
    page.goto(f"/p/{project['slug']}/review/")
    page.fill("#comment", "Too wide.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#alerts")).to_contain_text("Choose a reason first")
    expect(page.locator("#comment")).to_have_value("Too wide.")


def test_without_script_a_form_decides(site: Site, sign_in: SignIn) -> None:
    project, article = _submitted(site, "Without script")
    page = sign_in("rui", java_script_enabled=False)
    page.goto(f"/p/{project['slug']}/review/")
    page.locator(".verdicts").get_by_role("button", name="Approve").click()
    expect(page.locator("#messages")).to_have_text("3 records approved.")
    assert [row["state"] for row in site.annotations(article)] == ["approved", "submitted", "approved"]


def _states(site: Site, article: dict[str, Any]) -> set[str]:
    return {row["state"] for row in site.annotations(article)}


@pytest.mark.parametrize("view", VIEWS)
def test_plain_pages_are_usable_by_everybody(site: Site, sign_in: SignIn, view: str) -> None:
    project, _article = _submitted(site, f"Pages {view}")
    page = sign_in("rui", **VIEWS[view])
    found = {}
    for path in ("articles/", "articles/?search=nothing", "articles/new/", "review/", "inbox/"):
        found[path] = _faults(page, f"/p/{project['slug']}/{path}")
    for path in ("/account/", "/projects/", "/p/no-such-project/review/"):
        found[path] = _faults(page, path)
    assert found == dict.fromkeys(found, ([], 0))


@pytest.mark.parametrize("view", VIEWS)
def test_every_state_of_the_queue_is_usable_by_everybody(site: Site, sign_in: SignIn, view: str) -> None:
    project, _article = _submitted(site, f"States {view}")
    page = sign_in("rui", **VIEWS[view])
    found = {name: _broken(page) for name in walk_through_states(page, project)}
    assert found == dict.fromkeys(found, ([], 0))


def walk_through_states(page: Page, project: dict[str, Any]) -> Iterator[str]:
    """Go to each state of the review page in turn, and name it once it is there."""
    page.goto(f"/p/{project['slug']}/review/?kind=cue")
    yield "nothing matches"
    page.goto(f"/p/{project['slug']}/review/")
    page.keyboard.press("p")
    yield "one record and its proposal"
    page.locator("#review-record").focus()
    page.locator(".review-row input").last.check()
    page.keyboard.press("Shift+A")
    page.locator("#preview-title").wait_for()
    yield "preview"
    page.keyboard.press("Escape")
    page.locator(".verdicts [value=reject]").click()
    page.locator("#alerts .alert").wait_for()
    yield "refused"
    page.keyboard.press("a")
    page.locator(".undo-toast").wait_for()
    page.wait_for_function(SETTLED)
    yield "a decision waits"
    page.context.set_offline(offline=True)
    page.keyboard.press("k")
    page.keyboard.press("a")
    page.get_by_text("1 before").or_(page.locator("#review-frame:not([data-record])")).first.wait_for()
    yield "offline, nothing left"
    page.context.set_offline(offline=False)


def _broken(page: Page) -> tuple[list[str], int]:
    """Name the rules of axe that the page breaks as it stands, and by how many pixels it is too wide."""
    broken = [violation["id"] for violation in Axe().run(page).response["violations"]]
    return broken, page.evaluate("document.documentElement.scrollWidth - innerWidth")


def _faults(page: Page, path: str) -> tuple[list[str], int]:
    page.goto(path)
    return _broken(page)
