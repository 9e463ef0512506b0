"""The browser of the end-to-end tests: a Chromium of the system, else installed, else a sentence what to install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_SENTENCE = (
    "The browser tests need Chromium, and it could not be installed. Install the package chromium of your system, "
    "or run: python -m playwright install --with-deps chromium, or name a Chromium in the variable CHROMIUM."
)


def find_browser() -> str | None:
    """Name the Chromium to drive; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _playwrights_own()


def install_browser() -> str | None:
    """Find a Chromium, or install one by whatever means there are; None when all fail."""
    found = find_browser()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        found = find_browser()
    if found is None:
        print("Downloading Chromium …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = find_browser()
    return found


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    sys.exit(None if install_browser() else _SENTENCE)
