"""Every format through the doors: it streams, has its name and type, tells its losses, and comes back in."""

import io
import json
import zipfile

import pytest

from annotations.formats import CODECS
from annotations.models import Annotation, Link
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.services.projects import create_project
from tests.api.client import BASE, assert_problem
from tests.api.test_imports import send
from tests.factories import approve, join, make_article, submit, tag
from tests.world import make_case

pytestmark = pytest.mark.django_db(transaction=True)

TWO_WAY = sorted(name for name, codec in CODECS.items() if codec.read and codec.write)
NEED_TEXT = sorted(name for name, codec in CODECS.items() if codec.needs_text)


@pytest.fixture
def path(world):
    return f"projects/{world.project.id}/export/"


@pytest.fixture
def case(world):
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    return case


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("name", sorted(CODECS))
def test_format_streams_with_its_type_and_name(ana, case, path, name):
    codec = CODECS[name]

    response = ana.get(path, format=name)
    head = ana.send("HEAD", f"{path}?format={name}")

    assert len(content(response)) > 100
    assert response["Content-Type"] == head["Content-Type"] == codec.media_type
    assert f'filename="northern-bridge-{name}-20' in response["Content-Disposition"]
    assert response["Content-Disposition"].endswith(f'.{codec.extension}"')
    assert response["ETag"] == head["ETag"]


@pytest.mark.parametrize("name", sorted(CODECS))
def test_losses_name_only_what_the_format_declares(ana, case, path, name):
    losses = ana.get(f"{path}losses/", format=name).json()

    assert losses["format"] == name
    declared = {loss.what for loss in CODECS[name].losses}
    assert {loss["what"] for loss in losses["losses"]} <= declared
    assert all(loss["count"] == len(loss["ids"]) > 0 for loss in losses["losses"])


@pytest.mark.parametrize("name", TWO_WAY)
def test_what_went_out_comes_back_in(ana, world, case, path, name):
    exported = content(ana.get(path, format=name))
    other = create_project(actor=world.ana, name="Other")

    response = send(world.ana, f"{BASE}projects/{other.id}/imports/", exported, format=name)

    assert response.status_code == 201, response.content
    counts = response.json()["counts"]
    assert (counts["article"], counts["annotation"], counts["link"]) == (1, 5, 5)
    segments = {tuple(map(tuple, one.segments)) for one in Annotation.objects.filter(project=other)}
    assert segments == {tuple(map(tuple, one.segments)) for one in Annotation.objects.filter(project=world.project)}
    assert Link.objects.filter(project=other).count() == 5
    again = send(world.ana, f"{BASE}projects/{other.id}/imports/", exported, format=name).json()["counts"]
    assert (again["annotation"], again["link"]) == (0, 0)


def test_archive_names_the_links_that_stay_behind(ana, world, case, path):
    elsewhere = make_article(world.ana, world.project, "The rebels hold it.")
    claim = tag(world.ana, elsewhere, Kind.CLAIM, "hold it")
    link = join(world.ana, LinkType.SUPPORTS, claim, case.claim)

    exported = content(ana.get(path, format="brat", state="all"))
    narrowed = content(ana.get(path, format="brat", state="all", article=str(elsewhere.id)))

    assert losses_of(exported)["cross_article"] == [str(link.id)]
    assert losses_of(narrowed)["link_end_missing"] == [str(link.id)]


def losses_of(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return {loss["what"]: loss["ids"] for loss in json.loads(files.read("LOSSES.json"))["losses"]}


def test_flavour_is_one_of_the_formats(ana, case, path):
    spreadsheet, raw = (content(ana.get(path, format="csv", flavour=flavour)) for flavour in ("spreadsheet", "raw"))

    assert spreadsheet != raw
    assert_problem(ana.get(path, format="csv", flavour="docbin"), 400, "invalid_parameter")
    lines = ana.get(path, format="spacy", flavour="jsonl")
    assert lines["Content-Disposition"].endswith('.jsonl"')
    assert json.loads(content(lines))["spans"]["newsdesk"]


@pytest.mark.parametrize("name", NEED_TEXT)
def test_format_that_needs_texts_cannot_leave_them_out(ana, case, path, name):
    assert_problem(ana.get(path, format=name, text="omit"), 400, "invalid_parameter")


def test_absent_package_is_named(ana, case, path, monkeypatch):
    monkeypatch.setattr("annotations.queries.export.find_spec", lambda _name: None)

    problem = assert_problem(ana.get(path, format="parquet"), 400, "invalid_parameter")

    assert "pyarrow" in problem["detail"]


@pytest.mark.parametrize("name", sorted(set(CODECS) - set(TWO_WAY)))
def test_format_that_goes_out_only_is_not_read(ana, world, name):
    response = send(world.ana, f"{BASE}projects/{world.project.id}/imports/", b"x", format=name)

    assert response.status_code == 400


def test_wrong_line_of_an_archive_is_named_with_its_file(ana, world):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "The army said.")
        archive.writestr("a.ann", "T1\tparty 0 8\tThe army\nT2\tparty 4 99\tarmy\n")

    response = send(world.ana, f"{BASE}projects/{world.project.id}/imports/", stream.getvalue(), format="brat")

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["line"], error["code"]) == (2, "out_of_range")
    assert error["detail"].startswith("a.ann: ")
    assert not Annotation.objects.filter(project=world.project).exists()
