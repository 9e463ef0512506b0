"""Articles, annotations and links made by rule: texts of made-up sentences, a set as a newsdesk-jsonl file.

Offsets are code points. The same plan always gives the same bytes.
"""

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

_VOCABULARY = (
    "the a and of in on near after before while that which both many several no some this their its "
    "army council ministry governor rebels militia villagers witness spokesman officials convoy bridge valley "
    "checkpoint border road market hospital school harvest river ceasefire talks attack claim report statement "
    "said denied accused confirmed rejected held reached crossed closed opened withdrew returned promised warned "
    "northern southern heavy recent armed local foreign seven twenty yesterday tonight again never"
)
_WORDS = _VOCABULARY.split()
_WORD = re.compile(r"\w+")
_PARTIES, _OUTLETS, _INCIDENTS = 12, 5, 20
# As our own exports name people.
_ANNOTATOR = "annotator-k3v9x2ab"
_TIME = "2021-08-20T10:00:00Z"
# Six annotations make one passage: who, said by whom, what, and who disputes it.
_KINDS = (("party", 2), ("party", 1), ("quote", 7), ("claim", 6), ("claim", 9), ("counterclaim", 5))


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """An article of about `length` code points with so many annotations, and half as many links."""

    number: int
    length: int
    annotations: int
    is_one_paragraph: bool = False

    @property
    def text(self) -> str:
        """Write its text."""
        text = text_of(self.number, self.length)
        return text.replace("\n\n", " ") if self.is_one_paragraph else text


@dataclass(frozen=True, slots=True)
class Place:
    """One annotation to be."""

    kind: str
    start: int
    end: int
    exact: str


def text_of(number: int, length: int) -> str:
    """Write an article; no two numbers give the same one."""
    rng = random.Random(number)
    sentences = [f"Report number {number}."]
    size = len(sentences[0])
    while size < length:
        sentence = " ".join(rng.choices(_WORDS, k=rng.randint(6, 22))).capitalize() + "."
        sentences.append("\n\n" + sentence if rng.random() < 0.12 else " " + sentence)
        size += len(sentences[-1])
    return "".join(sentences)


def words_of(text: str) -> list[tuple[int, int]]:
    """Find the words: start and end of each."""
    return [match.span() for match in _WORD.finditer(text)]


def places(text: str, count: int) -> Iterator[Place]:
    """Spread so many annotations evenly over a text; no two are the same."""
    words = words_of(text)
    room = len(words) - max(length for _kind, length in _KINDS)
    if count > room:
        raise ValueError(f"{count} annotations need a longer text")
    for index in range(count):
        kind, length = _KINDS[index % len(_KINDS)]
        first = index * room // count
        yield place_of_words(text, words, kind, range(first, first + length))


def place_of_words(text: str, words: Sequence[tuple[int, int]], kind: str, chosen: range) -> Place:
    """Mark some words that follow each other."""
    start, end = words[chosen[0]][0], words[chosen[-1]][1]
    return Place(kind, start, end, text[start:end])


def further_places(text: str, count: int, offset: int = 0) -> Iterator[Place]:
    """Mark so many claims that `places` never marks: longer ones."""
    words = words_of(text)
    room = len(words) - 100
    for index in range(offset, offset + count):
        first = index % room
        yield place_of_words(text, words, "claim", range(first, first + 12 + index // room))


def write_set(file: IO[bytes], plans: Iterable[ArticlePlan]) -> None:
    """Write the articles with all that hangs on them as newsdesk-jsonl."""
    digest, counts = hashlib.sha256(), Counter[str]()
    for line in _lines(plans):
        raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        counts[line["type"]] += 1
        digest.update(raw)
        file.write(raw)
    kinds = ("outlet", "incident", "party", "article", "annotation", "link", "decision")
    end = {"type": "end", "counts": {kind: counts[kind] for kind in kinds}, "sha256": digest.hexdigest()}
    file.write(json.dumps(end).encode() + b"\n")


def _lines(plans: Iterable[ArticlePlan]) -> Iterator[dict[str, Any]]:
    project = {"id": "bench", "slug": "bench", "name": "Bench"}
    yield {"type": "newsdesk", "version": 1, "offset_unit": "codepoint", "project": project, "state": "all"}
    for number in range(_OUTLETS):
        yield {"type": "outlet", "id": f"outlet-{number}", "name": f"Outlet {number}", "kind": "traditional"}
    for number in range(_INCIDENTS):
        yield {"type": "incident", "id": f"incident-{number}", "title": f"Incident {number}"}
    for number in range(_PARTIES):
        alias = {"text": f"side {number}", "language": "en"}
        name = {"name": f"Party {number}", "entity_type": "group", "actor_type": "rebel_group"}
        yield {"type": "party", "id": f"party-{number}", **name, "aliases": [alias]}
    for plan in plans:
        yield from _article_lines(plan)


def _article_lines(plan: ArticlePlan) -> Iterator[dict[str, Any]]:
    text = plan.text
    article = f"article-{plan.number}"
    yield {
        "type": "article",
        "id": article,
        "title": f"Report {plan.number}",
        "outlet": f"outlet-{plan.number % _OUTLETS}",
        "url": f"https://example.org/{plan.number}",
        "language": "en",
        "published_at": _TIME,
        "retrieved_at": _TIME,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "length": len(text),
        "incidents": [f"incident-{plan.number % _INCIDENTS}"],
        "text": text,
    }
    found = list(places(text, plan.annotations))
    for index, place in enumerate(found):
        yield _annotation_line(article, index, place)
    for index in range(0, len(found) - 5, 6):
        yield _link_line(article, "speaker", index + 2, index)
        yield _link_line(article, "claimant", index + 3, index + 1)
        yield _link_line(article, "disputes", index + 5, index + 3)


def _annotation_line(article: str, index: int, place: Place) -> dict[str, Any]:
    return {
        "type": "annotation",
        "id": f"{article}-a{index}",
        "article": article,
        "kind": place.kind,
        "segments": [[place.start, place.end]],
        "exact": [place.exact],
        "attributes": _attributes(place.kind),
        "parties": [f"party-{index % _PARTIES}"] if place.kind == "party" else [],
        "author": _ANNOTATOR,
        "created_at": _TIME,
        "updated_at": _TIME,
    }


def _link_line(article: str, link_type: str, source: int, target: int) -> dict[str, Any]:
    return {
        "type": "link",
        "id": f"{article}-{link_type}{source}",
        "link_type": link_type,
        "source": f"{article}-a{source}",
        "target": f"{article}-a{target}",
        "attributes": {"mode": "rebuts"} if link_type == "disputes" else {},
        "author": _ANNOTATOR,
        "created_at": _TIME,
        "updated_at": _TIME,
    }


def _attributes(kind: str) -> dict[str, str]:
    if kind == "party":
        return {"mention_form": "name"}
    if kind == "quote":
        return {"quote_type": "indirect"}
    act = "deny" if kind == "counterclaim" else "assert"
    return {"voice": "attributed", "act": act, "topic": "hostilities", "commitment": "certain"}
