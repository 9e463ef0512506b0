"""A redaction reaches into releases: the passage is masked there too, with a notice and new digests, nothing else."""

import hashlib
import io
import json

import pytest
from django.db import DatabaseError, connection, transaction

from annotations.formats.native import read
from annotations.models import Release
from annotations.queries.doctor import Examination
from annotations.queries.export_choice import Choice
from annotations.queries.releases import open_release, release_pieces
from annotations.services.redactions import confirm_redaction
from annotations.services.releases import make_release
from tests.conftest import owner_connection
from tests.services.redacting import BLOCKS, NAME, TEXT, all_choices, ask, make_case, redact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db):
    return make_case()


@pytest.fixture
def release(case):
    world = case.world
    return make_release(actor=world.rui, project=world.project, name=f"Of {NAME}", choice=Choice(state="all"))


def stored():
    return Release.objects.select_related("project").get()


def content():
    return b"".join(release_pieces(stored()))


def test_the_words_are_nowhere_in_the_release_and_its_files_are_whole(case, release):
    redact(case)

    lines = [json.loads(line) for line in content().splitlines()]
    [article] = [line for line in lines if line["type"] == "article" and line["id"] == str(case.article.id)]
    assert article["text"] == TEXT.replace(NAME, BLOCKS)
    assert article["sha256"] == hashlib.sha256(article["text"].encode()).hexdigest()
    assert read(io.BytesIO(content())).problems == ()
    found = stored()
    # Every other format is made of the same lines.
    for name in ("newsdesk-jsonl", "webannotation"):
        written = b"".join(open_release(found, name).pieces).decode(errors="ignore").casefold()
        assert [part for part in ("farid", "zalmayu") if part in written] == [], name
    assert NAME not in json.dumps([found.name, found.manifest, found.texts])


def test_the_release_says_what_happened_and_has_new_digests(case, release):
    redact(case)

    found = stored()
    assert [notice["article"] for notice in found.manifest["redactions"]] == [str(case.article.id)]
    digests = {entry["name"]: entry["sha256"] for entry in found.manifest["files"]}
    assert digests["records.jsonl"] == hashlib.sha256(content()).hexdigest()
    assert digests["REDACTIONS.md"] == hashlib.sha256(found.texts["REDACTIONS.md"].encode()).hexdigest()
    assert digests["records.jsonl"] != release.manifest["files"][0]["sha256"]
    assert list(Examination(audit=True).findings()) == []


def test_a_release_without_texts_does_not_keep_the_digest_of_the_old_one(case):
    world = case.world
    choice = Choice(state="all", with_text=False)
    make_release(actor=world.rui, project=world.project, name="Bare", choice=choice)
    assert case.article.sha256 in content().decode()

    redact(case)

    assert case.article.sha256 not in content().decode()
    assert read(io.BytesIO(content())).problems == ()
    assert list(Examination(audit=True).findings()) == []


def test_what_two_people_leave_stays(case, release):
    left = all_choices(case.article, is_masked=False)

    confirm_redaction(actor=case.world.rui, request=ask(case), choices=left)

    lines = [json.loads(line) for line in content().splitlines()]
    [article] = [line for line in lines if line["type"] == "article" and line["id"] == str(case.article.id)]
    assert (article["text"], article["title"]) == (TEXT.replace(NAME, BLOCKS), f"{NAME} speaks")
    assert [line["name"] for line in lines if line["type"] == "party" and line["name"] == NAME]
    assert stored().name == f"Of {NAME}"


def test_a_release_without_the_article_stays_as_it_is(case):
    world = case.world
    make_release(actor=world.rui, project=world.project, name="Other", choice=Choice(article=world.article.id))
    before = content()

    confirm_redaction(actor=world.rui, request=ask(case), choices=all_choices(case.article, is_masked=False))

    assert content() == before
    assert "redactions" not in stored().manifest


def test_nobody_changes_a_release_outside_a_redaction(case, release):
    for statement in (
        "UPDATE release SET name = 'x'",
        "UPDATE release_part SET content = ''",
        "DELETE FROM release_part",
        "INSERT INTO release_part (release_id, number, content) SELECT release_id, 99, content FROM release_part",
    ):
        with pytest.raises(DatabaseError, match="kept as they are"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE release_part SET content = content || content", "release_changed"),
        ("UPDATE release_part SET content = ''", "release_changed"),
        ('UPDATE release SET texts = texts || \'{"DATASHEET.md": "other"}\'', "release_changed"),
        ("UPDATE release SET manifest = jsonb_set(manifest, '{files,0,sha256}', '\"00\"')", "release_not_logged"),
    ],
)
def test_the_doctor_finds_a_release_that_was_changed(case, release, statement, code):
    tables = ("release", "release_part")
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_kept")
        cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_kept")

    assert code in {found.code for found in Examination().findings()}
