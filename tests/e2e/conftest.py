"""One running site and one Chromium for all browser tests; each test has a project and pages of its own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser import find_browser
from tests.e2e.desk import Desk
from tests.e2e.site import PASSWORD, PEOPLE, Site, free_port

E2E = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here as one that drives a browser."""
    for item in items:
        if item.path.is_relative_to(E2E):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A running site with adi (admin), ana (analyst) and rui (reviewer)."""
    # A short path: sockets have a limit of about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="nd-e2e-"))
    found = Site(folder, free_port())
    try:
        found.start()
        found.populate()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    program = find_browser()
    if program is None:
        pytest.fail("There is no Chromium; `make browser` installs one.")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages' consoles complained about, for tests to look at."""
    return []


@pytest.fixture(scope="session")
def sessions(site: Site, chromium: Browser) -> dict[str, Any]:
    """Everybody's session, made once through the sign-in form."""
    found = {}
    for name in PEOPLE:
        context = chromium.new_context(base_url=site.base)
        page = context.new_page()
        page.goto("/login/")
        page.fill("[name=login]", name)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login" not in address)
        found[name] = context.storage_state()
        context.close()
    return found


@pytest.fixture
def sign_in(
    site: Site, chromium: Browser, sessions: dict[str, Any], complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """Give somebody a browser of their own, signed in."""
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_browser(name: str, **options: Any) -> Page:
        wanted = {"viewport": {"width": 1440, "height": 900}, "storage_state": sessions[name], **options}
        context = chromium.new_context(base_url=site.base, **wanted)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def open_desk(sign_in: Callable[..., Page]) -> Callable[..., Desk]:
    """Open the workbench of an article as ana."""

    def open_article(project: dict[str, Any], article: dict[str, Any], **options: Any) -> Desk:
        page = sign_in("ana", **options)
        page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
        return Desk(page)

    return open_article
