"""Members, settings and redactions in a browser: no fault that axe finds, nothing too wide at 320 px, a whole way."""

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.site import Site

SignIn = Callable[..., Page]
NAME = "Farid Zalmayu"
TEXT = f"{NAME} told reporters on Monday. A cousin of {NAME} left in May.\n"


def faults(page: Page) -> tuple[list[str], int]:
    """Name the rules of axe that the shown page breaks, and by how many pixels it is too wide."""
    broken = [violation["id"] for violation in Axe().run(page).response["violations"]]
    return broken, page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_two_people_redact_a_name_and_no_page_has_a_fault(site: Site, sign_in: SignIn) -> None:
    project = site.make_project(f"Speech of {NAME}")
    article = site.make_article(project, TEXT)
    base = f"/p/{project['slug']}/"
    small = {"viewport": {"width": 320, "height": 640}}
    admin, reviewer = sign_in("adi", **small), sign_in("rui", color_scheme="dark")
    found = {}
    for path in ("settings/", "members/", "redactions/", f"articles/{article['id']}/redactions/"):
        admin.goto(f"{base}{path}")
        found[path] = faults(admin)
    admin.get_by_label("Words").fill(NAME)
    admin.get_by_role("button", name="Find them").click()
    admin.get_by_label("Mask").check()
    admin.get_by_label("Reason").fill("A relative asked for it.")
    found["found"] = faults(admin)
    admin.get_by_role("button", name="Ask a second person").click()
    admin.wait_for_url(re.compile("/redactions/[0-9a-f-]{36}/"))
    reviewer.goto(admin.url)
    found["asked"] = faults(reviewer)
    reviewer.get_by_label("Mask").check()
    reviewer.get_by_role("button", name="Mask it for good").click()
    expect(reviewer.get_by_text("The passage is masked.")).to_be_visible()
    found["done"] = faults(reviewer)
    assert found == dict.fromkeys(found, ([], 0))
    admin.goto(f"{base}articles/{article['id']}/")
    expect(admin.locator("#article-body")).to_contain_text("█████████████ told reporters")
    assert NAME not in (site.var / "serve.log").read_text()
    assert "Nothing is wrong" in site.manage("doctor", "--audit")
