"""What goes with the records of a release: manifest, citation (CFF 1.2.0), datasheet, and the zip that holds all."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from annotations.formats.zipped import ZipStream

RECORDS_NAME: Final = "records.jsonl"
MANIFEST_NAME: Final = "manifest.json"
CITATION_NAME: Final = "CITATION.cff"
DATASHEET_NAME: Final = "DATASHEET.md"
GUIDELINE_NAME: Final = "GUIDELINE.md"
REDACTIONS_NAME: Final = "REDACTIONS.md"
_MEDIA_TYPES: Final = {
    RECORDS_NAME: "application/x-ndjson",
    CITATION_NAME: "application/yaml",
    DATASHEET_NAME: "text/markdown",
    GUIDELINE_NAME: "text/markdown",
    REDACTIONS_NAME: "text/markdown",
}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a release before its records are: texts as people gave them, the day as `YYYY-MM-DD`."""

    project: str
    slug: str
    description: str
    number: int
    name: str
    day: str
    filters: Mapping[str, str]
    made_by: str
    software: str
    guideline: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Tally:
    """What the lines of a release say, counted while they pass."""

    header: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    link_types: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    size: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)
    _rest: bytes = b""

    def take(self, piece: bytes) -> None:
        """Count a piece of the file; it may end anywhere in a line."""
        self.size += len(piece)
        self._digest.update(piece)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._line(orjson.loads(line))

    @property
    def sha256(self) -> str:
        """Answer the digest of all bytes so far."""
        digest: str = self._digest.hexdigest()
        return digest

    def _line(self, line: dict[str, Any]) -> None:
        match line["type"]:
            case "newsdesk":
                self.header = line
            case "article":
                self.heads[line["id"]] = line["chain_head"]
                self.languages[line["language"]] += 1
                self.licenses[line["license"] or "not stated"] += 1
            case "annotation":
                self.kinds[line["kind"]] += 1
                self.states[line["state"]] += 1
            case "link":
                self.link_types[line["link_type"]] += 1
                self.states[line["state"]] += 1
            case "end":
                self.counts = line["counts"]


def texts_of(about: About, tally: Tally) -> dict[str, str]:
    """Write the texts that go with a release, by name of file."""
    texts = {CITATION_NAME: citation(about), DATASHEET_NAME: datasheet(about, tally)}
    if about.guideline is not None:
        texts[GUIDELINE_NAME] = str(about.guideline["text"])
    return texts


def manifest_of(about: About, tally: Tally, texts: Mapping[str, str]) -> dict[str, Any]:
    """Write the manifest: what was chosen, how much it is, the digest of each file, the heads of the chains."""
    return {
        "newsdesk_release": 1,
        "project": tally.header["project"],
        "number": about.number,
        "name": about.name,
        "exported_at": tally.header["exported_at"],
        "made_by": about.made_by,
        "filters": dict(about.filters),
        "counts": tally.counts,
        "files": files_of((tally.size, tally.sha256), texts),
        "chain_heads": {"project": tally.header["chain_head"], "articles": tally.heads},
        "guideline": None if about.guideline is None else dict(about.guideline),
        "software": {"name": "newsdesk", "version": about.software},
    }


def files_of(records: tuple[int, str], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """List the files of a release with size and SHA-256; `records` are those of its records."""
    files = [_file(RECORDS_NAME, *records)]
    for name, text in sorted(texts.items()):
        content = text.encode()
        files.append(_file(name, len(content), hashlib.sha256(content).hexdigest()))
    return files


def citation(about: About) -> str:
    """Write CITATION.cff (Citation File Format 1.2.0); JSON strings are YAML strings."""
    title = f"{about.project}: {about.name}"
    lines = [
        ("cff-version", "1.2.0"),
        ("message", "If you use this dataset, please cite it as below."),
        ("type", "dataset"),
        ("title", title),
        ("version", str(about.number)),
        ("date-released", about.day),
    ]
    written = [f"{key}: {_quoted(value)}" for key, value in lines]
    written += ["authors:", f"  - name: {_quoted(about.project)}"]
    if about.description.strip():
        written.append(f"abstract: {_quoted(about.description.strip())}")
    return "\n".join(written) + "\n"


def citation_line(project: str, name: str, number: int, year: int) -> str:
    """Write how to cite a release in one line."""
    return f"{project} ({year}): {name}. Release {number}. Dataset, made with newsdesk."


def datasheet(about: About, tally: Tally) -> str:
    """Write a datasheet, in the sections of Gebru et al., Datasheets for Datasets (2021)."""
    counts = {name: tally.counts.get(name, 0) for name in _COUNTED}
    guideline = (
        f"Annotated by hand after version {about.guideline['version']} of the project's guideline ({GUIDELINE_NAME})."
        if about.guideline
        else "Annotated by hand. The project has no guideline of its own."
    )
    return _DATASHEET.format(
        **counts,
        title=f"{about.project}, release {about.number} ({about.name})",
        description=about.description.strip() or "The project gives no description.",
        kinds=_table("Annotations by kind", tally.kinds),
        types=_table("Links by type", tally.link_types),
        states=_table("Annotations and links by state", tally.states),
        languages=_table("Articles by language", tally.languages),
        licenses=_table("Articles by licence", tally.licenses),
        chosen=", ".join(f"{name}={value}" for name, value in sorted(about.filters.items())),
        guideline=guideline,
        software=about.software,
    )


def zip_pieces(records: Iterable[bytes], manifest: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[bytes]:
    """Write the zip of a release; the same bytes every time."""
    archive = ZipStream()
    archive.add(MANIFEST_NAME, manifest_bytes(manifest))
    for name, text in sorted(texts.items()):
        archive.add(name, text.encode())
    yield archive.take()
    yield from archive.add_pieces(RECORDS_NAME, records)
    archive.close()
    yield archive.take()


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Write a manifest as it lies in the zip."""
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _file(name: str, size: int, sha256: str) -> dict[str, Any]:
    return {"name": name, "media_type": _MEDIA_TYPES[name], "bytes": size, "sha256": sha256}


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def _table(title: str, counts: Counter[str]) -> str:
    if not counts:
        return ""
    rows = "\n".join(f"| {_cell(name)} | {count} |" for name, count in counts.most_common())
    return f"{title}:\n\n| | count |\n|---|---|\n{rows}\n\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


_COUNTED: Final = ("outlet", "incident", "party", "article", "annotation", "link", "decision")
_DATASHEET: Final = """# Datasheet: {title}

## Motivation

{description}

## Composition

{article} articles, {annotation} annotations, {link} links, {decision} decisions; {outlet} outlets,
{incident} incidents, {party} parties. Chosen by: {chosen}.

{kinds}{types}{states}{languages}## Collection

Articles of news outlets, added by the members of the project. Each text was cleaned once when it was stored (line
ends, control characters) and has not changed since; its SHA-256 stands in its line.

## Labelling

{guideline} A record is approved only by a person who neither wrote nor edited it; the decisions are in the file.
People are named by pseudonyms that are the same in every release of this project.

## Uses

Who says what about whom, who disputes it, in which outlet. A claim here is something that was said, not something
that is so; whether a claim is disputed follows from the links.

## Distribution

The texts of the articles belong to their publishers.

{licenses}## Maintenance

This release does not change. Later releases have higher numbers; what changed between two of them can be asked of
the site. Made with newsdesk {software}; offsets are Unicode code points, half-open.
"""
