"""The commands of the workbench as rows of its palette and of its sheet of keys: name, words, keys in print."""

import json
from dataclasses import dataclass

from django import template
from django.utils.translation import gettext

from annotations.rules.keys import BY_NAME, COMMANDS
from annotations.views.labels import KIND_LABELS

register = template.Library()

_SIGNS = {"Control": "Ctrl", "ArrowRight": "→", "ArrowLeft": "←", "ArrowDown": "↓", "ArrowUp": "↑", "Backspace": "⌫"}
_KIND = "tag-"


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command; `run` and `kind` are what the browser calls it, `shortcuts` its keys as ARIA writes them."""

    name: str
    run: str
    kind: str
    label: str
    keys: tuple[str, ...]
    shortcuts: str


@register.filter
def command_rows(keys: str) -> list[CommandRow]:
    """Shape the commands with somebody's keys, given as the JSON that the browser gets."""
    chosen: dict[str, list[str]] = json.loads(keys) if keys else {}
    rows = []
    for command in COMMANDS:
        own = chosen.get(command.name, [command.key, *command.also])
        kind = command.name.removeprefix(_KIND) if command.name.startswith(_KIND) else ""
        run = "tag" if kind else command.name
        shortcuts = " ".join(map(_spoken, own))
        rows.append(CommandRow(command.name, run, kind, gettext(command.label), tuple(map(_shown, own)), shortcuts))
    return [*rows, *_sticky_rows(chosen)]


def _sticky_rows(chosen: dict[str, list[str]]) -> list[CommandRow]:
    """Give a row for each kind that can be kept on; its key is the kind's with Shift."""
    rows = []
    for kind, label in KIND_LABELS.items():
        key = f"Shift+{chosen.get(f'{_KIND}{kind}', [BY_NAME[f'{_KIND}{kind}'].key])[0]}"
        words = gettext("Keep on or off: %(kind)s") % {"kind": label}
        rows.append(CommandRow(f"keep-{kind}", "sticky", kind, words, (_shown(key),), _spoken(key)))
    return rows


def _spoken(key: str) -> str:
    *modifiers, last = [key] if key == "+" else key.split("+")
    return "+".join([*modifiers, last.upper() if len(last) == 1 else last])


def _shown(key: str) -> str:
    if key == "+":
        return key
    return " ".join(_SIGNS.get(part, part.upper() if len(part) == 1 else part) for part in key.split("+"))
