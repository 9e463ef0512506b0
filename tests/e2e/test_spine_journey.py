"""The spine: an analyst tags and links, a reviewer approves, a token exports exactly that; nobody approves own work."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.conftest import SHARED_DATA
from tests.e2e.desk import SETTLED, Desk
from tests.e2e.site import Site

# Our own short article of the same build: a quote in two parts, a claim, and the denial of it.
OWN_TEXT = (
    "The river town was quiet on Tuesday.\n"
    "“If they want the bridge, they can try,” said Mira Koss, who leads the guards at the mill. "
    "“We will not leave it.”\n"
    "The council says its men hold the bridge, the guards deny it, and both call for talks.\n"
)
OWN: dict[str, Any] = {
    "quote": ("“If they want the bridge, they can try,”", "“We will not leave it.”"),
    "speaker": "Mira Koss",
    "claimant": "The council",
    "claim": "its men hold the bridge",
    "denier": "the guards deny it",
    "denial": "deny it",
}
REAL: dict[str, Any] = {
    "quote": (
        (
            "“If you want to enter Panjshir forcibly, or think that we will surrender to you, "
            "that is your dream and nothing else,”"
        ),
        "“We will never do that, we will defend not just Panjshir, we will even defend the whole of Afghanistan.”",
    ),
    "speaker": "Sarman Hameed",
    "claimant": "Taliban says it",
    "claim": "it captured key entrance to Panjshir valley",
    "denier": "local resistance",
    "denial": "denies it",
}


def test_an_article_goes_from_highlight_to_export(
    site: Site, sign_in: Callable[..., Page], open_desk: Callable[..., Desk], complaints: list[str]
) -> None:
    """The real article, or where it is missing our own of the same build."""
    real = SHARED_DATA / "panjshir" / "article.txt"
    if real.exists():
        text = real.read_text(encoding="utf-8")
        words = {**REAL, "claimant": "Taliban", "claimant_at": text.index(REAL["claimant"])}
    else:
        text = OWN_TEXT
        words = {**OWN, "denier": "the guards", "denier_at": text.index(OWN["denier"])}
    _journey(site, sign_in, open_desk, text, words)
    assert complaints == []


def _journey(
    site: Site,
    sign_in: Callable[..., Page],
    open_desk: Callable[..., Desk],
    text: str,
    words: dict[str, Any],
) -> None:
    project = site.make_project("Journey")
    article = site.make_article(project, text)
    desk = open_desk(project, article)
    before = desk.lines()
    _annotate(desk, text, words)
    assert desk.lines() == before
    desk.press("Control+Enter")
    expect(desk.page.locator("#messages")).to_contain_text("6 tags and 4 links")

    records = site.annotations(article)
    _assert_own_approval_is_refused(site, desk.page, project, records[0])
    _approve_everything(sign_in("rui"), project)
    _assert_export_holds(site, project, text, words)


def _annotate(desk: Desk, text: str, words: dict[str, Any]) -> None:
    first, second = words["quote"]
    desk.select(*_place(text, first))
    desk.press("+")
    desk.select(*_place(text, second))
    desk.tag("2", tags=1)
    desk.select(*_place(text, words["speaker"]))
    desk.tag("1", tags=2)
    desk.press("k")
    desk.link("l", "1")

    desk.select(*_place(text, words["claimant"], words.get("claimant_at", 0)))
    desk.tag("1", tags=3)
    desk.select(*_place(text, words["claim"]))
    desk.tag("3", tags=4)
    desk.link("l", "1")

    desk.select(*_place(text, words["denier"], words.get("denier_at", 0)))
    desk.tag("1", tags=5)
    desk.select(*_place(text, words["denial"]))
    desk.tag("3", tags=6)
    desk.link("l", "1")
    desk.link("d", "1")
    # The link made a counterclaim of it.
    expect(desk.page.locator("mark.counterclaim")).to_have_text(words["denial"])


def _place(text: str, words: str, after: int = 0) -> tuple[int, int]:
    start = text.index(words, after)
    return start, start + len(words)


def _assert_own_approval_is_refused(site: Site, page: Page, project: dict[str, Any], record: dict[str, Any]) -> None:
    # An analyst never decides; the author is made a reviewer, so that only the rule of four eyes stands in the way.
    member = f"projects/{project['id']}/members/ana/"
    site.send("adi", "PATCH", member, {"role": "reviewer"})
    decision = {"annotation": record["id"], "version": record["version"], "verdict": "approve", "comment": ""}
    assert site.refusal("ana", "POST", "decisions/", decision) == (403, "own_work")

    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    form: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": token,
        "record": f"annotation:{record['id']}:{record['version']}",
        "view": "queue",
        "verdict": "approve",
    }
    answer = page.request.post(f"/p/{project['slug']}/review/decisions/", form=form)
    assert answer.status == 403

    role, told = site.sql(
        "INSERT INTO decision (id, project_id, article_id, annotation_id, version, version_editor_id, verdict, reason, "
        "comment, reviewer_id, at) SELECT %s, a.project_id, a.article_id, a.id, a.version, a.author_id, 'approve', '', "
        "'', a.author_id, now() FROM annotation a WHERE a.id = %s",
        str(uuid4()),
        record["id"],
    )
    assert role == "newsdesk"
    assert told.startswith("refused")
    site.send("adi", "PATCH", member, {"role": "analyst"})


def _approve_everything(page: Page, project: dict[str, Any]) -> None:
    approve = page.locator(".verdicts").get_by_role("button", name="Approve")
    # Once more for links: they wait until the decisions on their ends have left the page.
    for _ in range(2):
        page.goto(f"/p/{project['slug']}/review/")
        for _ in range(12):
            if approve.count():
                approve.first.click()
                page.wait_for_function(SETTLED)
        expect(page.locator("#save-state")).to_have_text("Saved", timeout=30_000)
    page.goto(f"/p/{project['slug']}/review/")
    expect(page.get_by_text("Nothing to decide")).to_be_visible()


def _assert_export_holds(site: Site, project: dict[str, Any], text: str, words: dict[str, Any]) -> None:
    lines = site.export(project)
    annotations = {line["id"]: line for line in lines if line["type"] == "annotation"}
    links = [line for line in lines if line["type"] == "link"]
    assert {line["state"] for line in [*annotations.values(), *links]} == {"approved"}
    found = sorted((line["kind"], *line["exact"]) for line in annotations.values())
    assert found == sorted(
        [
            ("quote", *words["quote"]),
            ("party", words["speaker"]),
            ("party", words["claimant"]),
            ("claim", words["claim"]),
            ("party", words["denier"]),
            ("counterclaim", words["denial"]),
        ]
    )
    for line in annotations.values():
        assert [text[start:end] for start, end in line["segments"]] == line["exact"]
    joined = sorted(
        (line["link_type"], annotations[line["source"]]["exact"][0], annotations[line["target"]]["exact"][0])
        for line in links
    )
    assert joined == sorted(
        [
            ("speaker", words["quote"][0], words["speaker"]),
            ("claimant", words["claim"], words["claimant"]),
            ("claimant", words["denial"], words["denier"]),
            ("disputes", words["denial"], words["claim"]),
        ]
    )
