"""A person's keys for the workbench."""

import json
from dataclasses import dataclass
from typing import Any

from annotations.models import KeySettings
from annotations.queries.access import Actor
from annotations.rules.keys import BY_NAME, keys_of


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of every command; `changed` are those that differ from ours."""

    changed: dict[str, str]
    has_single_keys: bool

    @property
    def by_command(self) -> dict[str, list[str]]:
        """Give all keys by command."""
        return keys_of(self.changed)

    @property
    def as_json(self) -> str:
        """Write all keys for the page's script."""
        return json.dumps(self.by_command, separators=(",", ":"))


def own_keys(actor: Actor) -> Keys:
    """Read the actor's keys. One statement; a command that is gone by now is left out."""
    found: tuple[Any, bool] | None = (
        KeySettings.objects.filter(user=actor.user).values_list("keys", "has_single_keys").first()
    )
    if found is None:
        return Keys({}, has_single_keys=True)
    return Keys({name: key for name, key in found[0].items() if name in BY_NAME}, has_single_keys=found[1])
