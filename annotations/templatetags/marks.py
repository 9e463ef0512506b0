"""How tags look: nested pieces as `<mark>` elements, and the words for kinds, links and states."""

import json
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from markupsafe import escape

from annotations.anchoring.pieces import Piece
from annotations.queries.workbench import Card, CardGroup, TextBlock
from annotations.rules.kinds import Kind
from annotations.views.labels import (
    KIND_LABELS,
    LINK_LABELS,
    LINK_LABELS_BACK,
    REASON_LABELS,
    STATE_LABELS,
    STATE_SIGNS,
    Label,
)

register = template.Library()

LETTERS: Final = {Kind.PARTY: "P", Kind.QUOTE: "Q", Kind.CLAIM: "C", Kind.COUNTERCLAIM: "X", Kind.CUE: "…"}

# The commands of annotations/rules/keys.py.
LINK_COMMANDS: Final = {
    "about": "link-about",
    "same_as": "link-same",
    "supports": "link-supports",
    "relayed_by": "link-relayed",
    "cued_by": "link-cue",
    "expresses": "link-expresses",
}

# How many blocks each process keeps as they were written last: a write changes one of an article's.
_KEPT_BLOCKS: Final = 1024

# Code points on a line, as a rule.
_LINE: Final = 80

# For htmx: put the element in the place of the one with its id.
_SWAP: Final = format_html(' hx-swap-oob="{}"', "true")


def _opening(kind: Kind, *, first: bool, last: bool, focused: bool) -> str:
    """Give the pattern that opens a mark, for its id and one more value; in it stand only words of ours."""
    edges = f"{' is-first' if first else ''}{' is-last' if last else ''}{' is-focused' if focused else ''}"
    letter = f' data-l="{LETTERS[kind]}"' if first else ""
    return f'<mark class="{kind}{edges}"{letter} data-a="{{}}"'


_OPENINGS: Final = {
    (str(kind), first, last, focused): _opening(kind, first=first, last=last, focused=focused)
    for kind in Kind
    for first in (True, False)
    for last in (True, False)
    for focused in (True, False)
}


@register.simple_tag
def text_blocks(blocks: Iterable[TextBlock], oob: object = None, focus: object = None) -> str:
    """Render blocks of the article. In each element is nothing but text and `<mark>`.

    `focus` is a tag to stand out, for who has no script that would show it.
    """
    swap, shown = _SWAP if oob else "", str(focus or "")
    rendered = (_block(block, swap, shown if any(mark.id == shown for mark in block.marks) else "") for block in blocks)
    return format_html_join("", "{}", ((html,) for html in rendered))


@register.simple_tag
def marks_around(block: TextBlock, focus: AbstractSet[str], linked: AbstractSet[str]) -> str:
    """Render a block for reading: `data-role` tells the tags in `focus` and those `linked` to them from the others."""

    def rest(piece: Piece) -> tuple[str, tuple[object, ...]]:
        return ' data-role="{}">', ("focus" if piece.id in focus else "linked" if piece.id in linked else "other",)

    return _written(block.pieces, rest)


@register.simple_tag
def card_groups(groups: Iterable[CardGroup], oob: object = None) -> str:
    """Render the cards beside the text, one list item for each block; it is empty when no tag begins there."""
    swap = _SWAP if oob else ""
    words = tuple((state, str(label)) for state, label in STATE_LABELS.items())
    return format_html_join(
        "",
        '<li class="card-group" id="annotation-cards-{}"{}{}>{}</li>',
        (
            (group.start, _numbered(group.number if group.cards else None), swap, _cards(group.cards, words))
            for group in groups
        ),
    )


@register.simple_tag
def spoken_marks() -> str:
    """Give what marks say to people who listen, by the names of their CSS properties, as JSON."""
    spoken: dict[str, str] = {}
    for kind, label in KIND_LABELS.items():
        spoken[f"say-{kind}"] = gettext("[%(kind)s:") % {"kind": label} + " "
        spoken[f"end-{kind}"] = " " + gettext("end of %(kind)s]") % {"kind": label}
    return json.dumps(spoken, ensure_ascii=False)


@register.filter
def kind_label(kind: str) -> Label:
    """Name a kind."""
    return KIND_LABELS[kind]


@register.filter
def state_label(state: str) -> Label:
    """Name a state."""
    return STATE_LABELS[state]


@register.filter
def state_sign(state: str) -> str:
    """Show a state in one sign."""
    return STATE_SIGNS[state]


@register.filter
def link_label(type_: str) -> Label:
    """Say how a link reads from its source."""
    return LINK_LABELS[type_]


@register.filter
def link_label_back(type_: str) -> Label:
    """Say how a link reads from its target."""
    return LINK_LABELS_BACK[type_]


@register.filter
def link_command(type_: str) -> str:
    """Name the command that opens the choice of a link of this type."""
    return LINK_COMMANDS.get(type_, "")


@register.filter
def reason_label(reason: str) -> Label:
    """Say a decision's reason."""
    return REASON_LABELS[reason]


_CARD: Final = (
    '{0}{1}" data-a="{1}"><a href="?focus={1}#annotation-panel"><span class="kind-badge" aria-hidden="true"></span>'
    '<span class="words" dir="auto">{2}</span>{3}<span class="told" dir="auto">{4}</span></a></li>'
)


@lru_cache(maxsize=256)
def _face(kind: str, state: str, words: str) -> tuple[str, str]:
    """Write what cards of one kind and state have in common: their opening, and their state in a sign and in words."""
    return (
        format_html('<li class="annotation-card {} {}" id="annotation-card-', kind, state),
        format_html(
            '<span class="state" title="{1}"><span aria-hidden="true">{0}</span>'
            '<span class="visually-hidden">{1}</span></span>',
            STATE_SIGNS[state],
            words,
        ),
    )


@lru_cache(maxsize=_KEPT_BLOCKS)
def _block(block: TextBlock, swap: str, focus: str) -> str:
    """Write a block with its marks: each names its tag, where it begins also the tag's version and parties."""
    extent = block.extent
    told = {mark.id: label for mark, label in zip(block.marks, block.labels, strict=True)}

    def rest(piece: Piece) -> tuple[str, tuple[object, ...]]:
        if not piece.first:
            return ">", ()
        version, parties = told[piece.id]
        return (' data-v="{}" data-p="{}">', (version, parties)) if parties else (' data-v="{}">', (version,))

    return format_html(
        '<p class="article-text{}" id="article-text-{}" data-s="{}"{}{} lang="{}" dir="auto"{}>{}</p>',
        f"{_lines(extent.end - extent.start)}{' continued' if extent.continues else ''}",
        extent.start,
        extent.start,
        _numbered(extent.number),
        format_html(' data-gap="{}"', block.gap) if block.gap else "",
        block.language,
        swap,
        _written(block.pieces, rest, focus),
    )


def _numbered(number: int | None) -> str:
    """Name the paragraph, for what counts them on the screen and on paper."""
    return format_html(' data-n="{}"', number) if number else ""


def _lines(length: int) -> str:
    """Guess by powers of two how many lines a block fills: so high it counts until it comes near the window."""
    lines = -(-length // _LINE)
    return f" lines-{1 << (lines - 1).bit_length()}" if lines > 1 else ""


@lru_cache(maxsize=_KEPT_BLOCKS)
def _cards(cards: tuple[Card, ...], words: tuple[tuple[str, str], ...]) -> str:
    """Write the cards of a block; `words` say each state in the reader's language."""
    states = dict(words)
    shown = ((_card(card, *_face(card.kind, card.state, states[card.state])),) for card in cards)
    return format_html("<ol>{}</ol>", format_html_join("", "{}", shown)) if cards else ""


def _card(card: Card, opening: str, state: str) -> str:
    return format_html(_CARD, opening, *map(escape, (card.id, card.words)), state, escape(card.told))


def _written(
    shown: Sequence[Piece | str], rest: Callable[[Piece], tuple[str, tuple[object, ...]]], focus: str = ""
) -> str:
    """Write the pieces of a block by one pattern, so that each text and id is escaped once and in one call.

    `rest` ends the opening of a mark: a pattern of ours with the values it takes. MarkupSafe escapes in C what Django
    escapes in Python; format_html takes it as escaped.
    """
    pattern: list[str] = []
    values: list[object] = []

    def write(pieces: Sequence[Piece | str]) -> None:
        for piece in pieces:
            if isinstance(piece, str):
                pattern.append("{}")
                values.append(escape(piece))
                continue
            end, further = rest(piece)
            pattern.extend((_OPENINGS[piece.kind, piece.first, piece.last, piece.id == focus], end))
            values.extend(map(escape, (piece.id, *further)))
            write(piece.children)
            pattern.append("</mark>")

    write(shown)
    return format_html("".join(pattern), *values) if values else ""
