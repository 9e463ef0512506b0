"""The commands of the workbench and their keys: THE table; what a person changes is kept beside it.

A key is named as the browser names it, letters in lower case, with "Shift+" or "Control+" before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from annotations.errors import FieldError


@dataclass(frozen=True, slots=True)
class Command:
    """What a key asks for; `label` says it in words. `also` are further keys, which stay; so do all of a fixed one."""

    name: str
    key: str
    label: str
    also: tuple[str, ...] = ()
    is_fixed: bool = False


COMMANDS: Final = (
    Command("tag-party", "1", "Tag as party"),
    Command("tag-quote", "2", "Tag as quote"),
    Command("tag-claim", "3", "Tag as claim"),
    Command("tag-counterclaim", "4", "Tag as counterclaim"),
    Command("tag-cue", "5", "Tag as cue"),
    Command("add-segment", "+", "Keep the selection as a segment and select the next"),
    Command("next", "j", "Next tag"),
    Command("previous", "k", "Previous tag"),
    Command("who", "l", "Link to the speaker or claimant"),
    Command("disputed", "d", "Link to the disputed claim"),
    Command("link-about", "o", "Link to whom it is about"),
    Command("link-same", "m", "Link to the same claim elsewhere"),
    Command("link-supports", "u", "Link to the claim it supports"),
    Command("link-relayed", "y", "Link to who relayed it"),
    Command("link-cue", "c", "Link to its cue word"),
    Command("link-expresses", "x", "Link the quote to its claim"),
    Command("go", "g", "Go to the other end of the link, and back"),
    Command("edit-span", "e", "Change the span of the tag"),
    Command("note", "n", "Write a note on the tag"),
    Command("withdraw", "Backspace", "Remove the tag", ("Delete",), is_fixed=True),
    Command("undo", "z", "Undo", ("Control+z",)),
    Command("redo", "Shift+z", "Redo", ("Control+Shift+z",)),
    Command("mentions", "f", "Tag all other places of this text"),
    Command("submit", "Control+Enter", "Submit and open the next article", is_fixed=True),
    Command("palette", "Control+k", "Command palette", is_fixed=True),
    Command("help", "?", "Show all keys"),
    Command("find", "/", "Find in the article"),
    Command("open", "Enter", "Open the card of the tag", is_fixed=True),
    Command("cancel", "Escape", "Cancel, or back to the text", is_fixed=True),
    Command("word-right", "ArrowRight", "One word to the right", is_fixed=True),
    Command("word-left", "ArrowLeft", "One word to the left", is_fixed=True),
    Command("word-next", "w", "Next word"),
    Command("word-previous", "b", "Previous word"),
    Command("line-down", "ArrowDown", "Next line", is_fixed=True),
    Command("line-up", "ArrowUp", "Previous line", is_fixed=True),
    Command("sentence-next", ")", "Next sentence"),
    Command("sentence-previous", "(", "Previous sentence"),
    Command("line-start", "Home", "Start of the line", is_fixed=True),
    Command("line-end", "End", "End of the line", is_fixed=True),
    Command("page-down", "PageDown", "One page down", is_fixed=True),
    Command("page-up", "PageUp", "One page up", is_fixed=True),
    Command("select", "v", "Start selecting, or move the other end"),
    Command("to-sentence", ".", "Extend to the end of the sentence"),
    Command("to-comma", ",", "Extend to the next comma"),
    Command("to-quotation-mark", '"', "Extend to the closing quotation mark"),
    Command("start-left", "[", "Move the start a word back"),
    Command("start-right", "]", "Move the start a word on"),
    Command("end-left", "{", "Move the end a word back"),
    Command("end-right", "}", "Move the end a word on"),
)
BY_NAME: Final = {command.name: command for command in COMMANDS}
REMAPPABLE: Final = tuple(command for command in COMMANDS if not command.is_fixed)
# With Shift these make a kind stick, so no other command may take those keys.
KINDS: Final = tuple(command.name for command in COMMANDS if command.name.startswith("tag-"))

_SHIFT: Final = "Shift+"


def keys_of(changed: Mapping[str, str]) -> dict[str, list[str]]:
    """Give the keys of every command, with what a person changed."""
    return {
        command.name: [changed.get(command.name, command.key) if not command.is_fixed else command.key, *command.also]
        for command in COMMANDS
    }


def clean_key(typed: str) -> str:
    """Name a key as the browser does; the space bar and a letter in upper case included."""
    has_shift = typed.startswith(_SHIFT)
    key = typed.removeprefix(_SHIFT).strip()
    if len(key) == 1 and key.isalpha() and key.isupper():
        has_shift, key = True, key.lower()
    return f"{_SHIFT if has_shift else ''}{key}"


def key_errors(changed: Mapping[str, str]) -> list[FieldError]:
    """Say what is wrong with a person's keys: no single sign, or a key that two commands would share."""
    found = [
        FieldError(name, "unknown_field", "There is no such command with a key to change.")
        for name in changed
        if name not in BY_NAME or BY_NAME[name].is_fixed
    ]
    for name, key in changed.items():
        if len(key.removeprefix(_SHIFT)) != 1 or not key.removeprefix(_SHIFT).isprintable() or key.endswith(" "):
            found.append(FieldError(name, "invalid", "A key is one letter, digit or sign, alone or with Shift."))
    return found or _conflicts(changed)


def _conflicts(changed: Mapping[str, str]) -> list[FieldError]:
    keys = keys_of(changed)
    owners: dict[str, list[str]] = {}
    for name, own in keys.items():
        for key in [*own, *([f"{_SHIFT}{own[0]}"] if name in KINDS else [])]:
            owners.setdefault(key, []).append(name)
    found: list[FieldError] = []
    for key, names in owners.items():
        mine = [name for name in names if name in changed] or names
        if len(names) > 1:
            other = next((name for name in names if name != mine[0]), names[-1])
            detail = f"{key} already means: {BY_NAME[other].label}."
            found.append(FieldError(mine[0], "invalid", detail))
    return found
