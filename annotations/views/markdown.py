"""Markdown → HTML: the parsed tree is written anew from a list of elements, so nothing else can get onto a page.

HTML in the source is text. Pictures are their descriptions, as a page loads nothing from other hosts; links lead to
http, https and headings of the same text only.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# Elements that only wrap what is in them, by the parser's name.
_WRAPPED: Final[Mapping[str, str]] = {
    "paragraph": "p",
    "strong": "strong",
    "em": "em",
    "s": "s",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "list_item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
_CODE: Final = frozenset({"code_block", "fence"})
# A page has its own h1.
_DEEPEST: Final = 6
_OUTWARD: Final = re.compile(r"https?://[^/]", re.IGNORECASE)
_START: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its words, its level in the source and the id it has on the page."""

    words: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text as HTML, and its headings in their order."""

    html: str
    headings: tuple[Heading, ...]


def write_markdown(text: str, anchor_of: Callable[[str], str | None] = lambda _words: None) -> Written:
    """Write a text; `anchor_of` may give a heading an id of its own by its words, once each. No id occurs twice."""
    tree = SyntaxTreeNode(_parser().parse(text))
    headings = _headings(tree, anchor_of)
    writer = _Writer({id(node): heading.anchor for node, heading in headings})
    for _node, heading in headings:
        writer.anchors.setdefault(slugify(heading.words, allow_unicode=True), heading.anchor)
    return Written(writer.inside(tree), tuple(heading for _node, heading in headings))


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])


def _headings(tree: SyntaxTreeNode, anchor_of: Callable[[str], str | None]) -> list[tuple[SyntaxTreeNode, Heading]]:
    found, taken = [], set[str]()
    for node in tree.walk():
        if node.type != "heading":
            continue
        words = _plain(node)
        own = anchor_of(words)
        anchor = own if own and own not in taken else _free(f"section-{slugify(words, allow_unicode=True)}", taken)
        taken.add(anchor)
        found.append((node, Heading(words, int(node.tag[1:]), anchor)))
    return found


def _free(wished: str, taken: set[str]) -> str:
    tried, number = wished, 1
    while tried in taken:
        number += 1
        tried = f"{wished}-{number}"
    return tried


def _plain(node: SyntaxTreeNode) -> str:
    """Give the words of a node without its elements."""
    return "".join(found.content for found in node.walk() if found.type in {"text", "code_inline"}).strip()


@dataclass(slots=True)
class _Writer:
    """Writes nodes as elements; `ids` are those of headings, `anchors` lead to them by their words' slug."""

    ids: Mapping[int, str]
    anchors: dict[str, str] = field(default_factory=dict)

    def inside(self, node: SyntaxTreeNode) -> str:
        return self._join(node.children)

    def _join(self, nodes: Iterable[SyntaxTreeNode]) -> str:
        return format_html_join("", "{}", ((self._write(node),) for node in nodes))

    def _write(self, node: SyntaxTreeNode) -> str:
        if node.type in _WRAPPED and not node.hidden:
            return format_html("<{0}>{1}</{0}>", _WRAPPED[node.type], self.inside(node))
        if node.type in _CODE:
            return format_html("<pre><code>{}</code></pre>", node.content)
        writers: dict[str, Callable[[SyntaxTreeNode], str]] = {
            "text": lambda found: format_html("{}", found.content),
            "softbreak": lambda _found: "\n",
            "hardbreak": lambda _found: format_html("<{}>", "br"),
            "hr": lambda _found: format_html("<{}>", "hr"),
            "code_inline": lambda found: format_html("<code>{}</code>", found.content),
            "heading": self._heading,
            "ordered_list": self._ordered,
            "link": self._link,
            "image": lambda found: format_html("{}", _plain(found)),
        }
        # What is not named here is what stands in it.
        return writers.get(node.type, self.inside)(node)

    def _heading(self, node: SyntaxTreeNode) -> str:
        level = min(int(node.tag[1:]) + 1, _DEEPEST)
        return format_html('<h{0} id="{1}">{2}</h{0}>', level, self.ids[id(node)], self.inside(node))

    def _ordered(self, node: SyntaxTreeNode) -> str:
        start = str(node.attrs.get("start", 1))
        number = start if _START.fullmatch(start) else "1"
        return format_html('<ol start="{}">{}</ol>', number, self.inside(node))

    def _link(self, node: SyntaxTreeNode) -> str:
        address = str(node.attrs.get("href", ""))
        if address.startswith("#"):
            anchor = self.anchors.get(slugify(address[1:], allow_unicode=True))
            return format_html('<a href="#{}">{}</a>', anchor, self.inside(node)) if anchor else self.inside(node)
        if _OUTWARD.match(address):
            return format_html('<a href="{}" rel="noreferrer noopener nofollow">{}</a>', address, self.inside(node))
        return self.inside(node)
