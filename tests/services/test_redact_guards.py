"""The database refuses, in the application's own role, every change of a text that two people did not ask for."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
from uuid_utils.compat import uuid7

from annotations.models import Annotation, Article, Redaction, RedactionRequest
from tests.conftest import application_connection
from tests.services.redacting import BLOCKS, NAME, TEXT, Case, ask, make_case, places, redact

pytestmark = pytest.mark.django_db(transaction=True)
MASKED = TEXT.replace(NAME, BLOCKS)
Run = Callable[..., list[tuple[Any, ...]]]
UPDATE = "UPDATE article SET text = %(text)s, sha256 = encode(sha256(convert_to(%(text)s, 'UTF8')), 'hex')"


@pytest.fixture
def case(transactional_db: None) -> Case:
    return make_case()


@pytest.fixture
def run(case: Case) -> Iterator[Run]:
    """SQL in one transaction of the application's role, which is never committed."""
    with closing(application_connection()) as connection, connection.cursor() as cursor:

        def execute(statement: str, **values: Any) -> list[tuple[Any, ...]]:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
            return rows

        yield execute
        connection.rollback()


def write_redaction(run: Run, request: RedactionRequest, **changes: Any) -> str:
    """Insert a redaction of a request by hand."""
    values = {
        "id": str(uuid7()),
        "project": str(request.project_id),
        "article": str(request.article_id),
        "request": str(request.id),
        "segments": request.segments,
        "reason": request.reason,
        "asked": str(request.requested_by_id),
        **changes,
    }
    run(
        "INSERT INTO redaction (id, project_id, article_id, request_id, segments, reason, requested_by_id, "
        "confirmed_by_id, at, old_digest, counts, transaction_number) VALUES (%(id)s, %(project)s, %(article)s, "
        "%(request)s, %(segments)s, %(reason)s, %(asked)s, %(confirmed)s, now(), '', '{}', 0)",
        **values,
    )
    return str(values["id"])


def write_place(run: Run, redaction: str, table: str, record: object, path: list[str], segments: object) -> None:
    run(
        "INSERT INTO redaction_place (id, redaction_id, place_table, record, number, path, field, segments) "
        "VALUES (%(id)s, %(redaction)s, %(table)s, %(record)s, 0, %(path)s, '', %(segments)s)",
        id=str(uuid7()), redaction=redaction, table=table, record=str(record), path=path, segments=segments,
    )  # fmt: skip


def test_whole_way_by_hand_passes_with_a_second_person(case: Case, run: Run) -> None:
    request = ask(case)
    redaction = write_redaction(run, request, confirmed=str(case.world.rui.user.id))
    write_place(run, redaction, "article", case.article.id, ["text"], request.segments)
    changed = run(f"{UPDATE} WHERE id = %(id)s RETURNING text", text=MASKED, id=str(case.article.id))
    assert changed == [(MASKED,)]


def is_refused(run: Run, statement: str, **values: Any) -> bool:
    """Say whether the database refuses one statement, and go on."""
    run("SAVEPOINT here")
    try:
        run(statement, **values)
    except psycopg2.errors.CheckViolation:
        return True
    finally:
        run("ROLLBACK TO SAVEPOINT here")
    return False


def test_a_confirmed_redaction_lets_nothing_else_pass(case: Case, run: Run) -> None:
    request = ask(case)
    redaction = write_redaction(run, request, confirmed=str(case.world.rui.user.id))
    write_place(run, redaction, "article", case.article.id, ["text"], request.segments)
    others = [
        TEXT.replace(NAME, BLOCKS, 1),
        TEXT.replace(NAME, BLOCKS[:-1]),
        TEXT.replace(NAME, "x" * len(NAME)),
        TEXT.replace("Monday", "██████"),
        MASKED.replace("Monday", "██████"),
    ]
    for text in others:
        assert is_refused(run, f"{UPDATE} WHERE id = %(id)s", text=text, id=str(case.article.id)), text
    without_digest = "UPDATE article SET text = %(text)s WHERE id = %(id)s"
    assert is_refused(run, without_digest, text=MASKED, id=str(case.article.id))


def test_a_plain_update_is_refused(case: Case, run: Run) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation, match="never changes"):
        run(f"{UPDATE} WHERE id = %(id)s", text=MASKED, id=str(case.article.id))


def test_a_redaction_of_an_earlier_transaction_opens_nothing(case: Case, run: Run) -> None:
    redact(case)
    with pytest.raises(psycopg2.errors.CheckViolation, match="never changes"):
        run(f"{UPDATE} WHERE id = %(id)s", text=TEXT, id=str(case.article.id))


def test_who_asked_or_may_not_decide_cannot_be_the_second(case: Case, run: Run) -> None:
    request, world = ask(case), case.world
    run("SAVEPOINT here")
    for who in (world.adi, world.ana, world.vic, world.zoe):
        with pytest.raises(psycopg2.errors.CheckViolation):
            write_redaction(run, request, confirmed=str(who.user.id))
        run("ROLLBACK TO SAVEPOINT here")


def test_asking_and_confirming_in_one_transaction_is_refused(case: Case, run: Run) -> None:
    request = RedactionRequest(
        project=case.world.project,
        article=case.article,
        segments=[[0, 3]],
        reason="x",
        requested_by=case.world.adi.user,
    )
    run(
        "INSERT INTO redaction_request (id, project_id, article_id, segments, reason, choices, requested_by_id, at, "
        "transaction_number, closed_as) VALUES (%(id)s, %(project)s, %(article)s, '{{0,3}}', 'x', '[]', %(by)s, "
        "now(), 1, '')",
        id=str(request.id), project=str(request.project_id), article=str(request.article_id),
        by=str(request.requested_by_id),
    )  # fmt: skip
    with pytest.raises(psycopg2.errors.CheckViolation, match="second person"):
        write_redaction(run, request, confirmed=str(case.world.rui.user.id))


def test_nobody_but_an_admin_asks_even_by_hand(case: Case, run: Run) -> None:
    values = {"id": str(uuid7()), "project": str(case.world.project.id), "article": str(case.article.id)}
    for who in (case.world.rui, case.world.ana, case.world.zoe):
        assert is_refused(
            run,
            "INSERT INTO redaction_request (id, project_id, article_id, segments, reason, choices, requested_by_id, "
            "at, transaction_number, closed_as) VALUES (%(id)s, %(project)s, %(article)s, '{{0,3}}', 'x', '[]', "
            "%(by)s, now(), 1, '')",
            **values, by=str(who.user.id),
        )  # fmt: skip


def test_places_that_nobody_asked_for_are_refused(case: Case, run: Run) -> None:
    request = ask(case)
    start = TEXT.index("Monday")
    redaction = write_redaction(run, request, confirmed=str(case.world.rui.user.id))
    run("SAVEPOINT here")
    for table, record, path, segments in [
        ("article", case.article.id, ["text"], [[start, start + 6]]),
        ("article", case.article.id, ["title"], [[0, 3]]),
        ("annotation", case.quote.id, ["exact", "0"], [[0, 3]]),
        ("annotation", case.claim.id, ["exact", "0"], [[14, 18]]),
        ("annotation", case.quote.id, ["note"], [[0, 3]]),
        ("event", uuid7(), ["verb"], [[0, 3]]),
    ]:
        with pytest.raises(psycopg2.errors.CheckViolation, match="nobody asked"):
            write_place(run, redaction, table, record, path, segments)
        run("ROLLBACK TO SAVEPOINT here")


def test_rows_are_kept_as_they_are(case: Case, run: Run) -> None:
    ask(case)
    for statement in (
        "UPDATE annotation SET exact = ARRAY['█████████████'] WHERE id = %(speaker)s",
        "UPDATE annotation_version SET content = jsonb_set(content, '{note}', '1') WHERE annotation_id = %(speaker)s",
        "UPDATE decision SET comment = 'x'",
        "UPDATE comment SET text = 'x'",
        "UPDATE comment SET text = text",
        "UPDATE redaction_request SET reason = 'x'",
        "UPDATE redaction_request SET segments = '{{0,1}}', closed_at = now(), closed_as = 'refused'",
        "DELETE FROM redaction_request",
        "DELETE FROM event_payload",
        "UPDATE event_payload SET content = '{}'",
        "DELETE FROM annotation_version",
        "DELETE FROM decision",
    ):
        assert is_refused(run, statement, speaker=str(case.speaker.id)), statement


def test_an_old_word_read_before_is_not_stored_after(case: Case, run: Run) -> None:
    redact(case)
    start = places(case.article)[0].start
    stale = {"id": str(uuid7()), "article": str(case.article.id), "project": str(case.world.project.id)}
    with pytest.raises(psycopg2.errors.CheckViolation, match="not its exact"):
        run(
            "INSERT INTO annotation SELECT (jsonb_populate_record(a, jsonb_build_object('id', %(id)s, 'version', 1, "
            "'segments', jsonb_build_array(jsonb_build_array(%(start)s, %(end)s)), "
            "'exact', jsonb_build_array(%(words)s), 'note', 'n'))).* FROM annotation a WHERE id = %(claim)s",
            **stale, start=start, end=start + 5, words=NAME[:5], claim=str(case.claim.id),
        )  # fmt: skip
    assert Annotation.objects.filter(article=Article.objects.get(pk=case.article.pk)).count() == 4
    assert Redaction.objects.count() == 1
