"""Redact a passage by two people: what goes, what stays true, and everything that is refused."""

from typing import Any

import pytest
from django.core.management import call_command

from annotations.anchoring.anchor import Segment
from annotations.errors import InvalidFields, NotAllowed, NotFound, OwnWork, WrongState
from annotations.models import (
    Annotation,
    AnnotationVersion,
    Article,
    Comment,
    Decision,
    EventPayload,
    Incident,
    Party,
    PartyAlias,
    Redaction,
    RedactionRequest,
    UndoStep,
)
from annotations.queries.redactions import extent_of
from annotations.services.articles import ArticleDraft, create_article
from annotations.services.redactions import (
    AlreadyMasked,
    RedactionDraft,
    Undecided,
    close_request,
    confirm_redaction,
    request_redaction,
)
from tests.services.redacting import BLOCKS, NAME, TEXT, Case, all_choices, ask, dump, make_case, places, redact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db: None) -> Case:
    return make_case()


def test_two_people_mask_a_name_everywhere(case: Case) -> None:
    assert NAME in dump()
    redact(case)
    left = dump().casefold()
    assert BLOCKS in left
    assert [part for part in ("farid", "zalmayu") if part in left] == []


def test_the_text_keeps_its_length_and_every_other_place(case: Case) -> None:
    redact(case)
    article = Article.objects.get(pk=case.article.pk)
    assert article.text == TEXT.replace(NAME, BLOCKS)
    assert (article.length, article.version) == (case.article.length, case.article.version + 1)
    assert article.sha256 != case.article.sha256
    assert case.article.sha256 not in Redaction.objects.get().old_digest


def test_marks_and_versions_show_blocks_where_they_reach_in(case: Case) -> None:
    redact(case)
    speaker, claim = (Annotation.objects.get(pk=pk) for pk in (case.speaker.pk, case.claim.pk))
    assert (speaker.exact, speaker.version) == ([BLOCKS], 1)
    assert (claim.exact, claim.note) == ([f"{BLOCKS} told reporters on Monday"], f"Is it {BLOCKS}?")
    contents = AnnotationVersion.objects.filter(annotation=claim).order_by("number").values_list("content", flat=True)
    assert [content["note"] for content in contents] == [f"See {BLOCKS}.", f"Is it {BLOCKS}?"]
    assert Annotation.objects.get(pk=case.quote.pk).exact == case.quote.exact


def test_what_both_chose_elsewhere_is_masked(case: Case) -> None:
    redact(case)
    assert Article.objects.get(pk=case.article.pk).title == f"{BLOCKS} speaks"
    assert Article.objects.get(pk=case.article.pk).url == f"https://x.org/{BLOCKS}"
    assert Party.objects.filter(name=BLOCKS).count() == 1
    assert PartyAlias.objects.get().text == BLOCKS
    assert Incident.objects.get().title == f"Speech of {BLOCKS}"
    assert Comment.objects.get().text == f"Ask {BLOCKS}."
    assert Decision.objects.get().comment == f"Was it {BLOCKS}?"
    assert Annotation.objects.get(pk=case.denial.pk).attributes["paraphrase"] == f"{BLOCKS} is wrong."


def test_what_one_of_them_would_leave_stays(case: Case) -> None:
    request = ask(case)
    redaction = confirm_redaction(
        actor=case.world.rui, request=request, choices=all_choices(case.article, is_masked=False)
    )
    assert Party.objects.filter(name=NAME).count() == 1
    assert Article.objects.get(pk=case.article.pk).text == TEXT.replace(NAME, BLOCKS)
    assert redaction.counts["left"] == len(request.choices)


def test_doctor_and_audit_stay_clean(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    redact(case)
    call_command("doctor", "--audit")
    assert "nothing is wrong" in capsys.readouterr().out.lower()


def test_payloads_of_the_article_are_dropped_and_the_chain_stays(case: Case) -> None:
    redaction = redact(case)
    left = EventPayload.objects.filter(event__chain__article=case.article)
    assert [payload.content for payload in left] == [f'{{"redaction":"{redaction.id}"}}']


def test_undo_steps_are_masked(case: Case) -> None:
    content = {"segments": [[0, 3]], "exact": [TEXT[:3]], "note": NAME}
    UndoStep.objects.create(
        project=case.world.project,
        article=case.article,
        user=case.world.ana.user,
        kind="note",
        changes=[{"what": "annotation", "id": str(case.claim.id), "before": {"content": content}, "after": None}],
    )
    redact(case)
    assert UndoStep.objects.get().changes[0]["before"]["content"]["note"] == BLOCKS


# --- refusals ------------------------------------------------------------------------------------------------------


def test_whoever_asked_cannot_confirm(case: Case) -> None:
    request = ask(case)
    with pytest.raises(OwnWork):
        confirm_redaction(actor=case.world.adi, request=request, choices=all_choices(case.article))
    assert Article.objects.get(pk=case.article.pk).text == TEXT


@pytest.mark.parametrize(("who", "error"), [("rui", NotAllowed), ("ana", NotAllowed), ("zoe", NotFound)])
def test_only_an_admin_asks(case: Case, who: str, error: type[Exception]) -> None:
    draft = RedactionDraft(places(case.article), "Safety.", all_choices(case.article))
    with pytest.raises(error):
        request_redaction(actor=getattr(case.world, who), article=case.article, draft=draft)


@pytest.mark.parametrize(("who", "error"), [("ana", NotAllowed), ("vic", NotAllowed), ("zoe", NotFound)])
def test_only_a_reviewer_or_an_admin_confirms(case: Case, who: str, error: type[Exception]) -> None:
    request = ask(case)
    with pytest.raises(error):
        confirm_redaction(actor=getattr(case.world, who), request=request, choices=all_choices(case.article))
    assert Redaction.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"segments": ()}, "required"),
        ({"segments": (Segment(0, 10_000),)}, "text_mismatch"),
        ({"reason": " "}, "required"),
        ({"reason": f"It names {NAME.lower()}."}, "names_it"),
    ],
)
def test_what_makes_no_sense_is_not_asked(case: Case, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - of two families
        ask(case, **changes)
    assert getattr(refusal.value, "code", "") == code
    assert RedactionRequest.objects.count() == 0


def test_every_other_place_has_to_be_decided_by_both(case: Case) -> None:
    with pytest.raises(Undecided):
        ask(case, choices={})
    request = ask(case)
    with pytest.raises(Undecided):
        confirm_redaction(actor=case.world.rui, request=request, choices={})


def test_a_place_that_came_after_the_request_has_to_be_asked_for_anew(case: Case) -> None:
    request = ask(case)
    Incident.objects.create(project=case.world.project, title=f"Another of {NAME}")
    with pytest.raises(Undecided):
        confirm_redaction(actor=case.world.rui, request=request, choices=all_choices(case.article))


def test_a_request_that_ended_is_not_confirmed(case: Case) -> None:
    request = ask(case)
    assert close_request(actor=case.world.rui, request=request).closed_as == "refused"
    with pytest.raises(WrongState):
        confirm_redaction(actor=case.world.rui, request=request, choices=all_choices(case.article))


def test_whoever_asked_may_take_it_back(case: Case) -> None:
    request = ask(case)
    assert close_request(actor=case.world.adi, request=request).closed_as == "withdrawn"
    with pytest.raises(NotAllowed):
        close_request(actor=case.world.ana, request=request)


def test_what_is_masked_cannot_be_masked_again(case: Case) -> None:
    redact(case)
    article = Article.objects.get(pk=case.article.pk)
    with pytest.raises(AlreadyMasked):
        ask(case, segments=places(case.article), choices={}) if article.text == TEXT else request_redaction(
            actor=case.world.adi, article=article, draft=RedactionDraft(places(case.article), "Safety.", {})
        )


def test_another_article_is_listed_and_left_alone(case: Case) -> None:
    draft = ArticleDraft(title="Other", text=f"{NAME} again.", language="en")
    other = create_article(actor=case.world.adi, project=case.world.project, draft=draft)
    assert extent_of(case.article, places(case.article)).articles == ((other.id, "Other", 1),)
    redact(case)
    assert Article.objects.get(pk=other.pk).text == f"{NAME} again."


def test_a_reason_may_not_be_missing(case: Case) -> None:
    with pytest.raises(InvalidFields):
        ask(case, reason="")
