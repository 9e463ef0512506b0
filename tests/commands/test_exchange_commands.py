"""`import_set` and `export_set` do the same as the API, from the shell."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from annotations.models import Annotation
from tests.conftest import clear_tables
from tests.factories import make_actor, make_project
from tests.services.import_lines import GOOD, QUOTE, content
from tests.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_bytes(content(*GOOD))
    return path


def take(file, name="ana", **options):
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "import_set", str(file), "--project=northern-bridge", f"--as={name}", stdout=out, stderr=err, **options
    )
    return out.getvalue(), err.getvalue()


def test_import_set_stores_and_counts(world, file):
    out, _ = take(file)

    assert "annotation 4" in out.splitlines()
    assert Annotation.objects.filter(author=world.ana.user).count() == 4


def test_dry_run_stores_nothing(world, file):
    out, _ = take(file, dry_run=True)

    assert "annotation 4" in out.splitlines()
    assert not Annotation.objects.exists()


def test_bad_lines_are_told(world, file):
    file.write_bytes(content(*GOOD, QUOTE | {"id": "q2", "exact": ["no"]}))

    with pytest.raises(CommandError, match=r"10: text_mismatch"):
        take(file)
    _, err = take(file, on_error="skip")
    assert err.startswith("10: text_mismatch")


@pytest.mark.parametrize("name", ["zoe", "nobody", "vic"])
def test_who_may_not_import_is_refused(world, file, name):
    with pytest.raises(CommandError):
        take(file, name)


def test_missing_file_is_told(world, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        take(tmp_path / "nothing.jsonl")


def test_export_set_writes_what_import_set_read(world, file, tmp_path):
    take(file)
    output = tmp_path / "out.jsonl"

    call_command("export_set", "--project=northern-bridge", "--state=all", f"--output={output}")

    lines = [json.loads(line) for line in output.read_bytes().splitlines()]
    assert [lines[-1]["counts"][kind] for kind in ("annotation", "link", "article")] == [4, 2, 2]
    assert not {line["author"] for line in lines if line["type"] == "annotation"} & {"ana"}


def test_export_set_writes_to_standard_output(world, capfdbinary):
    call_command("export_set", "--project=northern-bridge")

    first, *_ = capfdbinary.readouterr().out.splitlines()
    assert json.loads(first)["type"] == "newsdesk"


@pytest.mark.parametrize(("option", "value"), [("--project", "nowhere"), ("--state", "done")])
def test_export_set_refuses_what_it_does_not_know(world, option, value):
    options = {"--project": "northern-bridge", option: value}

    with pytest.raises(CommandError):
        call_command("export_set", *[f"{name}={text}" for name, text in options.items()])


def test_restore_brings_an_archive_back(world, tmp_path):
    archive = tmp_path / "archive.jsonl"
    call_command("export_set", "--project=northern-bridge", "--state=all", "--people=names", f"--output={archive}")
    clear_tables()
    project = make_project(make_actor("adi"), name="Again")
    out = io.StringIO()

    call_command("import_set", str(archive), f"--project={project.slug}", "--as=adi", "--restore", stdout=out)

    assert "article 1" in out.getvalue().splitlines()


def test_restore_refuses_a_project_with_content_and_a_dry_run(world, file):
    with pytest.raises(CommandError, match=r"full archive|empty project|state=all"):
        take(file, "adi", restore=True)
    with pytest.raises(CommandError, match="no dry run"):
        take(file, "adi", restore=True, dry_run=True)


def test_names_of_a_foreign_file_are_mapped(world, tmp_path):
    file = tmp_path / "doccano.jsonl"
    file.write_text(json.dumps({"text": "the army came", "label": [[0, 8, "PER"]], "Comments": []}) + "\n")

    _, err = take(file, format="doccano", dry_run=True, on_error="skip")
    out, _ = take(file, format="doccano", labels={"PER": "party"})

    assert "labels: PER: 1" in err.splitlines()
    assert "annotation 1" in out.splitlines()


@pytest.mark.parametrize("labels", ["{", "[]", '{"PER": 1}'])
def test_a_mapping_that_is_none_is_told(world, file, labels):
    with pytest.raises(CommandError, match="labels"):
        call_command("import_set", str(file), "--project=northern-bridge", "--as=ana", f"--labels={labels}")
