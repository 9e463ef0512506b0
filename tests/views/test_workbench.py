"""The workbench by plain forms, without JavaScript: what it shows, what it stores, what it refuses."""

import re
from uuid import uuid4

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotations.models import Annotation, Link
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Role
from annotations.rules.review import State
from tests.factories import make_article, make_member, tag
from tests.views.conftest import SignIn
from tests.world import ARMY, CLAIM, DENIAL, QUOTE, REBELS, Case, World

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World) -> str:
    """The address of the article's workbench."""
    return f"/p/{world.project.slug}/articles/{world.article.id}/"


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    """Ana's browser."""
    return sign_in(world.ana)


def tagged(text: str, words: str, kind: str) -> dict[str, str]:
    """Fill the form of a tag by selecting."""
    start = text.index(words)
    return {
        "kind": kind,
        "segments": f"[[{start}, {start + len(words)}]]",
        "exact": f'["{words}"]',
        "key": str(uuid4()),
    }


def test_page_shows_tags_cards_and_parties(ana: Client, case: Case, desk: str):
    page = ana.get(desk).text
    assert f'data-a="{case.claim.id}"' in page
    assert f'id="annotation-card-{case.denial.id}"' in page
    assert "Said by Army" in page
    assert f"Disputes “{CLAIM}”" in page


def test_text_is_escaped(ana: Client, world: World):
    article = make_article(world.ana, world.project, "He wrote <b>“no & never”</b> {0} twice.")
    tag(world.ana, article, Kind.QUOTE, "<b>“no & never”</b> {0}")
    page = ana.get(f"/p/{world.project.slug}/articles/{article.id}/").text
    assert "&lt;b&gt;“no &amp; never”&lt;/b&gt; {0}</mark>" in page


def test_number_of_statements_does_not_grow_with_tags(
    ana: Client, world: World, case: Case, desk: str, django_assert_num_queries: DjangoAssertNumQueries
):
    ana.get(desk)  # the first visit remembers the project
    with django_assert_num_queries(9):
        ana.get(desk)
    for words in ("northern", "bridge", "crossed", "reporters", "burned"):
        tag(world.ana, world.article, Kind.CLAIM, words)
    with django_assert_num_queries(9):
        ana.get(desk)


def test_quoting_words_makes_a_tag_and_shows_it(ana: Client, world: World, desk: str):
    answer = ana.post(f"{desk}annotations/quoting/", {"kind": "claim", "words": CLAIM, "occurrence": 1})
    made = Annotation.objects.get()
    assert (made.exact, made.kind, made.author) == ([CLAIM], "claim", world.ana.user)
    assert answer["Location"] == f"{desk}?focus={made.id}#annotation-panel"
    assert CLAIM in ana.get(answer["Location"]).text


def test_words_that_are_not_there_are_refused(ana: Client, desk: str):
    answer = ana.post(f"{desk}annotations/quoting/", {"kind": "claim", "words": CLAIM, "occurrence": 2})
    assert answer.status_code == 400
    assert not Annotation.objects.exists()


def test_htmx_gets_only_what_changed(ana: Client, world: World, desk: str):
    form = tagged(world.article.text, DENIAL, "counterclaim")
    answer = ana.post(f"{desk}annotations/", form, headers=HTMX)
    made = Annotation.objects.get()
    assert answer.status_code == 200
    assert answer.text.count('class="article-text') == 1
    assert f'data-v="1" data-a="{made.id}"' in answer.text or f'data-a="{made.id}" data-v="1"' in answer.text
    assert 'data-save-state="saved"' in answer.text
    assert "<html" not in answer.text


def test_the_text_leaves_before_what_stands_beside_it_is_read(
    world: World, desk: str, django_assert_num_queries: DjangoAssertNumQueries
):
    browser = Client()
    browser.force_login(world.ana.user)
    answer = browser.post(f"{desk}annotations/", tagged(world.article.text, DENIAL, "claim"), headers=HTMX)
    assert isinstance(answer, StreamingHttpResponse)
    made, parts = Annotation.objects.get(), answer.streaming_content
    with django_assert_num_queries(0):
        text = next(parts).decode()
    assert f'data-a="{made.id}"' in text
    assert text.rstrip().endswith("</p>\n<!-- part -->")
    assert "annotation-panel" not in text
    (beside,) = parts
    assert f'id="annotation-card-{made.id}"'.encode() in beside
    assert b'id="annotation-panel"' in beside
    assert b'class="article-text' not in beside


def test_a_block_nests_in_an_answer_as_on_the_page(ana: Client, world: World):
    article = make_article(world.ana, world.project, "One began.\nTwo went on.\nThree too.\nFour as well.\nFive ended.")
    tag(world.ana, article, Kind.QUOTE, article.text[:40])
    tag(world.ana, article, Kind.QUOTE, article.text)
    place = f"/p/{world.project.slug}/articles/{article.id}/"
    answer = ana.post(f"{place}annotations/", tagged(article.text, "Two", "party"), headers=HTMX)
    second = re.compile(r' data-n="2"[^>]*>(.*?)</p>')
    drawn, shown = second.findall(answer.text), second.findall(ana.get(place).text)
    assert drawn[0].count("<mark") == 3
    assert drawn[0] == shown[0]


def test_cards_name_their_paragraph(ana: Client, world: World, desk: str):
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    page = ana.get(desk).text
    group = page.partition(f'id="annotation-card-{quote.id}"')[0].rpartition('<li class="card-group"')[2]
    block = page.partition(f'data-a="{quote.id}"')[0].rpartition('<p class="article-text')[2]
    number = re.search(r' data-n="(\d+)"', block)
    assert number is not None
    assert number[0] in group
    empty = re.findall(r'<li class="card-group" id="[^"]+"></li>', page)
    assert len(empty) == page.count('<li class="card-group"') - 1


def test_a_repeat_with_the_same_key_makes_nothing_new(ana: Client, world: World, desk: str):
    form = tagged(world.article.text, DENIAL, "claim")
    first = ana.post(f"{desk}annotations/", form)
    second = ana.post(f"{desk}annotations/", form)
    assert first["Location"] == second["Location"]
    assert Annotation.objects.count() == 1


def test_a_wrong_text_is_refused(ana: Client, world: World, desk: str):
    form = tagged(world.article.text, DENIAL, "claim") | {"exact": '["something else"]'}
    answer = ana.post(f"{desk}annotations/", form, headers=HTMX)
    assert answer.status_code == 409
    assert 'class="alert' in answer.text
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("segments", ["", "5", "[[1]]", "[[1, true]]", "[[1, 2.5]]", "{", '[["a", "b"]]'])
def test_malformed_segments_are_refused(ana: Client, world: World, desk: str, segments: str):
    form = tagged(world.article.text, DENIAL, "claim") | {"segments": segments}
    assert ana.post(f"{desk}annotations/", form).status_code == 400


def test_a_party_of_known_name_is_named_at_once(ana: Client, world: World, desk: str):
    ana.post(f"{desk}annotations/quoting/", {"kind": "party", "words": "rebels", "occurrence": 1})
    assert Annotation.objects.get().parties == [world.rebels.id]


def test_a_new_party_is_made_from_the_mention(ana: Client, world: World, desk: str):
    mention = tag(world.ana, world.article, Kind.PARTY, ARMY)
    form = {"annotation": mention.id, "version": 1, "new": "Northern Army", "entity_type": "organisation"}
    ana.post(f"{desk}annotations/parties/", form)
    mention.refresh_from_db()
    assert [party.name for party in world.project.parties.filter(pk__in=mention.parties)] == ["Northern Army"]


def test_a_tag_gets_another_kind_and_a_note(ana: Client, world: World, desk: str):
    found = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    ana.post(f"{desk}annotations/kind/", {"annotation": found.id, "version": 1, "kind": "counterclaim"})
    ana.post(f"{desk}annotations/note/", {"annotation": found.id, "version": 2, "note": "of the bridge"})
    found.refresh_from_db()
    assert (found.kind, found.note, found.version) == ("counterclaim", "of the bridge", 3)


def test_a_stale_change_is_refused(ana: Client, world: World, desk: str):
    found = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    form = {"annotation": found.id, "version": 7, "kind": "quote"}
    assert ana.post(f"{desk}annotations/kind/", form, headers=HTMX).status_code == 412


def test_withdrawing_takes_tag_and_links_out(ana: Client, case: Case, desk: str):
    ana.post(f"{desk}annotations/withdrawals/", {"annotation": case.denial.id, "version": 1})
    case.denial.refresh_from_db()
    assert case.denial.state == State.WITHDRAWN
    assert f"Disputes “{CLAIM}”" not in ana.get(desk).text


def test_picker_lists_the_nearest_party_first_and_links_it(ana: Client, world: World, desk: str):
    quote = tag(world.ana, world.article, Kind.QUOTE, *QUOTE)
    far = tag(world.ana, world.article, Kind.PARTY, "The mayor")
    near = tag(world.ana, world.article, Kind.PARTY, ARMY)
    page = ana.get(f"{desk}links/picker/", {"annotation": str(quote.id), "pick": "who"}).text
    assert page.index(str(near.id)) < page.index(str(far.id))
    ana.post(f"{desk}links/", {"type": "speaker", "source": quote.id, "target": near.id})
    assert Link.objects.get().target == near
    assert "Said by the army" in ana.get(desk).text


def test_a_mention_has_no_speaker_to_pick(ana: Client, case: Case, desk: str):
    answer = ana.get(f"{desk}links/picker/", {"annotation": str(case.speaker.id), "pick": "who"}, headers=HTMX)
    assert answer.status_code == 400


def test_claims_of_other_articles_are_found_and_disputed(ana: Client, world: World, desk: str):
    other = make_article(world.ana, world.project, "The bridge fell on Sunday.", title="Elsewhere")
    there = tag(world.ana, other, Kind.CLAIM, "The bridge fell")
    here = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    page = ana.get(f"{desk}links/picker/", {"annotation": str(here.id), "pick": "disputed", "query": "fell"}).text
    assert str(there.id) in page
    ana.post(f"{desk}links/", {"type": "disputes", "source": here.id, "target": there.id, "mode": "rebuts"})
    here.refresh_from_db()
    assert here.kind == "counterclaim"


def test_a_link_is_taken_out_again(ana: Client, case: Case, desk: str):
    link = case.links[0]
    ana.post(f"{desk}links/withdrawals/", {"link": link.id, "version": 1, "focus": case.quote.id})
    link.refresh_from_db()
    assert link.state == State.WITHDRAWN


def test_submitting_sends_all_drafts(ana: Client, case: Case, desk: str):
    page = ana.post(f"{desk}submissions/", follow=True).text
    case.quote.refresh_from_db()
    assert case.quote.state == State.SUBMITTED
    assert "5 tags and 5 links" in page


def test_a_viewer_reads_but_cannot_tag(world: World, sign_in: SignIn, desk: str):
    vic = sign_in(world.vic)
    assert "Tag the selection" not in vic.get(desk).text
    assert vic.post(f"{desk}annotations/", tagged(world.article.text, DENIAL, "claim")).status_code == 403


def test_an_outsider_finds_nothing(world: World, sign_in: SignIn, desk: str):
    zoe = sign_in(world.zoe)
    assert zoe.get(desk).status_code == 404
    assert zoe.post(f"{desk}annotations/", tagged(world.article.text, DENIAL, "claim")).status_code == 404


def test_a_colleague_cannot_change_a_tag(world: World, sign_in: SignIn, desk: str):
    make_member(world.adi, world.project, world.zoe, Role.ANALYST)
    found = tag(world.ana, world.article, Kind.CLAIM, DENIAL)
    form = {"annotation": found.id, "version": 1}
    assert sign_in(world.zoe).post(f"{desk}annotations/withdrawals/", form).status_code == 403


def test_an_article_of_another_project_is_not_found(ana: Client, world: World):
    assert ana.get(f"/p/elsewhere/articles/{world.article.id}/").status_code == 404


def test_mentions_of_one_party_carry_the_same_token(ana: Client, world: World, desk: str):
    mentions = [tag(world.ana, world.article, Kind.PARTY, words, parties=(world.army.id,)) for words in (ARMY, REBELS)]
    tag(world.ana, world.article, Kind.PARTY, "The mayor")
    token = str(world.army.id)[-8:]
    page = ana.get(desk).text
    assert page.count(f'data-p="{token}"') == len(mentions)
    assert page.count("data-p=") == len(mentions)


def test_what_is_set_stands_on_the_folded_attributes(ana: Client, world: World, desk: str):
    claim = tag(world.ana, world.article, Kind.CLAIM, CLAIM, attributes={"act": "accuse", "topic": "casualties"})
    panel = ana.get(f"{desk}panel/", {"focus": str(claim.id)}).text
    assert "<span>accuse</span><span>casualties</span>" in panel
