import pytest

from annotations.models import Annotation, Decision
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.review import Reason, State, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.review import decide
from tests.factories import make_article, make_outlet, submit, tag, verdict_on
from tests.views.conftest import SignIn
from tests.world import HOUSES, MAYOR, Case, World

PATH = "/p/northern-bridge/review/"


def written(*records: Annotation) -> list[str]:
    return [f"annotation:{record.pk}:{record.version}" for record in records]


@pytest.fixture
def submitted(world: World, case: Case) -> Case:
    submit(world.ana, *case.records)
    return case


def test_preview_counts_what_is_selected_and_what_belongs_to_it(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    shown = browser.get(f"{PATH}selection/", {"record": written(submitted.claim, submitted.denier)})
    # The claim brings its claimant and the link between them.
    assert (shown.context["chosen"], shown.context["more"]) == (2, 2)
    assert "Approve 4 records?" in shown.text
    assert not Decision.objects.exists()


def test_what_lacks_something_is_left_out_of_the_preview(world: World, submitted: Case, sign_in: SignIn):
    lonely = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    submit(world.ana, lonely)
    shown = sign_in(world.rui).get(f"{PATH}selection/", {"record": written(lonely, submitted.denier)})
    assert [item.words for item in shown.context["left"]] == [HOUSES]
    assert shown.context["chosen"] == 1


def test_one_s_own_work_is_left_out(world: World, submitted: Case, sign_in: SignIn):
    own = tag(world.rui, world.article, Kind.PARTY, MAYOR)
    submit(world.rui, own)
    shown = sign_in(world.rui).get(f"{PATH}selection/", {"record": written(own, submitted.denier)})
    assert [item.words for item in shown.context["left"]] == [MAYOR]


def test_what_the_preview_offers_is_approved_as_one_list(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    shown = browser.get(f"{PATH}selection/", {"record": written(submitted.claim, submitted.denier)})
    first, *others = [item.value for item in shown.context["items"]]
    done = browser.post(f"{PATH}decisions/", {"record": first, "with": others, "verdict": "approve_together"})
    assert done.status_code == 302
    assert Decision.objects.count() == 4


@pytest.mark.parametrize("records", [[], ["annotation:1:1"], ["annotation"] * 201])
def test_a_senseless_selection_is_refused(world: World, sign_in: SignIn, records: list[str]):
    assert sign_in(world.rui).get(f"{PATH}selection/", {"record": records}).status_code == 400


def test_a_changed_record_is_looked_at_again(world: World, submitted: Case, sign_in: SignIn):
    edit_annotation(actor=world.ana, annotation=submitted.denier, version=1, change=AnnotationChange(note="x"))
    assert sign_in(world.rui).get(f"{PATH}selection/", {"record": written(submitted.denier)}).status_code == 400


def test_rejecting_several_at_once_is_not_possible(world: World, submitted: Case, sign_in: SignIn):
    first, second = written(submitted.claim, submitted.denier)
    sent = {"record": first, "with": [second], "verdict": "reject", "reason": "span"}
    sign_in(world.rui).post(f"{PATH}decisions/", sent)
    assert Decision.objects.count() == 1


# --- filters ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "quote"}, 1),
        ({"kind": "disputes"}, 1),
        ({"author": "ana"}, 10),
        ({"author": "rui"}, 0),
        # The claim, and what starts at it.
        ({"topic": "territorial_control"}, 2),
        ({"age": "1"}, 0),
        ({"kind": "nonsense", "outlet": "x", "age": "x", "after": "x"}, 10),
    ],
)
def test_queue_is_narrowed(world: World, submitted: Case, sign_in: SignIn, query: dict[str, str], expected: int):
    assert len(sign_in(world.rui).get(PATH, query).context["rows"]) == expected


def test_queue_is_narrowed_to_an_article_and_an_outlet(world: World, submitted: Case, sign_in: SignIn):
    outlet = make_outlet(world.ana, world.project)
    article = make_article(world.ana, world.project, outlet=outlet.id)
    submit(world.ana, tag(world.ana, article, Kind.PARTY, "Text"))
    browser = sign_in(world.rui)
    assert len(browser.get(PATH, {"article": str(article.id)}).context["rows"]) == 1
    assert len(browser.get(PATH, {"outlet": str(outlet.id)}).context["rows"]) == 1
    assert len(browser.get(PATH, {"outlet": str(world.outlet.id)}).context["rows"]) == 10


def test_tags_come_in_the_order_of_the_text_and_links_after_them(world: World, submitted: Case, sign_in: SignIn):
    rows = sign_in(world.rui).get(PATH).context["rows"]
    assert [row.label for row in rows[:5]] == ["quote", "claim", "party", "party", "counterclaim"]
    assert all(row.is_link for row in rows[5:])


# --- what changed since ----------------------------------------------------------------------------------------


def test_record_is_shown_beside_the_version_sent_back(world: World, submitted: Case, sign_in: SignIn):
    speaker = submitted.speaker
    decide(actor=world.rui, drafts=[verdict_on(speaker, Verdict.REQUEST_CHANGES, Reason.ATTRIBUTES)])
    change = AnnotationChange(attributes={"mention_form": "nominal"}, parties=())
    edit_annotation(actor=world.ana, annotation=speaker, version=1, change=change)
    submit(world.ana, speaker)
    shown = sign_in(world.rui).get(PATH, {"annotation": str(speaker.pk)})
    assert "Version 2 beside version 1, which was sent back" in shown.text
    assert [(str(c.before), str(c.after)) for c in shown.context["comparison"].changes] == [
        ("name", "noun phrase"),
        ("Army", ""),
    ]


def test_record_is_shown_beside_the_version_seen_last_until_a_newer_one_is_seen(
    world: World, submitted: Case, sign_in: SignIn
):
    browser = sign_in(world.rui)
    browser.get(PATH, {"annotation": str(submitted.denier.pk)})
    edit_annotation(actor=world.ana, annotation=submitted.denier, version=1, change=AnnotationChange(note="New."))
    submit(world.ana, submitted.denier)
    for _ in range(2):
        shown = browser.get(PATH, {"annotation": str(submitted.denier.pk)})
        assert "Version 2 beside version 1, which you saw last" in shown.text
    assert "beside version" not in sign_in(world.adi).get(PATH, {"annotation": str(submitted.denier.pk)}).text


# --- proposals -------------------------------------------------------------------------------------------------


def test_proposal_goes_with_asking_for_changes(world: World, submitted: Case, sign_in: SignIn):
    sent = {
        "record": written(submitted.denier)[0],
        "verdict": "request_changes",
        "reason": "span",
        "content-kind": "party",
        "content-words_0": "rebels",
        "content-attribute_mention_form": "name",
        "content-parties": [str(world.rebels.id)],
    }
    assert sign_in(world.rui).post(f"{PATH}decisions/", sent).status_code == 302
    proposal = Decision.objects.get().proposal
    assert proposal == {"segments": [[97, 103]], "exact": ["rebels"]}
    assert Annotation.objects.get(pk=submitted.denier.pk).state == State.RETURNED


def test_proposal_may_change_every_attribute(world: World, submitted: Case, sign_in: SignIn):
    browser = sign_in(world.rui)
    shown = browser.get(PATH, {"annotation": str(submitted.claim.pk)})
    names = {field.name.removeprefix("attribute_") for field in shown.context["content_form"]}
    parts = {"quantity_low", "quantity_high", "quantity_unit"}
    assert names >= set(ATTRIBUTES[Kind.CLAIM]) - {"quantity"} | parts
    sent = {
        "record": written(submitted.claim)[0],
        "verdict": "request_changes",
        "reason": "attributes",
        "content-kind": "claim",
        "content-words_0": submitted.claim.exact[0],
        **{f"content-attribute_{name}": str(value) for name, value in submitted.claim.attributes.items()},
        "content-attribute_quantity_low": "3",
        "content-attribute_quantity_unit": "bridges",
        "content-attribute_paraphrase": "They hold three.",
    }
    assert browser.post(f"{PATH}decisions/", sent).status_code == 302
    quantity = {"low": 3, "high": None, "unit": "bridges"}
    expected = {**submitted.claim.attributes, "paraphrase": "They hold three.", "quantity": quantity}
    assert Decision.objects.get().proposal == {"attributes": expected}


def test_untouched_proposal_form_is_no_proposal(world: World, submitted: Case, sign_in: SignIn):
    sent = {
        "record": written(submitted.denier)[0],
        "verdict": "request_changes",
        "reason": "other",
        "comment": "Why?",
        "content-kind": "party",
        "content-words_0": "The rebels",
        "content-attribute_mention_form": "name",
        "content-parties": [str(world.rebels.id)],
    }
    sign_in(world.rui).post(f"{PATH}decisions/", sent)
    assert Decision.objects.get().proposal is None


def test_proposal_that_does_not_fit_the_text_is_refused(world: World, submitted: Case, sign_in: SignIn):
    sent = {"verdict": "request_changes", "reason": "span", "content-kind": "party", "content-words_0": "giants"}
    refused = sign_in(world.rui).post(f"{PATH}decisions/", {"record": written(submitted.denier)[0], **sent})
    assert refused.status_code == 400
    assert "These words do not stand in the text" in refused.text
    assert not Decision.objects.exists()
