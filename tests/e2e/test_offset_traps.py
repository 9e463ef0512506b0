"""Real selections in difficult texts are stored as exactly the code points that were selected."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.desk import Desk
from tests.e2e.site import Site

KEYS = {"party": "1", "quote": "2", "claim": "3", "counterclaim": "4", "cue": "5"}

# Our own small traps: language, text, and what is selected as what.
OWN = {
    "emoji": ("en", "🚒🇬🇧 “All out”, she wrote 👩‍🚒. The crew left.", [("quote", "“All out”"), ("party", "The crew")]),
    "decomposed": ("fr", "L’été a tout changé : « Rien ne bouge. »", [("quote", "« Rien ne bouge. »")]),
    "hebrew_prefix": ("he", "בירושלים אמרו: ״לא״.", [("party", "ירושלים"), ("quote", "״לא״")]),
    "arabic": ("ar", "قال الناطق: «وصلنا»، ونفى الجار ذلك.", [("quote", "«وصلنا»"), ("claim", "نفى الجار ذلك")]),
    "comma_after": ("uk", "«Усе „добре“», — заявив мер.", [("quote", "«Усе „добре“»"), ("cue", "заявив")]),
    "dashes": ("ru", "— Мы дома, — сказал сосед.", [("quote", "Мы дома"), ("party", "сосед")]),
    "two_lines": ("en", "Head\n\n  \nOne says “yes\nand no”.", [("quote", "“yes\nand no”"), ("party", "One")]),
}
TRAPS = (
    "astral", "combining", "crlf", "arabic", "arabic_vocalised", "dari", "zwnj",
    "pashto", "hebrew", "ukrainian", "russian_dash", "bidi", "separators",
)  # fmt: skip


def test_selections_in_own_traps_are_stored_exactly(site: Site, open_desk: Callable[..., Desk]) -> None:
    project = site.make_project("Own traps")
    for language, text, spans in OWN.values():
        article = site.make_article(project, text, language)
        wanted = [{"kind": kind, "exact": words, "start": text.index(words)} for kind, words in spans]
        _tag_all(open_desk(project, article), wanted, Desk.select)
        assert _stored(site, article) == _places(wanted)


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("how", ["selection", "mouse"])
def test_trap_spans_are_stored_exactly(
    site: Site, open_desk: Callable[..., Desk], shared_data: Path, name: str, how: str
) -> None:
    cases = json.loads((shared_data / "offset_traps.json").read_text())["cases"]
    case = next(case for case in cases if case["id"] == name)
    project = site.make_project(f"Trap {name} by {how}")
    article = site.make_article(project, case["text"], case["language"])
    wanted = [{"kind": span["kind"], "exact": span["exact"], "start": span["code_points"][0]} for span in case["spans"]]
    desk = open_desk(project, article)
    _tag_all(desk, wanted, Desk.select if how == "selection" else Desk.drag)
    assert _stored(site, article) == _places(wanted)
    shown = [(mark["kind"], mark["pieces"][0][0], mark["pieces"][-1][1]) for mark in desk.marks()]
    assert sorted(shown) == sorted((kind, start, end) for kind, start, end, _ in _places(wanted))


def _tag_all(desk: Desk, wanted: list[dict[str, Any]], select: Callable[[Desk, int, int], object]) -> None:
    for number, span in enumerate(wanted, start=1):
        select(desk, span["start"], span["start"] + len(span["exact"]))
        desk.tag(KEYS[span["kind"]], tags=number)


def _places(wanted: list[dict[str, Any]]) -> list[tuple[str, int, int, str]]:
    spans = [(s["kind"], s["start"], s["start"] + len(s["exact"]), s["exact"]) for s in wanted]
    return sorted(spans)


def _stored(site: Site, article: dict[str, Any]) -> list[tuple[str, int, int, str]]:
    found = site.annotations(article)
    return sorted((a["kind"], *a["segments"][0], a["exact"][0]) for a in found)
