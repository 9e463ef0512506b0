"""One line of JSON, read strictly: no duplicate keys, NUL, exponents or deep nesting (RFC 8259 allows them all)."""

import json
from typing import cast

import orjson

MAX_DEPTH = 32


class NotStrict(ValueError):
    """The line is no JSON that we take; the text says why."""


def strict_object(raw: bytes) -> dict[str, object]:
    """Read one JSON object. Raises: NotStrict."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotStrict("This line is not valid JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise NotStrict("This line is not a JSON object.")
    found = cast(dict[str, object], value)
    # Each level is opened by a bracket of its own.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        _refuse_deep(found, 1)
    if _needs_closer_look(raw, _count_keys(found)):
        _look_closer(raw)
    return found


def strict_value(raw: bytes) -> object:
    """Read a whole file of JSON. Raises: NotStrict; caused by JSONDecodeError when it is no JSON at all."""
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotStrict("This is not valid JSON in UTF-8.") from error
    _refuse_deep(value, 1)
    _look_closer(raw)
    return value


def _count_keys(value: dict[str, object]) -> int:
    """Count the keys of an object and of the objects in it; those hidden in lists of lists are left out."""
    keys = len(value)
    for item in value.values():
        if type(item) is dict:
            if item:
                keys += _count_keys(item)
        elif type(item) is list and item and type(item[0]) is dict:
            keys += sum(_count_keys(inner) for inner in item if isinstance(inner, dict))
    return keys


def _refuse_deep(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotStrict(f"This line is nested more than {MAX_DEPTH} levels deep.")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        if isinstance(item, dict | list):
            _refuse_deep(item, depth + 1)


def _needs_closer_look(raw: bytes, keys: int) -> bool:
    """Tell whether the fast reading may have hidden something; false alarms only cost time.

    Every key is written with a quotation mark and a colon, so a repeated key shows as one more of these.
    """
    return (
        raw.count(b'":') != keys
        or b" :" in raw
        or b"\t:" in raw
        or b"\r:" in raw
        or b"\\u0000" in raw
        or b"quantity" in raw
    )


def _look_closer(raw: bytes) -> None:
    try:
        value = json.loads(raw, object_pairs_hook=_unique, parse_float=_plain_number)
    except (ValueError, RecursionError) as error:
        if isinstance(error, NotStrict):
            raise
        raise NotStrict("This line is not valid JSON.") from error
    if b"\\u0000" in raw:
        _refuse_nul(value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("A key stands twice in one object.")
    return found


def _plain_number(text: str) -> float:
    if "e" in text.lower():
        raise NotStrict("Numbers are written without an exponent.")
    return float(text)


def _refuse_nul(value: object) -> None:
    if isinstance(value, str) and "\x00" in value:
        raise NotStrict("The character NUL cannot be stored.")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key)
            _refuse_nul(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_nul(item)
