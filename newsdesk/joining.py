"""Our modules and style sheets as one file each, without comments and indents, in place of many small files."""

import posixpath
import re
from collections.abc import Callable
from typing import Final

Read = Callable[[str], str]

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_IMPORT_LATER: Final = re.compile(r'\bimport\("([^"]+)"\)')
_EXPORT: Final = re.compile(r"^export (async function|function|class|const) (\w+)", re.MULTILINE)
_STYLES: Final = re.compile(r'^@import url\("([^"]+)"\) layer\((\w+)\)(?: (\w+))?;\n', re.MULTILINE)
_COMMENT: Final = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


def join_modules(entry: str, read: Read) -> str:
    """Write a module and all it imports into one, each in a function of its own, before those that need it.

    What is imported later stays a file of its own. Only our own way of writing is understood: named
    imports, named exports, no string over several lines.
    Raises: ValueError for modules that import each other in a circle, and for a string that a lost indent would change.
    """
    done: dict[str, str] = {}
    _add(entry, read, done, [])
    *parts, last = done.items()
    head = "".join(f"const {_name(path)} = (() => {{\n{_inner(path, text, entry)}}})();\n" for path, text in parts)
    return _INDENT.sub("", head + _with_imports(*last, entry))


def join_styles(entry: str, read: Read) -> str:
    """Put imported style sheets where they are imported, each in its layer and for its medium."""

    def content(found: re.Match[str]) -> str:
        path, layer, medium = found.groups()
        rules = _COMMENT.sub("", read(_beside(entry, path)))
        return f"@layer {layer} {{\n" + (f"@media {medium} {{\n{rules}}}\n" if medium else rules) + "}\n"

    return _INDENT.sub("", _STYLES.sub(content, _COMMENT.sub("", read(entry))))


def without_comments(text: str) -> str:
    """Leave out the lines that hold nothing but a comment. Whatever follows code, or has code behind it, stays."""
    kept: list[str] = []
    is_inside = False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        is_block = is_inside or (bare.startswith("/*") and "*/" not in bare[:-2])
        if is_block:
            is_inside = not bare.endswith("*/")
        elif not bare.startswith("//"):
            kept.append(line)
    return "".join(kept)


def _add(path: str, read: Read, done: dict[str, str], above: list[str]) -> None:
    if path in above:
        raise ValueError(f"{path} imports itself by way of {above[-1]}")
    if path in done:
        return
    text = without_comments(read(path))
    if any(line.count("`") % 2 for line in text.splitlines()):
        raise ValueError(f"{path} has a string over several lines: write it as several strings")
    for _names, wanted in _IMPORT.findall(text):
        _add(_beside(path, wanted), read, done, [*above, path])
    done[path] = text


def _inner(path: str, text: str, entry: str) -> str:
    names = [name for _kind, name in _EXPORT.findall(text)]
    return _EXPORT.sub(r"\1 \2", _with_imports(path, text, entry)) + f"return {{ {', '.join(names)} }};\n"


def _with_imports(path: str, text: str, entry: str) -> str:
    def later(found: re.Match[str]) -> str:
        return f'import("./{posixpath.relpath(_beside(path, found[1]), posixpath.dirname(entry))}")'

    taken = _IMPORT.sub(lambda found: f"const {{{found[1]}}} = {_name(_beside(path, found[2]))};\n", text)
    return _IMPORT_LATER.sub(later, taken)


def _beside(path: str, wanted: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))


def _name(path: str) -> str:
    return "_" + re.sub(r"\W", "_", path)
