"""Where the cluster lies and as whom its server runs.

PostgreSQL refuses to run as root. Then another user runs it, and its files lie where that user can reach them.
"""

import hashlib
import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from django.core.exceptions import ImproperlyConfigured

_FOR_ROOT = Path("/var/lib/newsdesk")
_USERS = ("postgres", "_postgres", "nobody")


class UserArguments(TypedDict, total=False):
    """What subprocess needs to run something as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Runner:
    """The user that runs the server: ourselves, or another when we are root."""

    uid: int
    gid: int
    is_other: bool

    def as_arguments(self) -> UserArguments:
        """Say to subprocess as whom to run."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def own(self, path: Path) -> None:
        """Give a file or folder to the user that runs the server."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one cluster: data, locks, socket, server log."""

    folder: Path
    var: Path
    runner: Runner

    @property
    def data(self) -> Path:
        """The data folder of the server."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.folder / "server.log"


def settle(var: Path) -> Home:
    """Find or make the home of the cluster that belongs to `var`.

    Raises: ImproperlyConfigured when it belongs to another user.
    """
    place = var / "pg"
    var.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and not place.is_dir():
        _link_to_reachable_folder(var, place)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        owner = place.stat()
    except OSError as error:
        raise ImproperlyConfigured(_not_ours(place)) from error
    if owner.st_uid != os.geteuid() and os.geteuid() != 0:
        raise ImproperlyConfigured(_not_ours(place))
    folder = place.resolve()
    return Home(folder, var, _runner(folder))


def is_settled(var: Path) -> bool:
    """Tell whether a cluster was ever made for `var`."""
    return (var / "pg" / "data").is_dir()


def _not_ours(place: Path) -> str:
    return f"{place} belongs to another user. Run newsdesk as that user, or set NEWSDESK_VAR to a folder of your own."


def _link_to_reachable_folder(var: Path, place: Path) -> None:
    """Put the cluster where the server's user can reach it, under a name that a later clone does not meet again."""
    name = hashlib.sha256(str(var).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    target = _FOR_ROOT / f"{name}-{secrets.token_hex(4)}"
    _FOR_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        place.symlink_to(target, target_is_directory=True)
    except FileExistsError:
        target = place.readlink()
    target.mkdir(mode=0o700, exist_ok=True)


def _runner(folder: Path) -> Runner:
    if os.geteuid() != 0:
        return Runner(os.geteuid(), os.getegid(), is_other=False)
    owner = folder.stat()
    if owner.st_uid != 0:
        return Runner(owner.st_uid, owner.st_gid, is_other=True)
    runner = _unprivileged_user()
    os.chown(folder, runner.uid, runner.gid)
    return runner


def _unprivileged_user() -> Runner:
    for name in _USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(user.pw_uid, user.pw_gid, is_other=True)
    raise ImproperlyConfigured("PostgreSQL does not run as root, and there is no user postgres or nobody to run it.")


def run_as(runner: Runner, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run a program of PostgreSQL to its end, as the user that runs the server."""
    return subprocess.run(command, env=environment, cwd="/", capture_output=True, check=False, **runner.as_arguments())
