"""The doctor as people see it; what it finds stands in tests/queries/test_doctor_*.py."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.queries.planting import Run
from tests.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)
Capsys = pytest.CaptureFixture[str]


def test_it_says_what_it_looked_at_and_that_nothing_is_wrong(capsys: Capsys) -> None:
    make_world()
    call_command("doctor")
    out = capsys.readouterr().out
    assert "articles 1" in out
    assert out.endswith("Nothing is wrong.\n")


def test_each_finding_is_a_line_with_code_record_id_and_sentence(as_owner: Run, capsys: Capsys) -> None:
    world = make_world()
    as_owner("UPDATE event_chain SET head = '' WHERE article_id = %s", [world.article.id])
    with pytest.raises(SystemExit) as ending:
        call_command("doctor")
    out = capsys.readouterr().out.splitlines()
    assert ending.value.code == 1
    assert out[0].startswith("chain_tail: event_chain ")
    assert out[-1] == "1 finding."


def test_it_works_beside_an_open_transaction_that_writes(capsys: Capsys) -> None:
    world = make_world()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE article SET title = 'Being changed' WHERE id = %s", [world.article.id])
        call_command("doctor", "--audit")
        cursor.execute("ROLLBACK")
    assert "Nothing is wrong." in capsys.readouterr().out
