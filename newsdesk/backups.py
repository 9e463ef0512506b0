"""One file that holds a whole site: a tar of the database's dump, the site's files, and a manifest of their digests."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

DATABASE: Final = "database.dump"
_MANIFEST: Final = "manifest.json"
_FORMAT: Final = "newsdesk-backup"
_FILES: Final = "files"
# What is made anew, or is in the dump: the embedded database, collected static files, the tests' folder.
_LEFT_OUT: Final = frozenset({"pg", "pg-run", "static", "test", "run"})


class BrokenBackup(Exception):
    """The file is none of ours, or not whole any more."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """When it was made, and the SHA-256 of each part by name."""

    made_at: str
    digests: Mapping[str, str]


def site_files(var: Path) -> list[Path]:
    """List the files of a site, relative to its folder: the secret key and what people put there."""
    kept = [entry for entry in sorted(var.iterdir()) if entry.name not in _LEFT_OUT and not entry.name.startswith(".")]
    found = [path for entry in kept for path in ([entry] if entry.is_file() else sorted(entry.rglob("*")))]
    return [path.relative_to(var) for path in found if path.is_file() and not path.is_symlink()]


def write_backup(target: Path, dump: Path, files: list[Path], var: Path) -> None:
    """Write the tar; only its owner may read it."""
    parts = {DATABASE: dump, **{f"{_FILES}/{name.as_posix()}": var / name for name in files}}
    manifest = {
        "format": _FORMAT,
        "version": 1,
        "made_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "sha256": {name: _digest(path.open("rb")) for name, path in parts.items()},
    }
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
        _add(archive, _MANIFEST, json.dumps(manifest, indent=1).encode())
        for name, path in parts.items():
            archive.add(path, name, recursive=False)
        archive.close()
        raw.flush()
        os.fsync(raw.fileno())


def read_manifest(file: Path) -> Manifest:
    """Read a backup to its end and compare every part with the manifest. Raises: BrokenBackup."""
    digests: dict[str, str] = {}
    content: object = None
    with _told_as_broken(file):
        for name, held in _members(file):
            if name == _MANIFEST:
                content = _parsed(held.read(16 * 1024 * 1024))
            else:
                digests[name] = _digest(held)
    if not isinstance(content, dict) or content.get("format") != _FORMAT or content.get("version") != 1:
        raise BrokenBackup(f"{file} is no backup of newsdesk.")
    if content.get("sha256") != digests or DATABASE not in digests:
        raise BrokenBackup(f"{file} is damaged: a part is missing or was changed.")
    return Manifest(str(content.get("made_at")), digests)


def extract(file: Path, folder: Path) -> None:
    """Write the parts into an empty folder; names that lead out of it were refused by read_manifest."""
    with _told_as_broken(file):
        for name, held in _members(file):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as opened:
                shutil.copyfileobj(held, opened)


def put_files_back(folder: Path, var: Path) -> None:
    """Copy the files of an extracted backup to their places; each appears whole, readable by its owner only."""
    for source in sorted((folder / _FILES).rglob("*")):
        if source.is_file():
            target = var / source.relative_to(folder / _FILES)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}.{os.getpid()}")
            shutil.copyfile(source, draft)
            draft.chmod(0o600)
            draft.replace(target)


def _members(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(file, mode="r:") as archive:
        for member in archive:
            held = archive.extractfile(member) if member.isfile() else None
            if held is None or not _is_safe(member.name):
                raise BrokenBackup(f"{file} holds something that is no file of ours.")
            yield member.name, held


@contextmanager
def _told_as_broken(file: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError) as failure:
        raise BrokenBackup(f"{file} is no backup of newsdesk, or it is cut off.") from failure


def _is_safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name in {DATABASE, _MANIFEST} or (len(parts) > 1 and parts[0] == _FILES and ".." not in parts)


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    described = tarfile.TarInfo(name)
    described.size, described.mode = len(content), 0o600
    archive.addfile(described, io.BytesIO(content))


def _digest(held: IO[bytes]) -> str:
    with held:
        return hashlib.file_digest(held, "sha256").hexdigest()  # type: ignore[arg-type]
