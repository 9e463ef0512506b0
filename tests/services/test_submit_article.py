"""Everything one person drafted in an article goes to review, with a list of what is missing."""

import pytest

from annotations.errors import NotAllowed, NotFound
from annotations.models import Annotation, Event, Link
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.services.links import withdraw_link
from annotations.services.submission import submit_article
from tests.factories import make_article, tag
from tests.world import HOUSES, Case, World


def test_all_drafts_of_the_person_are_submitted(world: World, case: Case) -> None:
    submission = submit_article(actor=world.ana, article=world.article)
    assert (submission.annotations, submission.links, submission.missing) == (5, 5, ())
    assert set(Annotation.objects.values_list("state", flat=True)) == {"submitted"}
    assert set(Link.objects.values_list("state", flat=True)) == {"submitted"}
    assert Event.objects.filter(verb="article.submitted").count() == 1


def test_what_is_missing_is_listed_and_submitted_all_the_same(world: World, case: Case) -> None:
    withdraw_link(actor=world.ana, link=case.links[0], version=1)
    houses = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    submission = submit_article(actor=world.ana, article=world.article)
    assert {(missing.annotation, missing.code) for missing in submission.missing} == {
        (case.quote.id, "speaker"),
        (houses.id, "claimant"),
    }
    assert submission.annotations == 6


def test_others_drafts_and_other_articles_stay(world: World, case: Case) -> None:
    theirs = tag(world.rui, world.article, Kind.CUE, "said")
    elsewhere = tag(world.ana, make_article(world.ana, world.project, "They said so."), Kind.CUE, "said")
    submit_article(actor=world.ana, article=world.article)
    states = Annotation.objects.filter(pk__in=[theirs.pk, elsewhere.pk]).values_list("state", flat=True)
    assert set(states) == {"draft"}


def test_nothing_to_submit_leaves_no_event(world: World) -> None:
    submission = submit_article(actor=world.ana, article=world.article)
    assert (submission.annotations, submission.links) == (0, 0)
    assert not Event.objects.filter(verb="article.submitted").exists()


@pytest.mark.parametrize(("name", "refusal"), [("vic", NotAllowed), ("zoe", NotFound)])
def test_others_may_not(world: World, case: Case, name: str, refusal: type[Exception]) -> None:
    actor: Actor = getattr(world, name)
    with pytest.raises(refusal):
        submit_article(actor=actor, article=world.article)
