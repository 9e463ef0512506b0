"""Each rule of the tables is looked after by the doctor too, also where no guard stands any more."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from django.test import TransactionTestCase

from tests.conftest import owner_connection
from tests.factories import approve, submit
from tests.queries.planting import Owner, examine
from tests.world import make_case, make_world

# One site for all faults: each is undone by copying the rows back.
_KEEP = """
SELECT 'CREATE SCHEMA kept; ' || string_agg(format('CREATE TABLE kept.%I AS TABLE public.%I', relname, relname), '; '),
    string_agg(format('DELETE FROM public.%1$I; INSERT INTO public.%1$I SELECT * FROM kept.%1$I', relname), '; ')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname !~ '^(django|auth)_'
"""


@pytest.fixture(scope="module")
def undo_and_run(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """An approved case without any guard; the SQL that brings its rows back, and what runs SQL as the owner."""
    with django_db_blocker.unblock(), closing(owner_connection()) as connection:
        world = make_world()
        case = make_case(world)
        submit(world.ana, *case.records)
        approve(world.rui, *case.records)
        connection.autocommit = True

        def run(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []

        owner = Owner(run)
        owner.drop_guards()
        ((keep, undo),) = run(_KEEP)
        run(keep)
        yield undo, run
        run("DROP SCHEMA kept CASCADE")
        TransactionTestCase._fixture_teardown(None)  # type: ignore[attr-defined]
        owner.put_back()


@pytest.fixture
def run(undo_and_run: tuple[str, Callable[..., Any]]) -> Iterator[Callable[..., Any]]:
    """Run SQL as the owner; the rows are brought back afterwards."""
    undo, run = undo_and_run
    yield run
    run(undo)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE annotation SET note = 'another' WHERE kind = 'claim'", "content_differs"),
        ("UPDATE annotation SET kind = 'counterclaim' WHERE kind = 'claim'", "content_differs"),
        ("UPDATE link SET note = 'another' WHERE type = 'disputes'", "content_differs"),
        ("DELETE FROM annotation_version WHERE content ->> 'kind' = 'claim'", "version_missing"),
        ("UPDATE annotation_version SET number = 7 WHERE content ->> 'kind' = 'claim'", "version_ahead"),
        ("UPDATE link_version SET number = 0", "version_missing"),
        ("UPDATE annotation SET version = 4, approved_version = 1, state = 'draft'", "version_missing"),
        ("UPDATE annotation SET parties = ARRAY[gen_random_uuid()] WHERE kind = 'party'", "party_missing"),
        ("UPDATE annotation SET parties = (SELECT array_agg(id) FROM party) WHERE kind = 'quote'", "parties_illegal"),
        ("UPDATE annotation SET kind = 'opinion' WHERE kind = 'quote'", "kind_illegal"),
        ("UPDATE annotation SET attributes = '{\"voice\": \"loud\"}' WHERE kind = 'claim'", "attributes_illegal"),
        ("UPDATE annotation SET attributes = '{\"low\": 1}' WHERE kind = 'party'", "attributes_illegal"),
        ("UPDATE annotation SET attributes = '[]' WHERE kind = 'party'", "attributes_illegal"),
        ("UPDATE annotation_version SET content = '{}'", "segments_malformed"),
        ("UPDATE link SET attributes = '{}' WHERE type = 'disputes'", "attributes_illegal"),
        ("UPDATE link SET type = 'likes'", "kind_illegal"),
        ("UPDATE link SET target_id = source_id", "self_link"),
        ("UPDATE annotation SET state = 'rejected'", "state_contradicts_approval"),
        ("UPDATE annotation SET state = 'withdrawn'", "state_contradicts_approval"),
        ("UPDATE annotation SET approved_version = NULL", "state_contradicts_approval"),
        ("UPDATE annotation SET approved_version = 9", "state_contradicts_approval"),
        ("UPDATE annotation SET state = 'elsewhere'", "rule_broken"),
        ("UPDATE annotation SET author_id = NULL", "rule_broken"),
        ("UPDATE annotation SET author_id = gen_random_uuid()", "reference_broken"),
        ("UPDATE annotation SET project_id = gen_random_uuid()", "reference_broken"),
        ("UPDATE annotation SET note = NULL", "value_missing"),
        ("UPDATE decision SET reviewer_id = version_editor_id", "own_work"),
        ("UPDATE decision SET version = 5", "reference_broken"),
        ("UPDATE decision SET version_editor_id = reviewer_id", "reference_broken"),
        ("UPDATE decision SET source_version = 5 WHERE link_id IS NOT NULL", "reference_broken"),
        ("UPDATE decision SET verdict = 'perhaps'", "rule_broken"),
        ("DELETE FROM decision", "approval_without_decision"),
        ("UPDATE link SET source_article_id = gen_random_uuid()", "article_differs"),
        ("UPDATE link SET source_id = gen_random_uuid()", "end_missing"),
        ("UPDATE annotation SET state = 'withdrawn', approved_version = NULL WHERE kind = 'quote'", "end_withdrawn"),
        ("UPDATE article SET outlet_id = gen_random_uuid()", "reference_broken"),
        ("DELETE FROM event_chain", "chain_missing"),
        ("DELETE FROM event_payload", "payload_missing"),
        ("UPDATE event_chain SET count = 2, head = ''", "chain_tail"),
    ],
)
def test_a_fault_planted_without_any_guard_is_found(
    run: Callable[..., Any], capsys: pytest.CaptureFixture[str], statement: str, code: str
) -> None:
    run(statement)
    assert code in examine(capsys).codes
