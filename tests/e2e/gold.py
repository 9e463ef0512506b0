"""Annotates the Panjshir article of the gold through the page as a person would, and counts the acts it takes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator

from annotations.services.tagging import places_of_words
from tests.e2e.desk import Desk
from tests.e2e.site import Site

KIND_KEYS = {"party": "1", "quote": "2", "claim": "3", "counterclaim": "4", "cue": "5"}
LINK_KEYS = {
    "speaker": "l",
    "claimant": "l",
    "disputes": "d",
    "about": "o",
    "same_as": "m",
    "relayed_by": "y",
    "cued_by": "c",
    "expresses": "x",
}
# Targets come before what is linked to them, so that each link is made while its source is in focus.
ORDER = ("party", "cue", "quote", "claim", "counterclaim")

_SETTLED = """(count) => document.querySelector('#save-state').dataset.saveState === 'saved' &&
  !document.querySelector('.htmx-request') &&
  new Set([...document.querySelectorAll('mark[data-a]')].map((mark) => mark.dataset.a)).size === count"""
_NO_REQUEST = "() => !document.querySelector('.htmx-request')"
_CHOICE = "(id) => document.querySelector(`#link-choices [value='${id}']`)?.dataset.digit ?? ''"
# The shortest way by keys of the caret from where it is to a selection that is stored as the wanted stretch.
_PLAN = """async ([start, end, kind]) => {
  // The caret comes back with the frame after an answer.
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const load = (name) => import(`/static/js/text/${name}.js`);
  const [moves, selection, boundaries] = await Promise.all(['moves', 'selection', 'boundaries'].map(load));
  const body = document.querySelector('.article-body');
  const text = selection.windowOf(selection.blocksOf(body));
  const words = moves.wordsOf(text, 'en');
  const sentences = moves.sentencesOf(text, 'en');
  const fits = (s) => {
    const fitted = boundaries.fitSelection(text, s, {kind, language: 'en'});
    return fitted && fitted.start === start && fitted.end === end;
  };
  const search = (first, next, isGoal) => {
    const seen = new Set([JSON.stringify(first)]);
    let layer = [[first, []]];
    for (let depth = 0; depth < 40 && layer.length; depth += 1) {
      const following = [];
      for (const [state, keys] of layer) {
        if (isGoal(state)) return keys;
        for (const [key, other] of next(state)) {
          const name = JSON.stringify(other);
          if (other === null || seen.has(name)) continue;
          seen.add(name);
          following.push([other, [...keys, key]]);
        }
      }
      layer = following;
    }
    return null;
  };
  const chosen = getSelection();
  const here = selection.offsetAt(body, chosen.focusNode, chosen.focusOffset) ?? 0;
  const begun = moves.fromFirstWord(sentences, words);
  const isNear = (word) => Math.abs(word.start - start) <= 1;
  const from = words.findLast(isNear) ?? moves.partAt(words, start);
  const way = search(here, (at) => [
    ['w', moves.startAfter(words, at)], ['b', moves.startBefore(words, at)],
    [')', moves.startAfter(begun, at)], ['(', moves.startBefore(begun, at)],
  ], (at) => at === from.start);
  const taken = search({...from, moving: 'end'}, (s) => [
    ['w', moves.extendBy(text, words, s, 1)], ['b', moves.extendBy(text, words, s, -1)],
    ['.', moves.extendToSentenceEnd(text, sentences, s)], [',', moves.extendToComma(text, s)],
    ['"', moves.extendToQuotationMark(text, s)], [')', moves.extendBy(text, sentences, s, 1)],
  ], fits);
  return way && taken && [...way, 'v', ...taken];
}"""


@dataclass(slots=True)
class Acts:
    """How many presses, drags and clicks each sort of work took."""

    tags: int = 0
    links: int = 0
    parties: int = 0


@dataclass(slots=True)
class GoldDriver:
    """One run over the article; `select` brings a stretch under selection and gives the acts that took."""

    site: Site
    desk: Desk
    gold: dict[str, Any]
    project: dict[str, Any]
    article: dict[str, Any]
    parties: dict[str, str]
    text: str
    select: Callable[["GoldDriver", list[int], str], int]
    confirm: Callable[["GoldDriver", str], int]
    acts: Acts = field(default_factory=Acts)
    ids: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Annotate everything, in the order of the text within each kind."""
        for kind in ORDER:
            wanted = [a for a in self.gold["annotations"] if a["kind"] == kind]
            for annotation in sorted(wanted, key=lambda a: a["segments"][0]):
                if annotation["id"] not in self.ids:
                    self.tag(annotation)
                    self.mean(annotation)
                    self.tag_mentions(annotation)
                self.link(annotation)

    def tag(self, annotation: dict[str, Any]) -> None:
        """Tag one annotation of the gold."""
        *firsts, last = annotation["segments"]
        for segment in firsts:
            self.acts.tags += self.select(self, segment, annotation["kind"]) + 1
            self.desk.press("+")
        self.acts.tags += self.select(self, last, annotation["kind"]) + 1
        self.desk.press(KIND_KEYS[annotation["kind"]])
        self.settle(len(self.ids) + 1)
        self.ids[annotation["id"]] = self.focus()

    def mean(self, annotation: dict[str, Any]) -> None:
        """Confirm whom a mention means, where the page did not know."""
        if annotation["kind"] != "party":
            return
        known = self.record(annotation)["parties"]
        for party in annotation["parties"]:
            if self.parties[party] not in known:
                self.acts.parties += self.confirm(self, party)
                self.settle(len(self.ids))

    def tag_mentions(self, annotation: dict[str, Any]) -> None:
        """Tag all other places of a party's words at once, where the gold has exactly these."""
        if annotation["kind"] != "party" or len(annotation["segments"]) != 1:
            return
        same = [a for a in self.gold["annotations"] if _is_same_mention(a, annotation) and a["id"] not in self.ids]
        places = [[place.start, place.end] for place in places_of_words(self.text, annotation["exact"][0])]
        wanted = [annotation["segments"][0], *(a["segments"][0] for a in same)]
        if not same or sorted(places) != sorted(wanted):
            return
        self.desk.press("f")
        self.acts.tags += 1
        self.settle(len(self.ids) + len(same))
        stored = {str(record["segments"]): record["id"] for record in self.site.annotations(self.article)}
        self.ids |= {a["id"]: stored[str(a["segments"])] for a in same}

    def link(self, annotation: dict[str, Any]) -> None:
        """Make those links from the annotation that did not come by themselves; a quote's claims bring theirs."""
        wanted = [k for k in self.gold["links"] if k["source"] == annotation["id"] and k["target"] in self.ids]
        made = {(link["type"], link["target"]) for link in self.links() if link["source"] == self.ids[annotation["id"]]}
        for link in wanted:
            if (link["type"], self.ids[link["target"]]) not in made:
                self.acts.links += self.make_link(link)

    def make_link(self, link: dict[str, Any]) -> int:
        """Press the keys of one link."""
        page = self.desk.page
        chips = page.locator(".link-chip").count()
        self.desk.press(LINK_KEYS[link["type"]])
        page.locator(f"#link-choices [value='{self.ids[link['target']]}']").wait_for()
        presses = 2
        if link.get("mode") == "undercuts":
            page.locator("#link-picker [value=undercuts]").check()
            page.locator("#link-query").focus()
            presses += 1
        digit = page.evaluate(_CHOICE, self.ids[link["target"]])
        if digit:
            self.desk.press(digit)
        else:
            presses += self.walk_to(self.ids[link["target"]])
            self.desk.press("Enter")
        page.locator(".link-chip").nth(chips).wait_for()
        self.settle(len(self.ids))
        return presses

    def walk_to(self, target: str) -> int:
        """Go down the list to a choice that has no digit."""
        values: list[str] = self.desk.page.evaluate(
            "() => [...document.querySelectorAll('#link-choices [name=target]')].map((choice) => choice.value)"
        )
        for _ in range(values.index(target)):
            self.desk.press("ArrowDown")
        return values.index(target)

    def choice_of(self, party: str) -> Locator:
        """Find a party among those offered for the mention in focus."""
        return self.desk.page.locator(f"#annotation-party-choices [value='{self.parties[party]}']")

    def look_up_party(self, party: str, *, as_first: bool = False) -> int:
        """Type letters of a party that is not offered until it is, or is the first; give how many keys that took."""
        if self.choice_of(party).count():
            return 0
        name = next(known["name"] for known in self.gold["parties"] if known["id"] == party)
        page, presses = self.desk.page, 0
        if not page.locator("#party-query:focus").count():
            self.desk.press("l")
            presses = 1
        for letter in name:
            with page.expect_response(lambda answer: "/choices/" in answer.url):
                page.keyboard.type(letter)
            page.wait_for_function(_NO_REQUEST)
            presses += 1
            wanted = self.choice_of(party)
            if wanted.count() and (not as_first or wanted.get_attribute("aria-selected") == "true"):
                break
        return presses

    def settle(self, tags: int) -> None:
        """Wait until everything is saved."""
        self.desk.page.wait_for_function(_SETTLED, arg=tags)

    def focus(self) -> str:
        """Give the id of the tag in focus."""
        found: str = self.desk.page.locator("article-reader").get_attribute("data-focus") or ""
        return found

    def record(self, annotation: dict[str, Any]) -> dict[str, Any]:
        """Read a stored annotation."""
        found: dict[str, Any] = self.site.send("ana", "GET", f"annotations/{self.ids[annotation['id']]}/")
        return found

    def links(self) -> list[dict[str, Any]]:
        """Read the stored links of the article."""
        found: list[dict[str, Any]] = []
        path = f"links/?article={self.article['id']}&page_size=200"
        found.extend(self.site.send("ana", "GET", path)["results"])
        return found

    def exported(self) -> tuple[list[Any], list[Any]]:
        """Export everything; give annotations and links in a shape to compare."""
        lines = self.site.export(self.project, state="all")
        annotations = {line["id"]: line for line in lines if line["type"] == "annotation"}
        links = [line for line in lines if line["type"] == "link"]
        return (
            sorted((a["kind"], a["segments"], a["exact"], sorted(a["parties"])) for a in annotations.values()),
            sorted((link["link_type"], link["source"], link["target"]) for link in links),
        )

    def expected(self) -> tuple[list[Any], list[Any]]:
        """Give the gold in the same shape."""
        annotations = [
            (a["kind"], a["segments"], a["exact"], sorted(self.parties[party] for party in a.get("parties", [])))
            for a in self.gold["annotations"]
        ]
        links = [(link["type"], self.ids[link["source"]], self.ids[link["target"]]) for link in self.gold["links"]]
        return sorted(annotations), sorted(links)


def _is_same_mention(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("kind", "exact", "parties"))


def plan(driver: GoldDriver, segment: list[int], kind: str) -> list[str]:
    """Find the keys from the caret to a selection of the segment."""
    keys: list[str] | None = driver.desk.page.evaluate(_PLAN, [*segment, kind])
    assert keys is not None, segment
    return keys


def read_gold(folder: Path) -> tuple[str, dict[str, Any]]:
    """Read the article's text and its gold."""
    text = (folder / "panjshir" / "article.txt").read_text(encoding="utf-8")
    gold: dict[str, Any] = json.loads((folder / "panjshir" / "gold.json").read_text(encoding="utf-8"))
    return text, gold


def register_parties(site: Site, project: dict[str, Any], gold: dict[str, Any]) -> dict[str, str]:
    """Put the parties of the gold into the registry; give their ids by the gold's."""
    found = {}
    for party in gold["parties"]:
        fields = {"name": party["name"], "entity_type": party["entity_type"]}
        fields["aliases"] = [{"text": alias} for alias in party["aliases"]]
        stored = site.send("adi", "POST", "parties/", {"project": project["id"], **fields})
        found[party["id"]] = stored["id"]
    return found
