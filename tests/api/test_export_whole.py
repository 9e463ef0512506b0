"""An export is told from a part of it: by our importer, by the documented one-liner, compressed or not, under load."""

import gzip
import hashlib
import io
import json
import re
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import connection

from annotations.errors import IncompleteFile, NewsdeskError
from annotations.formats.native import read
from annotations.models import Link
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from tests.api.client import assert_problem
from tests.factories import join, make_article, tag
from tests.world import HOUSES, make_case

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTED = re.findall(
    r"```sh\n(.*?)\n```", (Path(__file__).resolve().parents[2] / "docs" / "formats.md").read_text(), re.DOTALL
)


@pytest.fixture
def path(world):
    return f"projects/{world.project.id}/export/?state=all"


def whole(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def is_whole_by_the_one_liner(content, tmp_path):
    [line] = [found for found in DOCUMENTED if "sha256(" in found]
    file = tmp_path / "set.jsonl"
    file.write_bytes(content)
    command = ["bash", "-c", line.replace("approved.jsonl", str(file))]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_export_cut_anywhere_is_incomplete_for_the_importer(world, ana, path):
    make_case(world)
    content = whole(ana.get(path))
    read(io.BytesIO(content))
    cuts = [*range(0, len(content) - 1, 7), *range(len(content) - 400, len(content) - 1)]

    for cut in cuts:
        with pytest.raises(IncompleteFile):
            read(io.BytesIO(content[:cut]))


def test_export_cut_anywhere_is_incomplete_for_the_one_liner(world, ana, path, tmp_path):
    make_case(world)
    content = whole(ana.get(path))

    assert is_whole_by_the_one_liner(content, tmp_path)
    for cut in (0, 1, len(content) // 2, len(content) - 300, len(content) - 60, len(content) - 2):
        assert not is_whole_by_the_one_liner(content[:cut], tmp_path)
    changed = content.replace(b"claim", b"quote", 1)
    assert not is_whole_by_the_one_liner(changed, tmp_path)


def test_gzip_is_sent_to_those_who_ask_and_holds_the_same(world, ana, path):
    make_case(world)

    packed = ana.send("GET", path, Accept_Encoding="br, gzip")

    plain = ana.get(path)
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert not plain.has_header("Content-Encoding")
    assert without_moment(gzip.decompress(whole(packed))) == without_moment(whole(plain))
    refused = ana.send("GET", path, Accept_Encoding="gzip;q=0")
    assert not refused.has_header("Content-Encoding")
    whole(refused)


def test_compressed_export_cut_anywhere_does_not_unpack(world, ana, path):
    make_case(world)
    content = whole(ana.send("GET", path, Accept_Encoding="gzip"))

    for cut in range(2, len(content), 11):
        with pytest.raises(EOFError):
            gzip.decompress(content[:cut])


def test_archives_are_not_compressed_twice(world, ana, path):
    response = ana.send("GET", f"{path}&format=csv", Accept_Encoding="gzip")
    whole(response)
    assert not response.has_header("Content-Encoding")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_unchanged_content_is_not_sent_again(world, ana, path, method):
    make_case(world)
    first = ana.send("HEAD", path)["ETag"]
    packed = ana.send("HEAD", path, Accept_Encoding="gzip")["ETag"]

    assert packed != first
    for known in (first, packed, f'"other", W/{first}', "*"):
        again = ana.send(method, path, If_None_Match=known)
        assert (again.status_code, again["ETag"], again.content) == (304, first, b"")
    tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    assert ana.send("HEAD", path, If_None_Match=first).status_code == 200


def test_an_outsider_is_not_told_that_nothing_changed(zoe, path):
    assert_problem(zoe.send("GET", path, If_None_Match="*"), 404, "not_found")


def test_twenty_exports_under_write_load_are_consistent(world, ana, path):
    is_over = threading.Event()
    written: list[Link | NewsdeskError] = []

    def write():
        number = 0
        try:
            while not is_over.is_set():
                number += 1
                article = make_article(world.ana, world.project, f"Report {number}: they hold it, they said.")
                claim = tag(world.ana, article, Kind.CLAIM, "they hold it")
                written.append(join(world.ana, LinkType.ABOUT, claim, tag(world.ana, article, Kind.PARTY, "they")))
        except NewsdeskError as failure:
            written.append(failure)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        exports = [whole(ana.get(path)) for _ in range(20)]
    finally:
        is_over.set()
        writer.join()

    assert written
    assert not [found for found in written if isinstance(found, NewsdeskError)]
    for content in exports:
        body, end = content[:-1].rsplit(b"\n", 1)
        lines = [json.loads(line) for line in body.split(b"\n")]
        ids = {line["id"] for line in lines if line["type"] == "annotation"}
        links = [line for line in lines if line["type"] == "link"]
        assert json.loads(end)["sha256"] == hashlib.sha256(body + b"\n").hexdigest()
        assert all(line["source"] in ids and line["target"] in ids for line in links)
        assert json.loads(end)["counts"]["link"] == len(links)


def without_moment(content):
    header, *rest = content.split(b"\n")
    return [line for line in rest if b'"type":"end"' not in line] if b"exported_at" in header else []
