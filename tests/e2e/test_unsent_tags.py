"""Tags that cannot be sent are kept, shown and sent once each: without network, after a tab or server is killed."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Dialog, Page, Route, expect

from tests.e2e.desk import Desk
from tests.e2e.site import PASSWORD, Site

COUNT = 50
WORD = "word{:02d}"
_END_OF_PART = b"<!-- part -->"
TEXT = "\n".join(" ".join(WORD.format(n) for n in range(row, row + 10)) for row in range(0, COUNT, 10))
# All that is unsent shows in the text or as a card, and the line of state says it.
_SHOWN = """(unsent) => document.querySelectorAll('.annotation-card.unsent').length === unsent
  && document.querySelector('#save-state').dataset.saveState === (unsent ? 'offline' : 'saved')"""

_KEPT = """(count) => new Promise((tell) => {
  const opening = indexedDB.open('newsdesk');
  opening.onsuccess = () => {
    const counting = opening.result.transaction('unsent').objectStore('unsent').count();
    counting.onsuccess = () => (opening.result.close(), tell(counting.result === count));
  };
})"""


def test_every_tag_survives_cuts_a_killed_tab_and_a_killed_server(site: Site, open_desk: Callable[..., Desk]) -> None:
    project = site.make_project("Cut off")
    article = site.make_article(project, TEXT)
    desk = open_desk(project, article)
    context = desk.page.context

    for row in range(3):
        _tag(desk, range(row * 10, row * 10 + 5))
        _wait_shown(desk.page, 0)
        context.set_offline(True)
        _tag(desk, range(row * 10 + 5, row * 10 + 10))
        _wait_shown(desk.page, 5)
        context.set_offline(False)
        _wait_shown(desk.page, 0)

    context.set_offline(True)
    _tag(desk, range(30, 38))
    _wait_shown(desk.page, 8)
    # They are shown at once and written down a moment later.
    desk.page.wait_for_function(_KEPT, arg=8)
    address = desk.page.url
    desk.page.close()
    context.set_offline(False)
    desk = Desk(context.new_page())
    desk.page.goto(address)
    desk.wait_saved(38)
    _wait_shown(desk.page, 0)

    context.set_offline(True)
    _tag(desk, range(38, 40))
    _wait_shown(desk.page, 2)
    context.set_offline(False)
    _wait_shown(desk.page, 0)

    assert site.process is not None
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.wait()
    _tag(desk, range(40, COUNT))
    _wait_shown(desk.page, 10)
    site.start()
    _wait_shown(desk.page, 0)

    found = site.send("ana", "GET", f"annotations/?article={article['id']}&page_size=200")["results"]
    assert sorted(record["exact"][0] for record in found) == [WORD.format(n) for n in range(COUNT)]


def test_refused_tag_stays_with_its_reason_until_it_is_discarded(site: Site, open_desk: Callable[..., Desk]) -> None:
    project = site.make_project("Refused")
    article = site.make_article(project, TEXT)
    desk = open_desk(project, article)
    _lose_the_right_to_tag(site, project)
    _tag(desk, range(1))
    card = desk.page.locator(".annotation-card.unsent.refused")
    expect(card).to_contain_text(WORD.format(0))
    expect(card.locator(".told")).not_to_be_empty()
    expect(desk.page.locator("#save-state")).to_have_text("1 not saved")
    site.send("adi", "PATCH", f"projects/{project['id']}/members/ana/", {"role": "analyst"})
    card.get_by_role("button", name="Send again").click()
    desk.wait_saved(1)
    expect(card).to_have_count(0)

    _lose_the_right_to_tag(site, project)
    _tag(desk, range(1, 2))
    card.get_by_role("button", name="Discard").click()
    expect(card).to_have_count(0)
    expect(desk.page.locator("#save-state")).to_have_text("Saved")


def test_an_answer_that_breaks_off_after_the_text_is_asked_for_again(
    site: Site, open_desk: Callable[..., Desk]
) -> None:
    project = site.make_project("Broken off")
    article = site.make_article(project, TEXT)
    desk = open_desk(project, article)
    with socket.create_server(("127.0.0.1", 0)) as broken:

        def break_off(route: Route) -> None:
            text = route.fetch().body().partition(_END_OF_PART)[0] + _END_OF_PART
            threading.Thread(target=_answer_half, args=(broken, text), daemon=True).start()
            route.continue_(url=f"http://127.0.0.1:{broken.getsockname()[1]}/annotations/")

        desk.page.route("**/annotations/", break_off, times=1)
        _tag(desk, range(1))
        expect(desk.page.locator("#save-state")).to_have_text("Offline, 1 waiting")
        expect(desk.page.locator("mark.claim")).to_have_text(WORD.format(0))
        expect(desk.page.locator("#annotation-panel")).to_be_hidden()
        _wait_shown(desk.page, 0)
    expect(desk.page.locator("mark.claim.is-focused")).to_have_text(WORD.format(0))
    expect(desk.page.locator("#annotation-panel")).to_be_visible()
    assert [record["version"] for record in site.annotations(article)] == [1]


def test_leaving_with_unsent_tags_asks_first(site: Site, open_desk: Callable[..., Desk]) -> None:
    project = site.make_project("Leaving")
    article = site.make_article(project, TEXT)
    desk = open_desk(project, article)
    asked: list[str] = []
    desk.page.on("dialog", lambda dialog: _dismiss(dialog, asked))
    desk.page.locator("#article-body").click()
    desk.page.context.set_offline(True)
    _tag(desk, range(1))
    _wait_shown(desk.page, 1)
    desk.page.close(run_before_unload=True)
    desk.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_signing_out_with_unsent_tags_asks_first(site: Site, open_desk: Callable[..., Desk]) -> None:
    project = site.make_project("Signing out")
    article = site.make_article(project, TEXT)
    desk = open_desk(project, article)
    desk.page.route("**/annotations/", lambda route: route.abort())
    _tag(desk, range(1))
    _wait_shown(desk.page, 1)
    asked: list[str] = []
    account = desk.page.context.new_page()
    account.on("dialog", lambda dialog: _dismiss(dialog, asked))
    account.goto("/account/")
    account.get_by_role("button", name="Sign out").click()
    account.wait_for_timeout(500)
    assert len(asked) == 1
    expect(account.get_by_role("button", name="Sign out")).to_be_visible()


def test_queue_goes_on_after_signing_in_again_in_another_tab(site: Site, open_desk: Callable[..., Desk]) -> None:
    project = site.make_project("Signed out")
    article = site.make_article(project, TEXT)
    desk = open_desk(project, article)
    # As when the session ends on the server: the form's own cookie stays.
    desk.page.context.clear_cookies(name="sessionid")
    _tag(desk, range(2))
    expect(desk.page.locator("#save-state")).to_have_text("Signed out, 2 waiting")
    expect(desk.page.locator(".annotation-card.unsent")).to_have_count(2)

    other = desk.page.context.new_page()
    other.goto("/login/")
    other.fill("[name=login]", "ana")
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_url(lambda address: "/login" not in address)
    other.close()
    desk.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    desk.wait_saved(2)
    _wait_shown(desk.page, 0)


def _tag(desk: Desk, numbers: range) -> None:
    for number in numbers:
        word = WORD.format(number)
        desk.select(TEXT.index(word), TEXT.index(word) + len(word))
        desk.press("3")


def _answer_half(listener: socket.socket, text: bytes) -> None:
    """Answer one request with a chunk after which none comes."""
    connection, _address = listener.accept()
    with connection:
        connection.recv(65_536)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"%x\r\n%b\r\n" % (len(text), text))
        time.sleep(0.2)


def _wait_shown(page: Page, unsent: int) -> None:
    page.wait_for_function(_SHOWN, arg=unsent, timeout=90_000)


def _lose_the_right_to_tag(site: Site, project: dict[str, Any]) -> None:
    site.send("adi", "PATCH", f"projects/{project['id']}/members/ana/", {"role": "viewer"})


def _dismiss(dialog: Dialog, asked: list[str]) -> None:
    asked.append(dialog.type)
    dialog.dismiss()
