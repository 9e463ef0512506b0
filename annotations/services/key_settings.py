"""Keep a person's keys."""

from collections.abc import Mapping

from annotations.errors import InvalidFields
from annotations.models import KeySettings
from annotations.queries.access import Actor
from annotations.rules.keys import BY_NAME, clean_key, key_errors


def save_keys(*, actor: Actor, keys: Mapping[str, str], has_single_keys: bool) -> None:
    """Keep the keys that differ from ours, and the switch for single keys.

    Raises: InvalidFields, among them when two commands would share a key.
    """
    cleaned = {name: clean_key(key) for name, key in keys.items()}
    changed = {name: key for name, key in cleaned.items() if name not in BY_NAME or BY_NAME[name].key != key}
    if found := key_errors(changed):
        raise InvalidFields(found)
    KeySettings.objects.update_or_create(
        user=actor.user, defaults={"keys": changed, "has_single_keys": has_single_keys}
    )
