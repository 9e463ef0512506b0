from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from annotations.models import Annotation, Comment, Link, MailSettings, User
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.review import Reason, State, Verdict
from annotations.services.accounts import make_user
from annotations.services.annotations import AnnotationChange, edit_annotation, withdraw_annotation
from annotations.services.assignments import assign_article, release_article
from annotations.services.comments import add_comment
from annotations.services.review import DecisionDraft, decide
from annotations.views.content_forms import ContentForm
from tests.factories import approve, submit, tag, verdict_on
from tests.views.conftest import SignIn
from tests.world import ARMY, HOUSES, MAYOR, Case, World, make_world

PATH = "/p/northern-bridge/inbox/"
HTMX = {"HX-Request": "true"}
WIDER = AnnotationChange(attributes={"mention_form": "nominal"})


def written(record: Annotation | Link) -> str:
    stored = type(record).objects.get(pk=record.pk)
    return f"{'link' if isinstance(record, Link) else 'annotation'}:{stored.pk}:{stored.version}"


def send_back(world: World, record: Annotation | Link, **fields: object):
    draft = verdict_on(record, Verdict.REQUEST_CHANGES, Reason.SPAN)
    values = {"comment": "Too wide.", **fields}
    sent = DecisionDraft(draft.annotation, draft.link, draft.version, draft.verdict, draft.reason, **values)  # type: ignore[arg-type]
    return decide(actor=world.rui, drafts=[sent])[0]


def fresh(record: Annotation) -> Annotation:
    return Annotation.objects.get(pk=record.pk)


@pytest.fixture
def mention(world: World) -> Annotation:
    made = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    submit(world.ana, made)
    return made


def count_of(browser: Client) -> int:
    count: int = browser.get(f"{PATH}count/", headers=HTMX).context["count"]
    return count


def test_what_came_back_is_shown_with_reason_and_who(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    browser = sign_in(world.ana)
    shown = browser.get(PATH).text
    assert "rui asks for changes: The span is wrong" in shown
    assert "Too wide." in shown
    assert count_of(browser) == 1


def test_inbox_is_empty_for_others(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    assert "Nothing came back" in sign_in(world.adi).get(PATH).text
    assert sign_in(world.zoe).get(PATH).status_code == 404


def test_one_act_hands_it_in_again(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    browser = sign_in(world.ana)
    done = browser.post(f"{PATH}submissions/", {"record": written(mention)})
    assert done.status_code == 302
    assert (fresh(mention).state, fresh(mention).version) == (State.SUBMITTED, 1)
    assert count_of(browser) == 0


def test_a_rejected_record_is_reopened_and_handed_in(world: World, mention: Annotation, sign_in: SignIn):
    decide(actor=world.rui, drafts=[verdict_on(mention, Verdict.REJECT, Reason.GUIDELINE)])
    browser = sign_in(world.ana)
    assert "rui rejected it: It is not in the guideline" in browser.get(PATH).text
    browser.post(f"{PATH}submissions/", {"record": written(mention)})
    assert fresh(mention).state == State.SUBMITTED


def test_form_changes_words_and_attributes_and_hands_in(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    sent = {"record": written(mention), "content-kind": "party", "content-words_0": "The mayor told reporters"}
    done = sign_in(world.ana).post(f"{PATH}submissions/", {**sent, "content-attribute_mention_form": "nominal"})
    assert done.status_code == 302
    changed = fresh(mention)
    assert (changed.exact, changed.state, changed.version) == (["The mayor told reporters"], State.SUBMITTED, 2)
    assert changed.attributes == {"mention_form": "nominal"}


def test_words_that_are_not_in_the_text_are_told_beside_the_field(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    sent = {"record": written(mention), "content-kind": "party", "content-words_0": "The general"}
    refused = sign_in(world.ana).post(f"{PATH}submissions/", sent)
    assert refused.status_code == 400
    assert "These words do not stand in the text" in refused.text
    assert "The general</textarea>" in refused.text
    assert fresh(mention).state == State.RETURNED


@pytest.fixture
def houses(world: World) -> Annotation:
    """A claim with a number that came back."""
    made = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    number = {"low": 40, "high": None, "unit": "houses"}
    edit_annotation(
        actor=world.ana,
        annotation=made,
        version=1,
        change=AnnotationChange(attributes={**made.attributes, "quantity": number, "place": "north"}),
    )
    submit(world.ana, made)
    decide(actor=world.rui, drafts=[verdict_on(fresh(made), Verdict.REQUEST_CHANGES, Reason.ATTRIBUTES)])
    return fresh(made)


def filled(form: ContentForm, **changed: str) -> dict[str, object]:
    """What a browser sends of a form, with some fields typed over."""
    shown = {field.html_name: field.value() for field in form}
    return {name: value for name, value in {**shown, **changed}.items() if value not in (None, False)}


def test_quantity_has_its_fields_in_the_form(world: World, houses: Annotation, sign_in: SignIn):
    browser = sign_in(world.ana)
    [item] = browser.get(PATH).context["items"]
    typed = {"content-attribute_quantity_low": "1 200", "content-attribute_quantity_high": "1500"}
    done = browser.post(f"{PATH}submissions/", {"record": written(houses), **filled(item.form, **typed)})
    assert done.status_code == 302
    changed = fresh(houses)
    assert changed.attributes == {**houses.attributes, "quantity": {"low": 1200, "high": 1500, "unit": "houses"}}
    assert changed.state == State.SUBMITTED


def test_form_sent_as_it_was_shown_changes_nothing(world: World, houses: Annotation, sign_in: SignIn):
    browser = sign_in(world.ana)
    [item] = browser.get(PATH).context["items"]
    browser.post(f"{PATH}submissions/", {"record": written(houses), **filled(item.form)})
    assert (fresh(houses).version, fresh(houses).state) == (houses.version, State.SUBMITTED)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"content-attribute_quantity_low": "many"}, "This must be a number"),
        ({"content-attribute_quantity_high": "12"}, "low may not be above high"),
        ({"content-attribute_event_date": "in May"}, "A date is YYYY"),
    ],
)
def test_wrong_attribute_is_told_beside_its_field(
    world: World, houses: Annotation, sign_in: SignIn, typed: dict[str, str], told: str
):
    browser = sign_in(world.ana)
    [item] = browser.get(PATH).context["items"]
    refused = browser.post(f"{PATH}submissions/", {"record": written(houses), **filled(item.form, **typed)})
    assert refused.status_code == 400
    assert told in refused.text
    assert fresh(houses).state == State.RETURNED


def test_proposal_is_shown_and_taken_in_the_author_s_name(world: World, mention: Annotation, sign_in: SignIn):
    decision = send_back(world, mention, proposal=WIDER)
    browser = sign_in(world.ana)
    assert "noun phrase" in browser.get(PATH).text
    assert browser.post(f"{PATH}proposals/{decision.pk}/").status_code == 302
    taken = fresh(mention)
    assert (taken.state, taken.version, taken.author, taken.attributes) == (
        State.SUBMITTED,
        2,
        world.ana.user,
        {"mention_form": "nominal"},
    )
    approve(world.rui, mention)
    assert fresh(mention).approved_version == 2


def test_only_the_author_takes_a_proposal(world: World, mention: Annotation, sign_in: SignIn):
    decision = send_back(world, mention, proposal=WIDER)
    assert sign_in(world.adi).post(f"{PATH}proposals/{decision.pk}/").status_code == 403
    assert sign_in(world.zoe).post(f"{PATH}proposals/{decision.pk}/").status_code == 404
    assert fresh(mention).version == 1


def test_a_proposal_is_taken_once(world: World, mention: Annotation, sign_in: SignIn):
    decision = send_back(world, mention, proposal=WIDER)
    browser = sign_in(world.ana)
    browser.post(f"{PATH}proposals/{decision.pk}/")
    assert browser.post(f"{PATH}proposals/{decision.pk}/").status_code == 412
    assert fresh(mention).version == 2


def test_a_decision_without_proposal_offers_none(world: World, mention: Annotation, sign_in: SignIn):
    decision = send_back(world, mention)
    assert sign_in(world.ana).post(f"{PATH}proposals/{decision.pk}/").status_code == 404


def test_putting_away_lasts_until_something_new_happens(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    browser = sign_in(world.ana)
    browser.post(f"{PATH}settlements/", {"record": written(mention)})
    assert "Nothing came back" in browser.get(PATH).text
    submit(world.ana, mention)
    send_back(world, mention)
    assert count_of(browser) == 1


def test_a_link_that_another_took_out_is_told_to_its_author(world: World, case: Case, sign_in: SignIn):
    speaker = Annotation.objects.get(pk=case.speaker.pk)
    withdraw_annotation(actor=world.adi, annotation=speaker, version=speaker.version)
    shown = sign_in(world.ana).get(PATH).text
    # The mention and both links that ended at it.
    assert shown.count("adi took this out") == 3


def test_what_one_takes_out_oneself_is_no_news(world: World, case: Case, sign_in: SignIn):
    withdraw_annotation(actor=world.ana, annotation=case.speaker, version=1)
    assert "Nothing came back" in sign_in(world.ana).get(PATH).text


def test_approvals_are_told_quietly(world: World, mention: Annotation, sign_in: SignIn):
    approve(world.rui, mention)
    browser = sign_in(world.ana)
    assert "rui approved 1 record in" in browser.get(PATH).text
    assert count_of(browser) == 0


def test_somebody_else_s_record_is_not_handed_in(world: World, mention: Annotation, sign_in: SignIn):
    send_back(world, mention)
    assert sign_in(world.adi).post(f"{PATH}submissions/", {"record": written(mention)}).status_code == 403
    assert sign_in(world.ana).post(f"{PATH}submissions/", {"record": "annotation:1"}).status_code == 400
    assert fresh(mention).state == State.RETURNED


# --- threads ---------------------------------------------------------------------------------------------------

COMMENTS = "/p/northern-bridge/review/comments/"


def say(browser: Client, record: Annotation, text: str, act: str = "said"):
    return browser.post(COMMENTS, {"annotation": str(record.pk), "text": text, "act": act})


def test_a_comment_calls_a_member_and_is_read_by_opening_the_record(world: World, mention: Annotation, sign_in: SignIn):
    rui, ana, adi = (sign_in(actor) for actor in (world.rui, world.ana, world.adi))
    say(rui, mention, "@adi, is this a party? @nobody")
    assert Comment.objects.get().mentions == [world.adi.user.id]
    assert [count_of(browser) for browser in (rui, ana, adi)] == [0, 1, 1]
    assert "calls you" in adi.get(PATH).text
    opened = adi.get("/p/northern-bridge/review/", {"annotation": str(mention.pk)}).text
    assert "@adi, is this a party?" in opened
    assert count_of(adi) == 0


def test_who_has_spoken_hears_the_answer(world: World, mention: Annotation, sign_in: SignIn):
    rui, ana = sign_in(world.rui), sign_in(world.ana)
    say(rui, mention, "Sure?")
    say(ana, mention, "Quite sure.")
    assert count_of(rui) == 1


def test_a_thread_is_resolved_until_somebody_says_more(world: World, mention: Annotation, sign_in: SignIn):
    browser = sign_in(world.rui)
    path = f"/p/northern-bridge/review/?view=all&annotation={mention.pk}"
    say(browser, mention, "Sure?")
    say(browser, mention, "", act="resolved")
    assert browser.get(path).context["thread"].is_resolved
    say(browser, mention, "Wait.")
    assert not browser.get(path).context["thread"].is_resolved


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_a_comment_says_something_of_bearable_length(world: World, mention: Annotation, sign_in: SignIn, text: str):
    assert say(sign_in(world.rui), mention, text).status_code == 400
    assert not Comment.objects.exists()


def test_viewers_read_threads_only(world: World, mention: Annotation, sign_in: SignIn):
    assert say(sign_in(world.vic), mention, "Hm.").status_code == 403
    assert say(sign_in(world.zoe), mention, "Hm.").status_code == 404


def test_in_a_blind_project_only_who_sees_the_record_is_called(db: None, sign_in: SignIn):
    world = make_world(visibility="blind")
    made = tag(world.ana, world.article, Kind.PARTY, ARMY)
    submit(world.ana, made)
    say(sign_in(world.rui), made, "@ana @vic @adi look")
    assert set(Comment.objects.get().mentions) == {world.ana.user.id, world.adi.user.id}
    assert count_of(sign_in(world.ana)) == 1


def test_an_article_that_was_given_is_told_until_it_is_read(world: World, sign_in: SignIn):
    assign_article(actor=world.rui, article=world.article, username="ana", due=date(2030, 5, 1))
    browser = sign_in(world.ana)
    shown = browser.get(PATH).text
    assert "rui gave you" in shown
    assert "1 May" in shown
    assert count_of(browser) == 1
    assert browser.post(f"{PATH}given/read/").status_code == 302
    assert count_of(browser) == 0
    assert "gave you" not in browser.get(PATH).text


def test_what_one_took_oneself_or_has_no_more_is_not_told(world: World, sign_in: SignIn):
    assign_article(actor=world.ana, article=world.article, username="ana")
    assert count_of(sign_in(world.ana)) == 0
    release_article(actor=world.ana, article=world.article, username="ana")
    assign_article(actor=world.rui, article=world.article, username="ana")
    release_article(actor=world.rui, article=world.article, username="ana")
    assert count_of(sign_in(world.ana)) == 0


def test_comments_are_marked_as_read(world: World, mention: Annotation, sign_in: SignIn):
    add_comment(actor=world.rui, record=mention, text="Sure?")
    browser = sign_in(world.ana)
    assert count_of(browser) == 1
    browser.post(f"{PATH}comments/read/")
    assert count_of(browser) == 0
    assert "Said to you" not in browser.get(PATH).text


def test_reading_is_one_s_own_act(world: World, mention: Annotation, sign_in: SignIn):
    add_comment(actor=world.rui, record=mention, text="Sure?")
    assign_article(actor=world.rui, article=world.article, username="ana")
    other = sign_in(world.adi)
    for part in ("comments", "given"):
        assert other.post(f"{PATH}{part}/read/").status_code == 302
        assert sign_in(world.zoe).post(f"{PATH}{part}/read/").status_code == 404
    assert count_of(sign_in(world.ana)) == 2


@pytest.mark.parametrize(("email", "status"), [("ana@example.org", 302), ("", 400)])
def test_mail_needs_an_address(world: World, sign_in: SignIn, email: str, status: int):
    make_user(username="ana", email=email)
    browser = sign_in(Actor(User.objects.get(username="ana")))
    assert browser.post("/account/mail/", {"digest": "daily"}).status_code == status
    assert [row.digest for row in MailSettings.objects.all()] == ["daily"] * (status == 302)
    assert "This site has no mail server" in browser.get("/account/mail/").text


def test_mail_is_off_until_asked_for_and_begins_with_the_wish(world: World, sign_in: SignIn):
    make_user(username="ana", email="ana@example.org")
    browser = sign_in(Actor(User.objects.get(username="ana")))
    assert browser.get("/account/mail/").context["form"].initial == {"digest": "off"}
    for digest in ("weekly", "off", "daily"):
        before = timezone.now()
        browser.post("/account/mail/", {"digest": digest})
    wished = MailSettings.objects.get()
    assert (wished.digest, wished.told_until > before) == ("daily", True)
    assert browser.post("/account/mail/", {"digest": "hourly"}).status_code == 400
