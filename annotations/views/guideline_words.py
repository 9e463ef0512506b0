"""The guideline in words: newsdesk's own for projects that have written none, and which heading is which kind's."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.anchoring.differences import Fate, Run, compare
from annotations.rules.kinds import Kind
from annotations.views.labels import KIND_LABELS, Label
from annotations.views.markdown import Written, write_markdown

_INTRODUCTION: Final = _(
    "Mark who says what about whom, and who disputes it. Marks may overlap and lie in each other. A mark goes exactly"
    " as far as the words it is about."
)
_SECTIONS: Final[Mapping[Kind, tuple[Label, ...]]] = {
    Kind.PARTY: (
        _("The whole noun phrase, with its article and what stands before the noun, without a relative clause."),
        _("An apposition is a second mention."),
        _("Pronouns are marked only where a link ends on them."),
    ),
    Kind.QUOTE: (
        _("Words given as somebody's own, with their quotation marks; an interrupted quote has several segments."),
        _("Scare quotes, titles and slogans are no quotes."),
    ),
    Kind.CLAIM: (
        _("The smallest clause that can be true or false, kept or broken, without quotation marks."),
        _("The outlet's own words are claims only where they judge what a party does."),
    ),
    Kind.COUNTERCLAIM: (
        _("A claim that disputes another one, linked to it."),
        _("A bare denial (“denies it”) is one counterclaim on verb and object, with a paraphrase of what is denied."),
    ),
    Kind.CUE: (_("The word that tells that somebody speaks: says, denies, according to."),),
}
_PLURALS: Final[Mapping[str, Kind]] = {
    "parties": Kind.PARTY,
    "quotes": Kind.QUOTE,
    "claims": Kind.CLAIM,
    "counterclaims": Kind.COUNTERCLAIM,
    "cues": Kind.CUE,
}
# Longer texts are compared line by line alone.
_MAX_LINES: Final = 5_000


def house_guideline() -> str:
    """Write newsdesk's own guideline, in the reader's language."""
    parts = [str(_INTRODUCTION)]
    for kind, sentences in _SECTIONS.items():
        points = "\n".join(f"- {sentence}" for sentence in sentences)
        parts.append(f"## {KIND_LABELS[kind]}\n\n{points}")
    return "\n\n".join(parts) + "\n"


def kind_anchor(words: str) -> str | None:
    """Give the id of a heading that is about a kind: one that names it, in English or the reader's language."""
    named = words.casefold()
    for kind in Kind:
        if named in {kind.value, str(KIND_LABELS[kind]).casefold()} or _PLURALS.get(named) is kind:
            return f"kind-{kind}"
    return None


def written_guideline(text: str) -> Written:
    """Write a guideline as HTML, with an anchor for each kind that has a heading."""
    return write_markdown(text, kind_anchor)


def described_kinds(written: Written) -> list[tuple[Kind, Label, bool]]:
    """List all kinds with whether the text has a heading for each."""
    anchors = {heading.anchor for heading in written.headings}
    return [(kind, KIND_LABELS[kind], f"kind-{kind}" in anchors) for kind in Kind]


def changed_lines(before: str, after: str) -> list[tuple[Run, ...]]:
    """Tell what changed between two versions: changed lines word by word, each with a line before and after it."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > _MAX_LINES:
        return [compare(before, after)]
    shown: list[tuple[Run, ...]] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
        for name, old_start, old_end, new_start, new_end in group:
            if name == "equal":
                shown += [(Run(Fate.KEPT, line),) for line in old[old_start:old_end]]
            else:
                shown += _changed(old[old_start:old_end], new[new_start:new_end])
        shown.append((Run(Fate.KEPT, gettext("…")),))
    return shown[:-1]


def _changed(old: list[str], new: list[str]) -> Iterable[tuple[Run, ...]]:
    if len(old) == len(new):
        yield from (compare(*pair) for pair in zip(old, new, strict=True))
        return
    yield from ((Run(Fate.GONE, line),) for line in old)
    yield from ((Run(Fate.NEW, line),) for line in new)
