"""The stream of an export: its ETag, its limits, and what happens when nobody reads."""

import time

import pytest

from annotations.errors import Unavailable
from annotations.queries import export_stream
from annotations.queries.export import export_etag, open_export
from annotations.queries.export_choice import Choice, order_for
from annotations.queries.export_session import RETRY_AFTER_SECONDS
from annotations.rules.kinds import Kind
from tests.factories import make_article, tag
from tests.sessions import all_slots_taken, await_closed_sessions
from tests.world import HOUSES, make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def case(world):
    return make_case(world)


def test_etag_changes_when_the_content_does(world, case):
    def tags():
        return [export_etag(order_for(world.ana, world.project, Choice(state=state))) for state in ("all", "approved")]

    before = tags()
    assert tags() == before
    assert before[0] != before[1]
    tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    assert tags()[0] != before[0]
    stream = open_export(order_for(world.ana, world.project, Choice(state="all")))
    stream.stream.close()
    assert stream.etag == tags()[0]


def test_five_at_once_are_too_many_and_a_closed_one_makes_room(world):
    order = order_for(world.ana, world.project, Choice())

    with all_slots_taken(), pytest.raises(Unavailable) as refusal:
        open_export(order)
    assert refusal.value.extras["retry_after"] == RETRY_AFTER_SECONDS

    assert b"".join(open_export(order).stream)


def test_closing_early_ends_the_query_and_frees_its_slot(world, monkeypatch, as_owner):
    monkeypatch.setattr(export_stream, "PIECE_BYTES", 1)
    monkeypatch.setattr(export_stream, "PIECES_WAITING", 1)
    for number in range(5):
        make_article(world.ana, world.project, f"Number {number}. " + "word " * 10_000)
    export = open_export(order_for(world.ana, world.project, Choice()))
    next(export.stream)

    export.stream.close()

    assert list(export.stream) == []
    await_closed_sessions()
    open_ = as_owner("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'newsdesk-export'")
    assert open_ == [(0,)]


def test_slow_reader_is_dropped_and_told(world, monkeypatch):
    monkeypatch.setattr(export_stream, "PIECE_BYTES", 1)
    monkeypatch.setattr(export_stream, "PIECES_WAITING", 1)
    monkeypatch.setattr(export_stream, "IDLE_SECONDS", 0.1)
    export = open_export(order_for(world.ana, world.project, Choice()))
    time.sleep(2.5)

    with pytest.raises(Unavailable):
        list(export.stream)


def test_export_is_one_snapshot(world, case, monkeypatch):
    monkeypatch.setattr(export_stream, "PIECE_BYTES", 1)
    monkeypatch.setattr(export_stream, "PIECES_WAITING", 1)
    export = open_export(order_for(world.ana, world.project, Choice(state="all")))
    first = next(export.stream)
    late = make_article(world.ana, world.project, "A later article.")

    rest = b"".join(export.stream)

    assert first.startswith(b'{"type":"newsdesk"')
    assert str(late.pk).encode() not in rest
