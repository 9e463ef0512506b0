"""Who is named in an export: members by pseudonym, and so those of whom only an imported file knows."""

import io
from contextlib import closing

import orjson
import pytest

from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, order_for
from annotations.queries.people import is_pseudonym, stranger_key, stranger_pseudonym
from annotations.services.exchange import ImportOrder, import_file
from tests.factories import make_actor, make_project
from tests.services.import_lines import GOOD, take

pytestmark = pytest.mark.django_db(transaction=True)
# Names that a file may hold; pseudonyms stay as they are.
NAMES = {
    "annotator-k3v9x2ab": True,
    "annotator-12345678": True,
    "annotator-a_b_c_d_": True,
    "annotator-Jane Doe": False,
    "annotator-JANE1234": False,
    "annotator-janedoe": False,
    "annotator-janedoe12": False,
    "annotator-джонджон": False,
    'annotator-jane"oe': False,
    "annotator-jane'doe": False,
    "annotator-jane-doe": False,
    "annotator-janedoe\n": False,
    "xannotator-k3v9x2ab": False,
    "k3v9x2ab": False,
    "a": False,
}


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana, name="Bridge")


def exported(actor, project, **choice):
    export = open_export(order_for(actor, project, Choice(state="all", **choice)))
    with closing(export.stream):
        return b"".join(export.stream)


def annotators(content):
    records = [orjson.loads(line) for line in content.splitlines()]
    return {record["origin"]["annotator"] for record in records if record["type"] == "annotation"}


def test_an_annotator_named_by_a_file_gets_a_pseudonym(ana, project):
    take(ana, project, *[line | {"author": "Jane Roe"} if line["type"] == "annotation" else line for line in GOOD])
    [pseudonym] = annotators(exported(ana, project))
    assert pseudonym.startswith("annotator-")


def test_an_admin_may_ask_for_the_names_of_the_file(ana, project):
    take(ana, project, *[line | {"author": "Jane Roe"} if line["type"] == "annotation" else line for line in GOOD])
    assert annotators(exported(ana, project, with_names=True)) == {"Jane Roe"}


def test_an_own_export_with_pseudonyms_is_recognised(ana, project):
    take(ana, project, *[line | {"author": "Jane Roe"} if line["type"] == "annotation" else line for line in GOOD])
    content = exported(ana, project)
    report = import_file(actor=ana, project=project, file=io.BytesIO(content), order=ImportOrder())
    assert report.counts["annotation"] == 0


@pytest.mark.parametrize(("name", "is_one"), NAMES.items())
def test_what_is_a_pseudonym_stays_and_all_else_gets_one(ana, project, name, is_one):
    assert is_pseudonym(name) is is_one
    take(ana, project, *[line | {"author": name} if line["type"] == "annotation" else line for line in GOOD])
    assert annotators(exported(ana, project)) == {stranger_pseudonym(stranger_key(project.pk), name)}
    assert (annotators(exported(ana, project)) == {name}) is is_one
