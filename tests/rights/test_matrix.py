"""Every route, method, filter, fragment and download × person × credential × own, others' and foreign records."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.conftest import clear_tables
from tests.rights.cells import NEW_EACH_TIME, SESSION, Asker, Cell, cells_of, expected
from tests.rights.places import Place, Places, make_places
from tests.rights.routes import api_filters, ids_in_forms, routes, shape
from tests.rights.row import NOWHERE, Row
from tests.rights.table import ROWS

# Ids that forms take, by the row above that sends them.
IDS_IN_FORMS = {
    "ArticleFilterForm.outlet": "/articles/?search=",
    "ArticleFilterForm.after": "/articles/?search=",
    "LogForm.article": "/log/?person=",
    "LogForm.after": "/log/?person=",
    "FocusForm.focus": "?focus=",
    "PlaceForm.article": "?view=all&article=",
    "PlaceForm.outlet": "&outlet=",
    "PlaceForm.annotation": "?view=all&annotation=",
    "PlaceForm.link": "?view=all&link=",
    "PickerForm.annotation": "/links/picker/?annotation=",
    "ChangeForm.annotation": "/annotations/withdrawals/",
    "KindForm.annotation": "/annotations/kind/",
    "NoteForm.annotation": "/annotations/note/",
    "PartiesForm.annotation": "/annotations/parties/",
    "PartiesForm.keep": "/annotations/parties/",
    "PartiesForm.add": "/annotations/parties/",
    "ChoicesForm.annotation": "/annotations/parties/choices/",
    "MentionsForm.annotation": "/annotations/mentions/",
    "SpanForm.annotation": "/annotations/span/",
    "AttributeForm.annotation": "/annotations/attributes/",
    "QuotingForm.speaker": "/annotations/quoting/",
    "StepForm.skip": "/undo/",
    "PreviewForm.annotation": "/links/preview/?annotation=",
    "PreviewForm.target": "/links/preview/?annotation=",
    "LinkForm.source": "{article}/links/",
    "LinkForm.target": "{article}/links/",
    "RemovalForm.link": "/links/withdrawals/",
    "RemovalForm.focus": "/links/withdrawals/",
}
_CSRF_TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")
REFERENCES = [row for row in ROWS if row.named != NOWHERE]


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Places]:
    """Both projects, committed once for the whole module: an export reads on a connection of its own."""
    with django_db_blocker.unblock():
        yield make_places()
        clear_tables()


@pytest.fixture
def asker(db: None, places: Places) -> Asker:
    return Asker(places)


# --- nothing is missing from the table ------------------------------------------------------------


def test_every_route_and_method_stands_in_the_table(db: None) -> None:
    assert routes() == {(row.method, shape(row.path)) for row in ROWS}


def test_every_filter_of_the_api_stands_in_the_table() -> None:
    written = {(shape(row.path), name) for row in ROWS for name in re.findall(r"[?&](\w+)=", row.path)}
    assert api_filters() - written == set()


def test_every_id_that_a_form_takes_is_sent_by_a_row() -> None:
    assert ids_in_forms() == set(IDS_IN_FORMS)
    sent = [row.path for row in ROWS if not row.is_api]
    assert [part for part in IDS_IN_FORMS.values() if not any(part in path for path in sent)] == []


# --- the cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_person_is_let_through_or_refused(asker: Asker, row: Row) -> None:
    cells = list(cells_of(row))
    wrong = {cell.name: (answer, wanted) for cell in cells if (answer := asker.ask(cell)) != (wanted := expected(cell))}
    assert wrong == {}


def test_the_number_of_cells_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    number = sum(len(list(cells_of(row))) for row in ROWS)
    with capsys.disabled():
        print(f"\nrights: {number} cells in {len(ROWS)} rows")
    assert number > 2000


# --- foreign is missing ---------------------------------------------------------------------------


@pytest.mark.parametrize("row", REFERENCES, ids=lambda row: row.name)
def test_a_foreign_record_answers_byte_for_byte_like_a_missing_one(asker: Asker, places: Places, row: Row) -> None:
    cell = Cell(row, "rui", SESSION, "abroad", "zoe")
    foreign = _told(asker.send(cell, places.abroad), places.abroad)
    assert foreign == _told(asker.send(cell, places.missing), places.missing)


def _told(response: Any, place: Place) -> tuple[int, bytes, dict[str, str]]:
    """All of an answer but its ids and what is new in every answer."""
    content, headers = response.content, dict(response.headers)
    content = _CSRF_TOKEN.sub(b"", content)
    for name in NEW_EACH_TIME:
        headers.pop(name, None)
    for word, value in place.words("zoe").items():
        content = content.replace(value.encode(), word.encode())
        headers = {name: text.replace(value, word) for name, text in headers.items()}
    return response.status_code, content, headers
