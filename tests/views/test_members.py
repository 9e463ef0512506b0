"""The page of members: add, change the role, remove, hand over."""

import pytest

from annotations.models import Annotation, Assignment, Link, Membership
from annotations.rules.permissions import Role
from annotations.rules.review import Reason, State, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.assignments import assign_article
from annotations.services.handing_over import hand_over
from annotations.services.review import decide
from annotations.services.submission import submit_article
from tests.factories import approve, make_actor, make_member, submit, verdict_on
from tests.views.conftest import SignIn
from tests.world import Case, World

PATH = "/p/northern-bridge/members/"


def test_members_are_listed_with_what_is_open(world: World, case: Case, sign_in: SignIn) -> None:
    shown = sign_in(world.adi).get(PATH).text
    assert "10 open records" in shown
    assert [name for name in ("adi", "ana", "rui", "vic") if f"<bdi>{name}</bdi>" in shown] == [
        "adi",
        "ana",
        "rui",
        "vic",
    ]


def test_page_adds_changes_and_removes(world: World, sign_in: SignIn) -> None:
    make_actor("nia")
    browser = sign_in(world.adi)
    assert browser.post(f"{PATH}additions/", {"user": "nia", "role": "viewer"}).status_code == 302
    assert browser.post(f"{PATH}roles/", {"user": "nia", "role": "analyst"}).status_code == 302
    assert Membership.objects.get(user__username="nia").role == Role.ANALYST
    assert browser.post(f"{PATH}removals/", {"user": "nia"}).status_code == 302
    assert not Membership.objects.filter(user__username="nia").exists()


@pytest.mark.parametrize(
    ("user", "said"), [("nobody", "Nobody on this site has this name"), ("ana", "already a member"), ("", "required")]
)
def test_who_cannot_be_added_is_told_beside_the_form(world: World, sign_in: SignIn, user: str, said: str) -> None:
    refused = sign_in(world.adi).post(f"{PATH}additions/", {"user": user, "role": "viewer"})
    assert refused.status_code == 400
    assert said in refused.text


def test_last_admin_can_neither_leave_nor_step_down(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.adi)
    assert browser.post(f"{PATH}removals/", {"user": "adi"}).status_code == 409
    assert browser.post(f"{PATH}roles/", {"user": "adi", "role": "viewer"}).status_code == 409
    assert Membership.objects.get(user=world.adi.user).role == Role.ADMIN


def test_an_admin_beside_others_may_leave(world: World, sign_in: SignIn) -> None:
    make_member(world.adi, world.project, make_actor("ben"), Role.ADMIN)
    assert sign_in(world.adi).post(f"{PATH}removals/", {"user": "adi"})["Location"] == "/projects/"


# --- handing over --------------------------------------------------------------------------------------------------


def test_open_records_and_articles_go_to_another(world: World, case: Case, sign_in: SignIn) -> None:
    assign_article(actor=world.ana, article=world.article, username="ana")
    told = sign_in(world.adi).post(f"{PATH}handovers/", {"user": "ana", "to": "rui"}, follow=True).text
    assert "rui goes on with 10 records and 1 article of ana." in told
    assert set(Annotation.objects.values_list("author__username", "assignee__username")) == {("ana", "rui")}
    assert set(Link.objects.values_list("author__username", "assignee__username")) == {("ana", "rui")}
    assert Assignment.objects.get(ended_at=None).assignee == world.rui.user


def test_who_goes_on_edits_and_submits_and_the_author_stays(world: World, case: Case) -> None:
    hand_over(actor=world.adi, project=world.project, from_username="ana", to_username="rui")
    claim = Annotation.objects.get(pk=case.claim.pk)
    edited = edit_annotation(actor=world.rui, annotation=claim, version=1, change=AnnotationChange(note="Mine now."))
    assert submit_article(actor=world.rui, article=world.article).annotations == 5
    assert (edited.author, Annotation.objects.get(pk=claim.pk).state) == (world.ana.user, State.SUBMITTED)


def test_neither_author_nor_who_edited_decides(world: World, case: Case) -> None:
    hand_over(actor=world.adi, project=world.project, from_username="ana", to_username="rui")
    speaker = Annotation.objects.get(pk=case.speaker.pk)
    edit_annotation(actor=world.rui, annotation=speaker, version=1, change=AnnotationChange(note="Mine now."))
    submit(world.rui, speaker)
    with pytest.raises(Exception, match="wrote or edited"):
        approve(world.rui, speaker)
    assert approve(world.adi, speaker)[0].reviewer == world.adi.user


def test_what_comes_back_is_in_the_inbox_of_who_goes_on(world: World, case: Case, sign_in: SignIn) -> None:
    submit(world.ana, case.speaker)
    hand_over(actor=world.adi, project=world.project, from_username="ana", to_username="rui")
    decide(actor=world.adi, drafts=[verdict_on(case.speaker, Verdict.REQUEST_CHANGES, Reason.SPAN)])
    assert "the army" in sign_in(world.rui).get("/p/northern-bridge/inbox/").text


def test_records_of_somebody_who_left_can_still_be_handed_over(world: World, case: Case, sign_in: SignIn) -> None:
    browser = sign_in(world.adi)
    browser.post(f"{PATH}removals/", {"user": "ana"})
    assert "has left" in browser.get(PATH).text
    browser.post(f"{PATH}handovers/", {"user": "ana", "to": "rui"})
    assert "has left" not in browser.get(PATH).text


def test_handed_back_the_author_goes_on(world: World, case: Case) -> None:
    for giver, heir in (("ana", "rui"), ("rui", "ana")):
        hand_over(actor=world.adi, project=world.project, from_username=giver, to_username=heir)
    assert set(Annotation.objects.values_list("assignee", flat=True)) == {None}


@pytest.mark.parametrize(("giver", "heir"), [("ana", "vic"), ("ana", "zoe"), ("ana", "ana"), ("nobody", "rui")])
def test_work_is_handed_only_to_another_member_who_annotates(
    world: World, case: Case, sign_in: SignIn, giver: str, heir: str
) -> None:
    assert sign_in(world.adi).post(f"{PATH}handovers/", {"user": giver, "to": heir}).status_code == 400
    assert not Annotation.objects.exclude(assignee=None).exists()


def test_in_a_blind_project_who_goes_on_sees_what_was_handed_over(world: World, case: Case, sign_in: SignIn) -> None:
    ben = make_actor("ben")
    make_member(world.adi, world.project, ben, Role.ANALYST)
    type(world.project).objects.update(settings={"visibility": "blind"})
    address = f"/api/v1/annotations/{case.claim.id}/"
    assert sign_in(ben).get(address).status_code == 404
    hand_over(actor=world.adi, project=world.project, from_username="ana", to_username="ben")
    assert sign_in(ben).get(address).status_code == 200
