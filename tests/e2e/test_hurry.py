"""Somebody quicker than the network: every key acts on what was made before it, in the order it was pressed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.desk import Desk
from tests.e2e.site import Site

TEXT = "“We hold the bridge,” Mira Koss said on Monday. “Nobody has crossed it,” she added."
NAME = "Mira Koss"
FIRST = "“We hold the bridge,”"
SECOND = "“Nobody has crossed it,”"


def slow_down(desk: Desk, milliseconds: int) -> None:
    """Let every answer come later."""
    network = desk.page.context.new_cdp_session(desk.page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def mark(desk: Desk, words: str, *keys: str) -> None:
    start = TEXT.index(words)
    desk.drag(start, start + len(words))
    for key in keys:
        desk.press(key)


def change_words(route: Route) -> None:
    """Let a tag say other words than stand there."""
    route.continue_(post_data=(route.request.post_data or "").replace("Nobody", "Everybody"))


def linked(site: Site, project: dict[str, Any]) -> list[tuple[list[str], list[str]]]:
    """Give which words are linked to which words."""
    lines = site.export(project, state="all")
    words = {line["id"]: line["exact"] for line in lines if line["type"] == "annotation"}
    return sorted((words[line["source"]], words[line["target"]]) for line in lines if line["type"] == "link")


@pytest.mark.parametrize("latency", [0, 40, 400])
def test_all_keys_are_pressed_before_the_first_answer(site: Site, open_desk: Callable[..., Desk], latency: int):
    project = site.make_project("Hurry")
    desk = open_desk(project, site.make_article(project, TEXT))
    slow_down(desk, latency)
    mark(desk, NAME, "1", "Enter")
    mark(desk, FIRST, "2", "l", "1")
    # The digit belongs to the list asked for; the next one is a kind again.
    mark(desk, SECOND, "2", "l", "1")
    expect(desk.page.locator("[data-save-state='saved']")).to_be_visible(timeout=20_000)
    expect(desk.page.locator(".annotation-panel > .words")).to_have_text(SECOND)
    expect(desk.page.locator(".link-chip")).to_have_count(1)
    assert linked(site, project) == [([SECOND], [NAME]), ([FIRST], [NAME])]
    parties = [line["name"] for line in site.export(project, state="all") if line["type"] == "party"]
    assert parties == [NAME]


@pytest.mark.parametrize("latency", [0, 400])
def test_two_links_are_chosen_before_the_first_list(site: Site, open_desk: Callable[..., Desk], latency: int):
    project = site.make_project("Hurry linked")
    desk = open_desk(project, site.make_article(project, TEXT))
    mark(desk, NAME, "1", "Enter")
    desk.wait_saved(1)
    mark(desk, FIRST, "3")
    desk.wait_saved(2)
    slow_down(desk, latency)
    mark(desk, SECOND, "3", "l", "1", "d", "1")
    mark(desk, "Monday", "2")
    expect(desk.page.locator("mark.quote")).to_have_text("Monday", timeout=20_000)
    expect(desk.page.locator("[data-save-state='saved']")).to_be_visible()
    assert linked(site, project) == [([SECOND], [NAME]), ([SECOND], [FIRST])]


def test_another_list_is_wanted_before_the_first_came(site: Site, open_desk: Callable[..., Desk]):
    project = site.make_project("Hurry changed")
    desk = open_desk(project, site.make_article(project, TEXT))
    mark(desk, FIRST, "3")
    desk.wait_saved(1)
    mark(desk, SECOND, "3")
    desk.wait_saved(2)
    slow_down(desk, 400)
    for key in ("l", "d", "1"):
        desk.press(key)
    expect(desk.page.locator(".link-chip")).to_have_count(1, timeout=10_000)
    assert linked(site, project) == [([SECOND], [FIRST])]


def test_what_follows_a_refused_tag_is_not_done_to_another(site: Site, open_desk: Callable[..., Desk]):
    project = site.make_project("Hurry refused")
    desk = open_desk(project, site.make_article(project, TEXT))
    mark(desk, NAME, "1")
    desk.wait_saved(1)
    slow_down(desk, 400)
    # Other words than stand there: refused.
    desk.page.route("**/annotations/", change_words)
    mark(desk, SECOND, "2", "Backspace")
    expect(desk.page.locator("[data-save-state='failed']")).to_be_visible()
    desk.page.unroute("**/annotations/", change_words)
    # What the key was meant for is not there; the party, still in focus, must not go in its place.
    mark(desk, FIRST, "2")
    expect(desk.page.locator("mark[data-a]")).to_have_count(2)
    assert sorted(mark["kind"] for mark in desk.marks()) == ["party", "quote"]
