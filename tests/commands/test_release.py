"""`manage.py release`, from the shell."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from annotations.models import Release
from tests.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return make_world()


def release(*options, who="rui"):
    out = io.StringIO()
    call_command("release", "--project=northern-bridge", f"--as={who}", *options, stdout=out)
    return out.getvalue()


def test_a_release_is_made_listed_and_written(world, tmp_path):
    whole, tables = tmp_path / "release.zip", tmp_path / "tables.zip"

    assert release("--name=First", "--state=all") == "1\n"
    assert release().split("\t")[::2] == ["1", "First\n"]
    release("--number=1", f"--output={whole}")
    release("--number=1", "--format=csv", f"--output={tables}")

    assert "CITATION.cff" in zipfile.ZipFile(whole).namelist()
    assert "annotations.csv" in zipfile.ZipFile(tables).namelist()


@pytest.mark.parametrize(
    ("who", "options"),
    [
        ("ana", ["--name=Mine"]),
        ("zoe", []),
        ("nobody", []),
        ("rui", ["--name="]),
        ("rui", ["--name=First", "--state=done"]),
        ("rui", ["--number=7", "--output=x"]),
        ("rui", ["--number=7"]),
    ],
)
def test_what_cannot_be_done_is_told(world, who, options):
    with pytest.raises(CommandError):
        release(*options, who=who)
    assert not Release.objects.exists()
