"""Long commands let people's requests go first: their own process, and the server's behind their connection."""

import json
import os
from pathlib import Path

import pytest

from tests.newsdesk.site import Site

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")

# How nice the command, its server's process, the server itself and another connection of the same program are.
LOOK = """
import django, json, os, sys
django.setup()
from django.db import connections
from annotations.management.long_command import LongCommand

def nice(pid):
    return os.getpriority(os.PRIO_PROCESS, pid)

class Command(LongCommand):
    def handle(self, **options):
        own, other = connections["default"], connections["owner"]
        own.ensure_connection()
        other.ensure_connection()
        backend = own.connection.info.backend_pid
        server = int(open(f"/proc/{backend}/stat").read().rpartition(")")[2].split()[1])
        print(json.dumps([nice(0), nice(backend), nice(server), nice(other.connection.info.backend_pid)]))

if sys.argv[1] == "shell":
    Command().run_from_argv(["manage.py", "look", "--skip-checks"])
else:
    from django.core.management import call_command
    call_command(Command(), skip_checks=True)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory):
    site = Site(tmp_path_factory.mktemp("giving") / "var")
    yield site
    site.remove()


def look(site: Site, way: str) -> list[int]:
    command = site.start("-c", LOOK, way)
    output, errors = command.communicate(timeout=120)
    assert command.returncode == 0, errors
    found: list[int] = json.loads(output)
    return [nice - os.getpriority(os.PRIO_PROCESS, 0) for nice in found]


def test_a_long_command_and_its_connection_wait_for_others_and_the_server_does_not(site: Site):
    assert look(site, "shell") == [10, 10, 0, 0]


def test_a_command_that_is_called_by_another_program_changes_nothing_of_it(site: Site):
    assert look(site, "call") == [0, 0, 0, 0]
