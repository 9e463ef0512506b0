"""Is that process still alive, and is it ours? A zombie is dead; a reused process number is somebody else."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def is_running(pid: int, marker: str) -> bool:
    """Tell whether process `pid` lives and has `marker` in its command line."""
    if pid <= 0:
        return False
    if (_PROC / "self" / "stat").exists():
        state, command = _look_in_proc(pid)
    else:
        state, command = _ask_ps(pid)
    return state not in {"", "Z", "X"} and marker in command


def _look_in_proc(pid: int) -> tuple[str, str]:
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
        command = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return "", ""
    # The name in brackets may itself hold brackets and blanks: the state follows the last one.
    state = stat.rpartition(b")")[2].split()[0].decode("ascii")
    return state, os.fsdecode(command.replace(b"\0", b" "))


def _ask_ps(pid: int) -> tuple[str, str]:
    answer = subprocess.run(
        ["/bin/ps", "-ww", "-o", "stat=,command=", "-p", str(pid)],
        capture_output=True,
        check=False,
    )
    state, _, command = os.fsdecode(answer.stdout).strip().partition(" ")
    return state[:1], command
