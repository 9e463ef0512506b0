"""Imports: every line is checked; a bad one refuses the whole file, or is left out when that was asked for."""

import hashlib
import io
import json

import pytest

from annotations.errors import IncompleteFile, InvalidParameter, NotAllowed, NotFound, Unavailable, Unprocessable
from annotations.models import Annotation, Article, Decision, Event, Import, Link, Party
from annotations.queries.doctor import Examination
from annotations.rules.chain import canonical_json
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.services.exchange import ImportOrder, OnError, import_file
from annotations.services.records import content_of
from tests.factories import make_actor, make_member, make_project
from tests.services.import_lines import (
    ARTICLE,
    CLAIM,
    DENIAL,
    DISPUTES,
    GOOD,
    HELD,
    PARTY,
    QUOTE,
    SAYS,
    SPEAKER,
    TEXT,
    content,
    link,
    span,
    take,
)
from tests.sessions import all_slots_taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana, name="Bridge")


def refused(actor, project, *lines):
    with pytest.raises(Unprocessable) as refusal:
        take(actor, project, *lines)
    assert not Article.objects.filter(project=project).exists()
    assert not Party.objects.filter(project=project).exists()
    return [(error.line, error.code) for error in refusal.value.errors]


def test_good_file_is_stored_as_drafts_of_the_importer(ana, project):
    report = take(ana, project, *GOOD)

    assert Annotation.objects.filter(author=ana.user, state="draft", approved_version=None).count() == 4
    assert Link.objects.filter(author=ana.user, state="draft").count() == 2
    assert Annotation.objects.get(pk=report.mapping["s"]).parties == [Party.objects.get().id]
    assert Import.objects.get().counts == report.counts


def test_import_leaves_one_event_in_each_article_that_lists_the_ids(ana, project):
    report = take(ana, project, *GOOD)

    event = Event.objects.get(verb="article.imported")
    payload = json.loads(event.payload.content)
    assert event.payload.content == canonical_json(payload)
    assert payload["article"] == {"length": ARTICLE["length"], "sha256": ARTICLE["sha256"]}
    assert str(event.subject) == report.mapping["t1"]
    assert {pk for pk, _digest in payload["annotations"]} == {report.mapping[pk] for pk in "qcds"}
    assert {pk for pk, _digest in payload["links"]} == {report.mapping[pk] for pk in ("k1", "k2")}
    assert Event.objects.filter(verb="import.done", chain__article=None).count() == 1


@pytest.mark.parametrize(
    "lines",
    [[ARTICLE], [ARTICLE, span("c", "claim", "We hold the bridge")]],
    ids=["an article alone", "one annotation"],
)
def test_the_event_of_a_short_import_is_written_as_digested(ana, project, lines):
    take(ana, project, *lines)

    content = Event.objects.get(verb="article.imported").payload.content
    assert content == canonical_json(json.loads(content))
    assert ("annotations" in json.loads(content)) is (len(lines) > 1)


def test_import_adds_no_attributes(ana, project):
    report = take(ana, project, ARTICLE, span("c", "claim", "We hold the bridge"))

    assert Annotation.objects.get(pk=report.mapping["c"]).attributes == {}


def test_references_may_point_to_later_lines(ana, project):
    take(ana, project, SAYS, SPEAKER, QUOTE, ARTICLE, PARTY)

    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (QUOTE | {"exact": ["“We hold the Bridge,”"]}, "text_mismatch"),
        (QUOTE | {"segments": [[1, 22]]}, "text_mismatch"),
        (QUOTE | {"segments": [[0, 5000]]}, "out_of_range"),
        (QUOTE | {"segments": [[5, 5]]}, "empty"),
        (QUOTE | {"segments": [[0, 21], [21, 24]], "exact": [TEXT[:21], TEXT[21:24]]}, "not_ordered"),
        (QUOTE | {"exact": []}, "count_differs"),
        (QUOTE | {"kind": "opinion"}, "invalid_choice"),
        (QUOTE | {"state": "done"}, "invalid_choice"),
        (QUOTE | {"attributes": {"voice": "outlet"}}, "unknown_field"),
        (QUOTE | {"attributes": {"quote_type": "loud"}}, "invalid_choice"),
        (QUOTE | {"parties": ["p1"]}, "invalid"),
        (QUOTE | {"note": "n" * 10_001}, "too_long"),
        (QUOTE | {"article": "t9"}, "not_found"),
        (QUOTE | {"article": "p1"}, "not_found"),
        (SPEAKER | {"parties": ["p9"]}, "not_found"),
        (SPEAKER | {"parties": ["t1"]}, "not_found"),
        (SPEAKER | {"parties": ["p1", "p1"]}, "invalid"),
        (QUOTE | {"id": "t1"}, "duplicate_id"),
        (QUOTE | {"version": "4"}, "invalid_type"),
        (QUOTE | {"extra": 1}, "unknown_field"),
    ],
)
def test_bad_annotation_is_told_by_its_line(ana, project, line, code):
    assert refused(ana, project, PARTY, ARTICLE, line) == [(4, code)]


def test_span_that_cuts_a_character_is_refused(ana, project):
    text = "A family 👨‍👩‍👧 left."
    article = ARTICLE | {"text": text, "length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    cut = span("c", "claim") | {"segments": [[9, 10]], "exact": [text[9:10]]}

    assert refused(ana, project, article, cut) == [(3, "splits_grapheme")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (SAYS | {"link_type": "likes"}, "invalid_choice"),
        (SAYS | {"target": "d"}, "kind_not_allowed"),
        (SAYS | {"source": "c"}, "kind_not_allowed"),
        (DISPUTES | {"source": "c", "target": "d"}, "kind_not_allowed"),
        (DISPUTES | {"target": "d"}, "self_link"),
        (DISPUTES | {"attributes": {}}, "required"),
        (DISPUTES | {"attributes": {"mode": "shouts"}}, "invalid_choice"),
        (SAYS | {"attributes": {"mode": "rebuts"}}, "unknown_field"),
        (SAYS | {"target": "x"}, "not_found"),
        (SAYS | {"target": "t1"}, "not_found"),
        (link("k", "expresses", "q", "d"), "outside_quote"),
    ],
)
def test_bad_link_is_told_by_its_line(ana, project, line, code):
    assert refused(ana, project, PARTY, ARTICLE, QUOTE, HELD, DENIAL, SPEAKER, line) == [(8, code)]


def test_second_quote_of_a_claim_is_refused(ana, project):
    wider = span("w", "quote", "“We hold the bridge,” the army said")

    found = refused(
        ana, project, ARTICLE, QUOTE, wider, HELD, link("k1", "expresses", "q", "c"), link("k2", "expresses", "w", "c")
    )

    assert found == [(7, "already_expressed")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sha256": "0" * 64}, "text_mismatch"),
        ({"length": 7}, "text_mismatch"),
        ({"text": TEXT + "\r\n"}, "not_clean"),
        ({"text": "\ufeff" + TEXT}, "not_clean"),
        ({"text": "  \n "}, "blank"),
        ({"title": "a\u202eb"}, "invalid"),
        ({"title": ""}, "blank"),
        ({"url": "javascript:alert(1)"}, "invalid"),
        ({"language": "english!"}, "invalid"),
        ({"direction": "up"}, "invalid_choice"),
        ({"outlet": "o9"}, "not_found"),
        ({"incidents": ["i9"]}, "not_found"),
        ({"published_at": "2021-08-27"}, "invalid"),
    ],
)
def test_bad_article_is_told_by_its_line(ana, project, change, code):
    assert refused(ana, project, ARTICLE | change) == [(2, code)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entity_type": "ghost"}, "invalid_choice"),
        ({"actor_type": "wizards"}, "invalid_choice"),
        ({"parent": "p9"}, "not_found"),
        ({"parent": "p1"}, "not_found"),
        ({"external_ids": {"facebook": "1"}}, "unknown_field"),
        ({"aliases": [{"text": "a\nb", "language": "en"}]}, "invalid"),
        ({"name": " "}, "blank"),
    ],
)
def test_bad_party_is_told_by_its_line(ana, project, change, code):
    assert refused(ana, project, PARTY | change) == [(2, code)]


def test_parents_in_a_circle_are_refused(ana, project):
    found = refused(ana, project, PARTY | {"parent": "p2"}, PARTY | {"id": "p2", "name": "Other", "parent": "p1"})

    assert found == [(2, "not_found"), (3, "not_found")]


def test_incident_that_ends_before_it_begins_is_refused(ana, project):
    incident = {"type": "incident", "id": "i", "title": "Fight", "place": ""}

    assert refused(ana, project, incident | {"date_from": "2026-01-02", "date_to": "2026-01-01"}) == [(2, "invalid")]


def test_every_bad_line_is_listed(ana, project):
    bad_span, bad_link = QUOTE | {"exact": ["x" * 21]}, SAYS | {"target": "nobody"}

    assert refused(ana, project, ARTICLE, bad_span, HELD, bad_link) == [(3, "text_mismatch"), (5, "not_found")]


def test_skip_keeps_the_good_lines_and_lists_the_bad(ana, project):
    report = take(ana, project, PARTY, ARTICLE, QUOTE | {"exact": ["no"]}, *GOOD[3:], on_error=OnError.SKIP)

    assert Annotation.objects.count() == 3
    assert list(Link.objects.values_list("type", flat=True)) == [LinkType.DISPUTES]
    assert [(found["line"], found["code"]) for found in report.errors] == [(4, "text_mismatch"), (8, "not_found")]
    assert report.counts["skipped"] == 2
    assert "q" not in report.mapping


def test_incomplete_file_is_refused_even_when_skipping(ana, project):
    with pytest.raises(IncompleteFile):
        import_file(
            actor=ana,
            project=project,
            file=io.BytesIO(content(*GOOD)[:-20]),
            order=ImportOrder(on_error=OnError.SKIP),
        )
    assert not Import.objects.exists()


def test_dry_run_reports_and_stores_nothing(ana, project):
    report = take(ana, project, *GOOD, dry_run=True)

    assert report.counts["annotation"] == 4
    assert not Annotation.objects.exists()
    assert not Import.objects.exists()


def test_decisions_of_strangers_are_counted_and_ignored(ana, project):
    decision = {
        "type": "decision",
        "id": "x",
        "of": "annotation",
        "record": "q",
        "version": 4,
        "verdict": "approve",
        "reason": None,
        "comment": "",
        "reviewer": "somebody",
        "at": "2026-01-01T00:00:00Z",
    }

    report = take(ana, project, *GOOD, decision)

    assert report.counts["decisions_ignored"] == 1
    assert not Decision.objects.exists()


def test_viewer_may_not_import(ana, project):
    vic = make_actor("vic")
    make_member(ana, project, vic, Role.VIEWER)

    with pytest.raises(NotAllowed):
        take(vic, project, *GOOD)


def test_outsider_finds_no_project(ana, project):
    with pytest.raises(NotFound):
        take(make_actor("zoe"), project, *GOOD)


def test_unknown_format_is_refused(ana, project):
    with pytest.raises(InvalidParameter):
        take(ana, project, *GOOD, format="doc")


def test_import_waits_for_a_free_slot(ana, project):
    with all_slots_taken(), pytest.raises(Unavailable):
        take(ana, project, *GOOD)
    take(ana, project, *GOOD)


def test_large_file_leaves_the_same_versions_as_single_records(ana, project):
    text = "word “x\\y” \t🚩 " * 150
    article = ARTICLE | {"text": text, "length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    starts = range(0, len(text), len(text) // 150)
    spans = [
        span(f"c{start}", "claim", attributes=CLAIM | {"quantity": {"low": 1.5, "high": None}}, note="a\tb\\n\n")
        | {"segments": [[start, start + 10]], "exact": [text[start : start + 10]]}
        for start in starts
    ]
    links = [link(f"k{start}", "supports", f"c{start}", "c0") for start in starts if start]

    report = take(ana, project, article, *spans, *links)

    assert (report.counts["annotation"], report.counts["link"]) == (150, 149)
    records: list[Annotation | Link] = [*Annotation.objects.all(), *Link.objects.all()]
    for record in records:
        [version] = record.versions.all()
        assert version.content == content_of(record)
        assert (version.number, version.editor, version.at) == (1, ana.user, record.updated_at)
    assert not list(Examination(audit=True).findings())
