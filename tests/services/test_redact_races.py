"""Old words do not come back: not from who read the text before, not in a race, not from a repeated request."""

import threading
from typing import Any

import pytest
from django.db import connection

from annotations.errors import DuplicateAnnotation, TextMismatch
from annotations.models import Annotation, Article, IdempotentAnswer, Redaction
from annotations.queries.access import Actor
from annotations.queries.doctor import Examination
from annotations.rules.kinds import Kind
from annotations.services.redactions import confirm_redaction
from tests.api.client import api_for
from tests.factories import make_article, tag
from tests.services.redacting import BLOCKS, NAME, TEXT, Case, all_choices, ask, dump, make_case, places, redact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db: None) -> Case:
    return make_case()


def test_who_read_the_text_before_cannot_tag_its_old_words(case: Case) -> None:
    redact(case)
    with pytest.raises(TextMismatch):
        tag(case.world.ana, case.article, Kind.QUOTE, NAME)
    assert tag(case.world.ana, case.article, Kind.QUOTE, "Nobody crossed").exact == ["Nobody crossed"]


def test_in_a_race_no_old_word_is_left(case: Case) -> None:
    request, choices = ask(case), all_choices(case.article)
    others = [Kind.CLAIM, Kind.QUOTE, Kind.CUE, Kind.COUNTERCLAIM]
    words = [NAME, f"{NAME} told", f"cousin of {NAME}", f"of {NAME} left", f"{NAME} left"]
    told: list[str] = []

    def write() -> None:
        for kind in others:
            for exact in words:
                try:
                    tag(Actor(case.world.ana.user), case.article, kind, exact)
                    told.append("stored")
                except (TextMismatch, DuplicateAnnotation) as refusal:
                    told.append(refusal.code)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    confirm_redaction(actor=case.world.rui, request=request, choices=choices)
    writer.join(60)
    assert len(told) == len(others) * len(words)
    assert not Annotation.objects.filter(exact__icontains=NAME).exists()
    assert NAME not in dump()
    assert list(Examination(audit=True).findings()) == []


def body(case: Case) -> dict[str, Any]:
    start = TEXT.index(NAME)
    return {
        "article": str(case.article.id),
        "kind": "quote",
        "segments": [[start, start + len(NAME)]],
        "exact": [NAME],
        "note": f"Again {NAME}.",
    }


def test_stored_answers_are_masked_and_a_repeat_does_nothing_twice(case: Case) -> None:
    api = api_for(case.world.ana)
    made = api.post("annotations/", body(case), Idempotency_Key="one")
    assert made.status_code == 201
    redact(case)
    stored = IdempotentAnswer.objects.get(key="one")
    assert (NAME in stored.body, stored.body.count(BLOCKS)) == (False, 2)
    again = api.post("annotations/", body(case), Idempotency_Key="one")
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_conflict")
    assert Annotation.objects.filter(kind=Kind.QUOTE).count() == 2


def test_answers_of_other_projects_stay(case: Case) -> None:
    api = api_for(case.world.zoe)
    made = api.post("projects/", {"name": NAME}, Idempotency_Key="two")
    redact(case)
    assert (made.status_code, NAME in IdempotentAnswer.objects.get(key="two").body) == (201, True)


def test_a_redaction_that_would_make_two_records_alike_changes_nothing(case: Case) -> None:
    world = case.world
    text = "Farid and Karim came. One of them left."
    article = make_article(world.adi, world.project, text)
    for name in ("Farid", "Karim"):
        tag(world.ana, article, Kind.CLAIM, "One of them left", attributes={"paraphrase": f"{name} left."})
    both = Case(world, article, case.quote, case.speaker, case.claim, case.denial)
    segments = (*places(article, "Farid"), *places(article, "Karim"))
    choices = all_choices(article, segments=segments)
    request = ask(both, segments=segments, choices=choices)
    with pytest.raises(DuplicateAnnotation, match="alike afterwards"):
        confirm_redaction(actor=world.rui, request=request, choices=choices)
    assert Article.objects.get(pk=article.pk).text == text
    assert Redaction.objects.count() == 0
