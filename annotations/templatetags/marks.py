"""How tags look: nested pieces as `<mark>` elements, and the words for kinds, links and states."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join

from annotations.anchoring.pieces import Piece
from annotations.queries.workbench import TextBlock
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


def _opening(kind: Kind, *, first: bool, last: bool) -> str:
    edges = f"{' is-first' if first else ''}{' is-last' if last else ''}"
    if not first:
        return format_html('<mark class="{}{}" data-a="', kind, edges)
    return format_html('<mark class="{}{}" data-l="{}" data-a="', kind, edges, LETTERS[kind])


# A page has thousands of marks and twenty ways to open one.
_OPENINGS: Final = {
    (str(kind), first, last): _opening(kind, first=first, last=last)
    for kind in Kind
    for first in (True, False)
    for last in (True, False)
}


@register.simple_tag
def marks(block: TextBlock) -> str:
    """Render a block's text with its tags. Nothing but text and `<mark>` comes out."""
    return _inner(block.pieces, block.versions)


@register.simple_tag
def marks_around(block: TextBlock, focus: AbstractSet[str], linked: AbstractSet[str]) -> str:
    """Render a block for reading: the tags in `focus` and those `linked` to them stand out by class."""
    return _inner_around(block.pieces, focus, linked)


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
def reason_label(reason: str) -> Label:
    """Say a decision's reason."""
    return REASON_LABELS[reason]


def _inner(pieces: tuple[Piece | str, ...], versions: Mapping[str, int]) -> str:
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return format_html("{}", pieces[0])
    return format_html_join("", "{}", ((p if isinstance(p, str) else _mark(p, versions),) for p in pieces))


def _mark(piece: Piece, versions: Mapping[str, int]) -> str:
    opening = _OPENINGS[piece.kind, piece.first, piece.last]
    inner = _inner(piece.children, versions)
    if piece.first:
        return format_html('{}{}" data-v="{}">{}</mark>', opening, piece.id, versions[piece.id], inner)
    return format_html('{}{}">{}</mark>', opening, piece.id, inner)


def _inner_around(pieces: tuple[Piece | str, ...], focus: AbstractSet[str], linked: AbstractSet[str]) -> str:
    parts = ((p if isinstance(p, str) else _mark_around(p, focus, linked),) for p in pieces)
    return format_html_join("", "{}", parts)


def _mark_around(piece: Piece, focus: AbstractSet[str], linked: AbstractSet[str]) -> str:
    opening = _OPENINGS[piece.kind, piece.first, piece.last]
    role = "focus" if piece.id in focus else "linked" if piece.id in linked else "other"
    inner = _inner_around(piece.children, focus, linked)
    return format_html('{}{}" data-role="{}">{}</mark>', opening, piece.id, role, inner)
