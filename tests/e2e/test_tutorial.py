"""The tutorial of docs/api.md, run line by line against a running site."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.site import ROOT, Site

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
TUTORIAL = PAGE.partition("\n## A tutorial\n")[2].partition("\n## ")[0]
USERS = ("analyst", "reviewer", "admin")


def blocks(language: str) -> str:
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", TUTORIAL, re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def said(site: Site, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the shell and then Python print."""
    folder: Path = tmp_path_factory.mktemp("tutorial")
    for name in USERS:
        site.manage("user", name)
    shell = blocks("sh").replace("http://127.0.0.1:8000", site.base)
    shell = shell.replace(".venv/bin/python manage.py", f"{sys.executable} {ROOT / 'manage.py'}")
    (folder / "tutorial.py").write_text(blocks("python"), encoding="utf-8")
    script = f"set -euo pipefail\n{shell}\n{sys.executable} tutorial.py\n"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=site.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_line_runs_and_says_what_the_tutorial_promises(said: list[str]):
    assert "quote ['“The road is open,”'] approved" in said
    assert "409 text_mismatch ['The ']" in said
    assert "2 draft" in said


def test_the_release_holds_what_was_approved(said: list[str]):
    assert [line.split() for line in said if line.startswith(("party", "quote "))][-2:] == [
        ["party", "1"],
        ["quote", "1"],
    ]


def test_there_are_steps_in_both_languages():
    assert blocks("sh").count("curl") >= 10
    assert "import httpx" in blocks("python")
