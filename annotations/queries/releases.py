"""Releases as rows, as files in every format, and what differs between two of them. Read part by part."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from annotations.formats import codec_named
from annotations.formats.native import NATIVE
from annotations.formats.release import manifest_bytes, zip_pieces
from annotations.formats.zipped import MEDIA_TYPE
from annotations.models import Release
from annotations.queries.access import Actor, visible_releases
from annotations.queries.export import codec_for
from annotations.queries.export_choice import Choice
from annotations.queries.export_documents import outgoing_of_lines

RELEASE_ROW: Final = (
    "id", "project_id", "number", "name", "filters", "manifest", "made_by__username", "created_at",
)  # fmt: skip
_PART: Final = "SELECT content FROM release_part WHERE release_id = %s AND number = %s"
# A gzip stream, as zlib tells it from its own.
_GZIP: Final = 16 + zlib.MAX_WBITS
_PIECE_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a release, made while it is read."""

    filename: str
    media_type: str
    etag: str
    pieces: Iterator[bytes]


def release_rows(actor: Actor, project_id: UUID | None) -> QuerySet[Any, Any]:
    """Rows of releases, without order."""
    rows: QuerySet[Any, Any] = visible_releases(actor, project_id).values(*RELEASE_ROW)
    return rows


def open_release(release: Release, format_: str = "", flavour: str = "") -> Download:
    """Open a release as its zip, or its records in one format: the same records whenever it is asked.

    Raises: InvalidParameter when it cannot be written in this way, or not here.
    """
    stem = f"{release.project.slug}-release-{release.number}"
    if not format_:
        pieces = zip_pieces(release_pieces(release), release.manifest, release.texts)
        return Download(f"{stem}.zip", MEDIA_TYPE, release_etag(release, "", ""), pieces)
    with_text = release.filters.get("text") != "omit"
    codec = codec_for(Choice(format=format_, flavour=flavour, with_text=with_text))
    media_type, extension = codec.type_of(flavour)
    name = f"{stem}-{codec.name}.{extension}"
    return Download(name, media_type, release_etag(release, format_, flavour), _in_format(release, format_, flavour))


def release_etag(release: Release, format_: str, flavour: str) -> str:
    """Answer an ETag of one file of a release."""
    told = f"{hashlib.sha256(manifest_bytes(release.manifest)).hexdigest()}:{format_}:{flavour}"
    return '"' + hashlib.sha256(told.encode()).hexdigest()[:32] + '"'


def release_pieces(release: Release) -> Iterator[bytes]:
    """Give the records of a release as `newsdesk-jsonl`, in pieces."""
    unpack = zlib.decompressobj(_GZIP)
    number = 1
    while (content := _part(release.id, number)) is not None:
        piece = unpack.decompress(content, _PIECE_BYTES)
        while piece:
            yield piece
            piece = unpack.decompress(unpack.unconsumed_tail, _PIECE_BYTES)
        number += 1
    if rest := unpack.flush():
        yield rest


def release_lines(release: Release) -> Iterator[bytes]:
    """Give the records of a release line by line, without their line feeds."""
    rest = b""
    for piece in release_pieces(release):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


def _part(release: UUID, number: int) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(_PART, [release, number])
        found = cursor.fetchone()
    return bytes(found[0]) if found else None


def _in_format(release: Release, format_: str, flavour: str) -> Iterator[bytes]:
    if format_ == NATIVE.name:
        return release_pieces(release)
    counts: Mapping[str, int] = release.manifest["counts"]
    outgoing = outgoing_of_lines(release_lines(release), counts["article"], flavour)
    write = codec_named(format_).write
    return iter(()) if write is None else write(outgoing)
