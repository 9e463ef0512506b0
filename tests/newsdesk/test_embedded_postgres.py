"""The private server: started by the first, stopped by the last, repaired by whoever comes next."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from newsdesk.embedded_postgres.cluster import Cluster
from newsdesk.embedded_postgres.connecting import connect_patiently
from newsdesk.embedded_postgres.processes import is_running
from tests.newsdesk.site import ROOT, USE_UNTIL_INPUT_ENDS, Site

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose database is made already, for tests that do not need to see it made."""
    site = Site(tmp_path_factory.mktemp("made") / "var")
    yield site
    site.remove()


@pytest.fixture
def cluster(made: Site) -> Iterator[Cluster]:
    cluster = Cluster(made.var, "")
    yield cluster
    cluster.leave()


def connect(cluster: Cluster, user: str = "newsdesk_owner"):
    connection = connect_patiently(
        cluster, lambda folder: psycopg2.connect(host=folder, port=5432, user=user, dbname="newsdesk")
    )
    connection.autocommit = True
    return connection


def execute(connection, statement: str):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_the_last_to_leave_stops_the_server(made: Site):
    first, second = Cluster(made.var, ""), Cluster(made.var, "")
    first.use()
    second.use()

    first.leave()
    assert second.is_ready()
    second.leave()
    assert made.servers() == []


def test_eight_processes_at_once_on_an_empty_folder_share_one_server(site: Site):
    users = [site.user() for _ in range(8)]
    outcomes = [user.communicate(timeout=60) for user in users]

    assert outcomes == [("in use\n", "")] * 8
    assert site.wait_until_quiet() == []
    log = Cluster(site.var, "").home.log.read_text(encoding="utf-8")
    assert log.count("starting PostgreSQL") == log.count("database system is shut down\n")


def test_a_killed_user_leaves_the_server_to_the_others(made: Site, cluster: Cluster):
    cluster.use()
    user = made.user()
    assert user.stdout is not None
    assert user.stdout.readline() == "in use\n"
    user.send_signal(signal.SIGKILL)
    user.communicate()

    assert cluster.is_ready()
    cluster.leave()
    assert made.servers() == []


def test_a_killed_server_comes_back_with_what_was_committed(made: Site, cluster: Cluster):
    connection = connect(cluster)
    execute(connection, "CREATE TABLE note (words text)")
    execute(connection, "INSERT INTO note VALUES ('kept')")

    made.kill_server()
    with pytest.raises((psycopg2.OperationalError, psycopg2.InterfaceError)):
        execute(connection, "INSERT INTO note VALUES ('refused')")
    assert execute(connect(cluster), "SELECT words FROM note") == [("kept",)]


def test_a_killed_postmaster_alone_comes_back(cluster: Cluster):
    cluster.use()
    pid = cluster.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    assert execute(connect(cluster), "SELECT 1") == [(1,)]
    assert cluster.server_pid() != pid


def test_a_process_number_that_now_belongs_to_another_does_not_stop_the_start(made: Site, cluster: Cluster):
    cluster.use()
    lines = (cluster.home.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
    made.kill_server()
    (cluster.home.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]), encoding="utf-8")

    assert execute(connect(cluster), "SELECT 1") == [(1,)]


def test_a_zombie_is_dead():
    child = subprocess.Popen([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert not is_running(child.pid, "")
    child.communicate()


@pytest.mark.parametrize("name", ["x" * 150, "with 'quotes\" $HOME, and – dashes"])
def test_any_folder_name_will_do(site: Site, name: str):
    odd = Site(site.var / name)
    cluster = Cluster(odd.var, "")
    assert execute(connect(cluster), "SELECT current_user") == [("newsdesk_owner",)]
    socket_folder = Path(cluster.use())
    cluster.leave()

    assert odd.servers() == []
    assert socket_folder.parent == cluster.home.folder or not socket_folder.exists()
    odd.remove()


def test_half_made_data_is_never_taken_for_a_database(site: Site):
    cluster = Cluster(site.var, "")
    (cluster.home.folder / "data.new" / "base").mkdir(parents=True)

    assert execute(connect(cluster), "SELECT 1") == [(1,)]
    cluster.leave()


def test_server_listens_on_its_socket_only_and_is_durable(cluster: Cluster):
    found = execute(
        connect(cluster),
        "SELECT name, setting FROM pg_settings WHERE name IN "
        "('listen_addresses', 'fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
    )
    assert found == [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("synchronous_commit", "on"),
    ]
    assert Path(cluster.use()).stat().st_mode & 0o777 == 0o700


def test_trigrams_see_letters_of_every_script(cluster: Cluster):
    connection = connect(cluster)
    execute(connection, "CREATE EXTENSION pg_trgm")
    assert execute(connection, "SELECT cardinality(show_trgm('خبر')) > 0, cardinality(show_trgm('весть')) > 0") == [
        (True, True)
    ]


def test_log_of_the_server_holds_no_words_of_people(cluster: Cluster):
    connection = connect(cluster)
    with pytest.raises(psycopg2.Error):
        execute(connection, "SELECT 'secret words'::int")
    cluster.leave()
    assert "secret words" not in cluster.home.log.read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must hand the server to another user")
def test_root_lets_another_user_run_the_server(cluster: Cluster):
    cluster.use()
    pid = cluster.server_pid()
    assert Path(f"/proc/{pid}").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_runs_the_server_itself(site: Site):
    site.var.parent.chmod(0o755)
    site.var.mkdir()
    os.chown(site.var, 65534, 65534)
    on_the_way = [*site.var.parents, *Path(sys.executable).resolve().parents, *Path(sys.executable).parents]
    if not all(folder.stat().st_mode & 0o001 for folder in on_the_way):
        pytest.skip("another user can enter neither this Python nor this folder")
    user = subprocess.run(
        [sys.executable, "-c", USE_UNTIL_INPUT_ENDS, str(site.var)],
        cwd=ROOT,
        env=site.environment,
        user=65534,
        group=65534,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (user.stdout, user.stderr) == ("in use\n", "")
    assert (site.var / "pg").is_dir()
    assert site.servers() == []


def test_unfit_programs_are_named_in_a_sentence(site: Site, tmp_path: Path):
    answer = subprocess.run(
        [sys.executable, "manage.py", "db", "start"],
        cwd=ROOT,
        env={**site.environment, "NEWSDESK_PG_BIN": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert re.search(r"No PostgreSQL 15 or newer was found\. Install ", answer.stderr)
