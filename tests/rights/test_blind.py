"""In a blind project nothing of others' work shows anywhere: asked of every route that reads, by the same table."""

import re
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from annotations.models import Article
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from tests.conftest import clear_tables
from tests.factories import approve, join, submit, tag
from tests.rights.cells import SESSION, Asker, Cell
from tests.rights.places import Places, make_places
from tests.rights.row import AUTHOR, AUTHOR_OR_ADMIN, LIST, NOWHERE, OTHERS, PATH, Row
from tests.rights.table import ROWS
from tests.world import HOUSES, QUOTE, REBELS

READS = [row for row in ROWS if row.method == "GET" and row.least not in {"open", "nobody"}]
# Made new in every answer, or by the clock: the minute in which one's own session began.
_NEW = re.compile(
    r"\b[A-Za-z0-9]{64}\b|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|since \d+ \w+ \d{4}, \d\d:\d\d"
)
HIDDEN_FROM = {"ana": ("vic", "rui", "adi"), "vic": ("vic", "ana", "rui", "adi")}
RECORDS = ("claim", "mention", "link", "submitted")
ABOUT_A_RECORD = re.compile(r"\{(claim|mention|link|submitted)\}")


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Places]:
    """Both projects, blind; committed, because an export reads on a connection of its own."""
    with django_db_blocker.unblock():
        yield make_places(visibility="blind")
        clear_tables()


@pytest.fixture
def asker(db: None, places: Places) -> Asker:
    return Asker(places)


@pytest.mark.parametrize("person", HIDDEN_FROM)
@pytest.mark.parametrize("row", READS, ids=lambda row: row.name)
def test_no_answer_names_a_record_that_is_hidden(asker: Asker, places: Places, row: Row, person: str) -> None:
    hidden = {places.home.made[author][name] for author in HIDDEN_FROM[person] for name in RECORDS}
    asked = {value for name, value in places.home.words(person).items() if f"{{{name}}}" in row.path}
    told = asker.read(Cell(row, person, SESSION, author=person))
    assert [pk for pk in hidden - asked if pk in told] == []


def test_what_others_do_changes_no_answer(asker: Asker, places: Places) -> None:
    # An export reads what is committed, and here nothing is; a second factor is another secret each time.
    rows = [row for row in READS if "export/" not in row.path and "/second-factor/" not in row.path]
    cells = [Cell(row, "ana", SESSION, author="ana") for row in rows]
    before = [_NEW.sub("", asker.read(cell)) for cell in cells]
    _work_of_others(places)
    after = [_NEW.sub("", asker.read(cell)) for cell in cells]
    changed = [cell.row.name for cell, was, now in zip(cells, before, after, strict=True) if was != now]
    assert changed == []


def _work_of_others(places: Places) -> None:
    rui, adi = places.actors["rui"], places.actors["adi"]
    rui._roles.clear()
    article = Article.objects.get(pk=places.home.shared["article"])
    claim = tag(rui, article, Kind.CLAIM, HOUSES)
    mention = tag(rui, article, Kind.PARTY, REBELS)
    link = join(rui, LinkType.CLAIMANT, claim, mention)
    tag(adi, article, Kind.QUOTE, *QUOTE)
    submit(rui, claim, mention, link)
    approve(adi, claim, mention, link)


ON_RECORDS = [row for row in ROWS if ABOUT_A_RECORD.search(f"{row.path}{row.body}")]


@pytest.mark.parametrize("row", ON_RECORDS, ids=lambda row: row.name)
def test_others_records_are_missing_for_an_analyst(asker: Asker, row: Row) -> None:
    answer = asker.ask(Cell(row, "ana", SESSION, author="rui"))
    in_query = "?" in row.path and "focus=" not in row.path
    if row.method == "GET" and ("?focus=" in row.path or (in_query and row.is_api)):
        assert answer == 200
    elif row.is_api and row.named != PATH:
        assert answer == (422 if row.named == LIST else 400)
    else:
        assert answer == 404


def test_the_blind_rows_are_there() -> None:
    assert {row.whose for row in ON_RECORDS} == {"", AUTHOR, AUTHOR_OR_ADMIN, OTHERS}
    assert NOWHERE not in {row.named for row in ON_RECORDS}
