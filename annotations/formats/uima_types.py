"""Our types in a UIMA CAS, and the library that reads and writes one, loaded when it is first needed."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

SEGMENT: Final = "newsdesk.Segment"
RECORD: Final = "newsdesk.Record"
LINK: Final = "newsdesk.Link"
# Everything else of the set, as lines of newsdesk-jsonl: header, registry, article, decisions.
ENTRY: Final = "newsdesk.Entry"

TYPE_SYSTEM_NAME: Final = "TypeSystem.xml"

_STRING: Final = "uima.cas.String"
_INTEGER: Final = "uima.cas.Integer"
_FRAME: Final = {
    "attributes": _STRING,
    "note": _STRING,
    "state": _STRING,
    "version": _INTEGER,
    "author": _STRING,
    "origin": _STRING,
    "createdAt": _STRING,
    "updatedAt": _STRING,
}
_TYPES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    RECORD: ("uima.cas.TOP", {"recordId": _STRING, "kind": _STRING, "parties": _STRING, **_FRAME}),
    SEGMENT: (
        "uima.tcas.Annotation",
        {"kind": _STRING, "number": _INTEGER, "exact": _STRING, "record": RECORD},
    ),
    LINK: (
        "uima.cas.TOP",
        {"linkId": _STRING, "linkType": _STRING, "source": RECORD, "target": RECORD, "targetId": _STRING, **_FRAME},
    ),
    ENTRY: ("uima.cas.TOP", {"entryType": _STRING, "json": _STRING}),
}


@cache
def cassis() -> Any:
    """Load dkpro-cassis, which takes a second that most processes never need."""
    return import_module("cassis")


@cache
def type_system() -> Any:
    """Make our type system."""
    types = cassis().TypeSystem()
    for name, (parent, features) in _TYPES.items():
        made = types.create_type(name, parent)
        for feature, range_ in features.items():
            types.create_feature(made, feature, range_)
    return types


def maker_of(name: str) -> Any:
    """Give the class that makes feature structures of one of our types."""
    return type_system().get_type(name)
