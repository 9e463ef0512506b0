"""Passkeys and authenticator apps in a real browser, under the strict policy; account pages usable by everybody."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.e2e.site import PASSWORD, Site
from tests.e2e.test_review_keys import VIEWS

FACTORS = "/account/second-factor/"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
PAGES = (
    "/account/", FACTORS, f"{FACTORS}app/", f"{FACTORS}passkeys/", f"{FACTORS}passkeys/new/",
    f"{FACTORS}recovery-codes/", f"{FACTORS}recovery-codes/new/", "/account/sessions/", "/account/tokens/",
    "/account/password/", "/account/email/", "/account/confirm/", "/account/confirm/passkey/",
    "/account/confirm/code/", "/account/providers/",
)  # fmt: skip
# Contrast differs between the themes; in the other views the same elements stand elsewhere.
WITH_AXE = {"light", "dark"}
OPEN_PAGES = ("/login/", "/login/closed/", "/login/provider/stopped/", "/login/provider/failed/", "/invitations/x/")


@pytest.fixture
def browse(site: Site, chromium: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a browser with a device that keeps passkeys; those need a name of the site, not its number."""
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_browser(**options: Any) -> Page:
        context = chromium.new_context(base_url=site.base.replace("127.0.0.1", "localhost"), **options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        return page

    yield open_browser
    for context in contexts:
        context.close()


def _make_person(site: Site, name: str) -> None:
    site.manage("user", name, "--password-stdin", stdin=f"{PASSWORD}\n")


def _give_password(page: Page, name: str) -> None:
    page.goto("/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: not address.endswith("/login/"))


def _confirm(page: Page) -> None:
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/confirm/" not in address)


def _sign_out(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")


def _add_passkey(page: Page, *, alone: bool) -> None:
    page.goto(f"{FACTORS}passkeys/new/")
    _confirm(page)
    page.fill("[name=name]", "Laptop")
    page.set_checked("[name=passwordless]", alone)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")


def test_a_passkey_signs_in_alone_and_as_second_step(
    site: Site, browse: Callable[..., Page], complaints: list[str]
) -> None:
    _make_person(site, "pia")
    page = browse()
    _give_password(page, "pia")
    _add_passkey(page, alone=True)
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/projects/")
    _sign_out(page)
    _give_password(page, "pia")
    assert page.url.endswith("/login/code/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/projects/")
    assert complaints == []


def test_a_browser_without_the_passkey_says_so_in_words(site: Site, browse: Callable[..., Page]) -> None:
    page = browse()
    page.goto("/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("passkey-notice [role=alert]")).to_contain_text("The passkey was not used")


def test_an_app_signs_in_and_a_recovery_code_once(
    site: Site, browse: Callable[..., Page], complaints: list[str]
) -> None:
    _make_person(site, "tom")
    page = browse()
    _give_password(page, "tom")
    page.goto(f"{FACTORS}app/")
    _confirm(page)
    expect(page.locator(".qr-code")).to_be_visible()
    secret = page.locator("code.secret").inner_text()
    page.fill("[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Set up").click()
    recovery = page.locator(".recovery-codes li").first.inner_text()
    _sign_out(page)
    _give_password(page, "tom")
    page.fill("[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30 + 1)))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/projects/")
    _sign_out(page)
    _give_password(page, "tom")
    page.fill("[name=code]", recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/projects/")
    assert complaints == []
    _sign_out(page)
    _give_password(page, "tom")
    page.fill("[name=code]", recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".field .problem")).to_be_visible()


@pytest.fixture(scope="module")
def pages_of(site: Site) -> dict[str, Any]:
    """A project whose admin invites, and the link."""
    return site.make_project("Account pages")


@pytest.mark.parametrize("view", VIEWS)
def test_account_pages_are_usable_by_everybody(
    site: Site, browse: Callable[..., Page], pages_of: dict[str, Any], view: str
) -> None:
    _make_person(site, f"axe-{view}")
    site.manage("user", f"axe-{view}", "--project", pages_of["slug"], "--role", "admin")
    page = browse(**VIEWS[view])
    found = {path: _faults(page, path, view) for path in OPEN_PAGES}
    _give_password(page, f"axe-{view}")
    page.goto(f"/p/{pages_of['slug']}/invitations/")
    page.locator("button.primary").click()
    link = page.locator("code.secret").inner_text()
    _add_passkey_in_any_language(page)
    inner = (*PAGES, f"/p/{pages_of['slug']}/invitations/", f"/p/{pages_of['slug']}/members/ana/deactivation/", link)
    found |= {path: _faults(page, path, view) for path in inner}
    page.context.clear_cookies()
    found["joining"] = _faults(page, link, view)
    assert found == dict.fromkeys(found, ([], 0))


def _add_passkey_in_any_language(page: Page) -> None:
    page.goto(f"{FACTORS}passkeys/new/")
    _confirm(page)
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")


def _faults(page: Page, path: str, view: str) -> tuple[list[str], int]:
    """Name the rules of axe that a page breaks, and by how many pixels it is too wide."""
    page.goto(path)
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    violations = Axe().run(page).response["violations"] if view in WITH_AXE else []
    return [violation["id"] for violation in violations], width
