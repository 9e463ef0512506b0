"""What the workbench fetches: little, from its own host only, and nothing that its own content policy refuses."""

import gzip
from collections.abc import Callable

from playwright.sync_api import Page, Request

from tests.e2e.site import Site

TEXT = "The army held the bridge.\nThe governor denied it."
MOST_BYTES = 60_000


def test_workbench_weighs_at_most_60_kb_and_asks_nobody_else(
    site: Site, sign_in: Callable[..., Page], complaints: list[str]
) -> None:
    project = site.make_project("Weight")
    article = site.make_article(project, TEXT)
    tag = {"article": article["id"], "kind": "party", "segments": [[4, 8]], "exact": ["army"]}
    site.send("ana", "POST", "annotations/", tag)
    page = sign_in("ana")
    fetched: dict[str, Request] = {}
    page.on("requestfinished", lambda request: fetched.update({request.url: request}))

    answer = page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
    page.locator(".annotation-card, mark.party").first.wait_for()
    page.wait_for_load_state("networkidle")

    assert answer is not None
    # Proxies compress pages, the site itself its style sheets and scripts.
    document = len(gzip.compress(answer.body().replace(TEXT.encode(), b"")))
    del fetched[page.url]
    weights = {address: request.sizes()["responseBodySize"] for address, request in fetched.items()}
    assert document + sum(weights.values()) <= MOST_BYTES, (document, weights)
    assert {address.startswith(f"{site.base}/") for address in weights} == {True}
    assert len(weights) <= 6
    assert complaints == []
