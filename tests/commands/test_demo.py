"""`manage.py demo`: a project to try newsdesk on, made as people would make it."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import TestCase

from annotations.models import (
    Annotation,
    Article,
    Decision,
    Event,
    Incident,
    Link,
    Membership,
    Outlet,
    Party,
    Project,
    User,
)
from annotations.queries.access import Actor
from annotations.rules.review import State
from annotations.services.accounts import make_user
from annotations.services.projects import create_project


def run_demo() -> str:
    output = StringIO()
    call_command("demo", stdout=output)
    return output.getvalue()


def states_in(title: str) -> Counter[str]:
    return Counter(Annotation.objects.filter(article__title=title).values_list("state", flat=True))


class TestDemo(TestCase):
    """On one demo, made once."""

    said: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.said = run_demo()

    def test_it_says_what_it_made(self):
        assert self.said == "Made the project “Panjshir 2021 (demo)”: 4 articles, 40 annotations, 42 links.\n"

    def test_it_has_four_articles_of_three_outlets_on_one_incident(self):
        assert Project.objects.get().name == "Panjshir 2021 (demo)"
        assert Outlet.objects.count() == 3
        assert Article.objects.count() == 4
        assert Incident.objects.get().articles.count() == 4

    def test_each_article_has_90_to_160_words(self):
        lengths = sorted(len(text.split()) for text in Article.objects.values_list("text", flat=True))
        assert lengths[0] >= 90
        assert lengths[-1] <= 160

    def test_it_has_one_user_for_each_role_and_no_password(self):
        roles = dict(Membership.objects.values_list("user__username", "role"))
        assert roles == {"analyst": "analyst", "reviewer": "reviewer", "admin": "admin"}
        assert not any(user.has_usable_password() for user in User.objects.all())

    def test_two_articles_are_approved_one_waits_and_one_is_untouched(self):
        assert states_in("Taliban announce fall of Panjshir, resistance rejects claim") == {State.APPROVED: 17}
        assert states_in("A flag in Bazarak, and two accounts of the road") == {State.APPROVED: 14}
        assert states_in("Peace returns to Panjshir") == {State.SUBMITTED: 9}
        assert states_in("Tea in Charikar while the lorries drive north") == {}
        links = Counter(Link.objects.values_list("state", flat=True))
        assert links == {State.APPROVED: 32, State.SUBMITTED: 10}

    def test_approved_links_cross_articles(self):
        approved = Link.objects.filter(state=State.APPROVED).order_by("type")
        types = [link.type for link in approved if link.source_article_id != link.target_article_id]
        assert types == ["disputes", "same_as", "supports"]

    def test_the_reviewer_decided_on_the_analysts_work(self):
        assert set(Annotation.objects.values_list("author__username", flat=True)) == {"analyst"}
        assert set(Decision.objects.values_list("reviewer__username", flat=True)) == {"reviewer"}
        assert Decision.objects.count() == 31 + 32

    def test_every_segment_is_the_text_it_quotes(self):
        for annotation in Annotation.objects.select_related("article"):
            found = [annotation.article.text[start:end] for start, end in annotation.segments]
            assert found == annotation.exact

    def test_its_quotes_are_in_two_parts(self):
        quotes = Annotation.objects.filter(kind="quote").values_list("segments", flat=True)
        assert [len(segments) for segments in quotes] == [2, 2, 2]

    def test_parties_have_other_names_and_parents(self):
        massoud = Party.objects.get(name="Ahmad Massoud")
        assert massoud.parent == Party.objects.get(name="National Resistance Front")
        assert "احمد مسعود" in massoud.aliases.values_list("text", flat=True)

    def test_every_change_left_an_event(self):
        verbs = Counter(Event.objects.values_list("verb", flat=True))
        assert verbs["annotation.created"] == 40
        assert verbs["link.created"] == 42
        assert verbs["article.submitted"] == 3
        assert verbs["annotation.approved"] == 31
        assert verbs["link.approved"] == 32

    def test_a_second_run_adds_nothing(self):
        assert run_demo() == "This database already holds projects: the demo was not made.\n"
        assert Project.objects.count() == 1
        assert Article.objects.count() == 4


@pytest.mark.django_db
def test_nothing_is_made_where_there_are_projects():
    create_project(actor=Actor(make_user(username="ana")), name="Somebody's work")
    assert run_demo() == "This database already holds projects: the demo was not made.\n"
    assert User.objects.count() == 1
    assert Article.objects.count() == 0
