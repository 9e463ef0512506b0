"""The log of a real site at work: JSON lines with request ids, and nothing of what people wrote or who they are."""

import json
import re
from collections.abc import Callable
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page

from tests.e2e.site import PASSWORD, PEOPLE, Site

TEXT = "The lighthouse keeper Quillon said the harbour was empty. Nobody answered him."
SECRETS = ("Quillon", "lighthouse", "harbour", "Murkwater", "wrongpassword-typed", "nd_", PASSWORD)


def test_the_log_holds_no_text_no_names_and_no_tokens(site: Site, sign_in: Callable[..., Page]) -> None:
    project = site.make_project("Murkwater")
    article = site.make_article(project, TEXT)
    note = {
        "article": article["id"],
        "kind": "claim",
        "segments": [[4, 14]],
        "exact": ["lighthouse"],
        "note": "Quillon",
    }
    site.send("ana", "POST", "annotations/", note)
    with pytest.raises(HTTPError):
        site.send("ana", "POST", "annotations/", {**note, "exact": ["Quillon!!!"]})
    with pytest.raises(HTTPError):
        site.send("ana", "GET", "articles/?nonsense=Quillon")
    page = sign_in("ana")
    page.goto(f"/p/{project['slug']}/articles/?search=Quillon")
    page.goto(f"/p/{project['slug']}/articles/{article['id']}/")
    page.goto("/login/link/wrongpassword-typed/")
    lines = (site.var / "serve.log").read_text().splitlines()
    written = [json.loads(line) for line in lines if line.startswith("{")]
    assert [line for line in lines if any(secret.lower() in line.lower() for secret in SECRETS)] == []
    asked = [line for line in written if line.get("event") == "request"]
    assert len({line["request_id"] for line in asked}) == len(asked) > 5
    assert all(re.fullmatch(r"[0-9a-f]{32}", line["request_id"]) for line in asked)
    assert not {name for line in asked for name in PEOPLE if name in json.dumps(line).replace("/", " ").split()}
    # Only the notice of where the site listens is for people.
    assert len(lines) - len(written) <= 3
