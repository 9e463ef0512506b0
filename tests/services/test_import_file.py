"""Imports: every line is checked; a bad one refuses the whole file, or is left out when that was asked for."""

import hashlib
import io
import json

import pytest

from annotations.errors import IncompleteFile, InvalidParameter, NotAllowed, NotFound, Unavailable, Unprocessable
from annotations.formats.native import read
from annotations.models import Annotation, Article, Decision, Event, Import, Incident, Link, Outlet, Party
from annotations.queries.doctor import Examination
from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, Order
from annotations.queries.export_session import ExportSession
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from annotations.services.annotations import withdraw_annotation
from annotations.services.exchange import ImportOrder, OnError, import_file
from annotations.services.records import content_of
from tests.factories import join, make_actor, make_article, make_member, make_outlet, make_party, make_project, tag
from tests.formats.test_native import file_of
from tests.world import make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "“We hold the bridge,” the army said 🚩. The rebels denied it."
ARTICLE = {
    "type": "article",
    "id": "t1",
    "title": "Both sides",
    "outlet": None,
    "url": "",
    "byline": "",
    "language": "en",
    "direction": "ltr",
    "published_at": None,
    "retrieved_at": "2026-01-01T00:00:00Z",
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "length": len(TEXT),
    "license": "",
    "incidents": [],
    "supersedes": None,
    "text": TEXT,
}
FRAME = {
    "note": "",
    "state": "approved",
    "version": 4,
    "author": "gold",
    "origin": {"by": "human"},
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-02T00:00:00Z",
}
CLAIM = {"voice": "attributed", "act": "assert", "topic": "other", "commitment": "certain"}
PARTY = {
    "type": "party",
    "id": "p1",
    "name": "Army",
    "entity_type": "group",
    "actor_type": "state_forces",
    "parent": None,
    "aliases": [{"text": "the army", "language": "en"}],
    "external_ids": {"wikidata": "Q1"},
}


def span(pk, kind, *words, **fields):
    segments = [[TEXT.index(piece), TEXT.index(piece) + len(piece)] for piece in words]
    frame = {"article": "t1", "segments": segments, "exact": list(words), "attributes": {}, "parties": []}
    return {"type": "annotation", "id": pk, "kind": kind, **frame, **FRAME, **fields}


def link(pk, type_, source, target, **fields):
    ends = {"link_type": type_, "source": source, "target": target, "attributes": {}}
    return {"type": "link", "id": pk, **ends, **FRAME, **fields}


QUOTE = span("q", "quote", "“We hold the bridge,”", attributes={"quote_type": "direct"})
HELD = span("c", "claim", "We hold the bridge", attributes=CLAIM)
DENIAL = span("d", "counterclaim", "denied it", attributes=CLAIM | {"act": "deny"})
SPEAKER = span("s", "party", "the army", attributes={"mention_form": "nominal"}, parties=["p1"])
SAYS = link("k1", "speaker", "q", "s")
DISPUTES = link("k2", "disputes", "d", "c", attributes={"mode": "rebuts"})
GOOD = (PARTY, ARTICLE, QUOTE, HELD, DENIAL, SPEAKER, SAYS, DISPUTES)


def content(*lines):
    counts = {}
    for line in lines:
        counts[line["type"]] = counts.get(line["type"], 0) + 1
    return file_of(*lines, **counts)


@pytest.fixture
def ana(db):
    return make_actor("ana")


@pytest.fixture
def project(ana):
    return make_project(ana, name="Bridge")


def take(actor, project, *lines, **order):
    return import_file(actor=actor, project=project, file=io.BytesIO(content(*lines)), order=ImportOrder(**order))


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
    assert str(event.subject) == report.mapping["t1"]
    assert {pk for pk, _digest in payload["annotations"]} == {report.mapping[pk] for pk in "qcds"}
    assert {pk for pk, _digest in payload["links"]} == {report.mapping[pk] for pk in ("k1", "k2")}
    assert Event.objects.filter(verb="import.done", chain__article=None).count() == 1


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


def test_registry_records_are_matched_by_name_and_type(ana, project):
    army = make_party(ana, project, "Army", entity_type="group")
    make_party(ana, project, "Army", entity_type="person")
    outlet = make_outlet(ana, project, "Daily")
    line = {"type": "outlet", "id": "o", "name": "Daily", "domain": "", "country": "", "kind": None, "scale": None}

    report = take(ana, project, *GOOD, line | {"party": "p1"})

    assert report.mapping["p1"] == str(army.id)
    assert report.mapping["o"] == str(outlet.id)
    assert (Party.objects.count(), Outlet.objects.count()) == (2, 1)


def test_two_of_one_name_stay_two_and_are_both_found_again(ana, project):
    twins = (PARTY, PARTY | {"id": "p2"})

    take(ana, project, *twins)
    report = take(ana, project, *twins)

    assert Party.objects.count() == 2
    assert report.counts["already_there"] == 2


def test_stored_text_is_reused_and_its_article_left_as_it_is(ana, project):
    stored = make_article(ana, project, TEXT, title="My title")

    report = take(ana, project, *GOOD)

    stored.refresh_from_db()
    assert report.mapping["t1"] == str(stored.id)
    assert (stored.title, stored.version) == ("My title", 1)
    assert Annotation.objects.filter(article=stored).count() == 4


def test_file_without_texts_needs_the_articles_to_be_there(ana, project):
    bare = [{name: value for name, value in line.items() if name not in {"text", "exact"}} for line in GOOD]

    assert refused(ana, project, *bare)[0] == (3, "required")
    make_article(ana, project, TEXT)
    report = take(ana, project, *bare)

    assert Annotation.objects.get(pk=report.mapping["q"]).exact == ["“We hold the bridge,”"]


def test_file_without_texts_is_still_checked_against_the_text(ana, project):
    make_article(ana, project, TEXT)
    bare = [{name: value for name, value in line.items() if name not in {"text", "exact"}} for line in (ARTICLE, HELD)]

    with pytest.raises(Unprocessable) as refusal:
        take(ana, project, bare[0], bare[1] | {"segments": [[0, len(TEXT) + 1]]})

    assert [(error.line, error.code) for error in refusal.value.errors] == [(3, "out_of_range")]


def test_two_annotators_are_kept_apart(ana, project):
    report = take(ana, project, ARTICLE, HELD, HELD | {"id": "c2", "author": "silver"}, HELD | {"id": "c3"})

    assert Annotation.objects.count() == 2
    assert report.mapping["c3"] == report.mapping["c"]
    assert report.counts["already_there"] == 1


def test_another_importer_of_the_same_file_adds_nothing(ana, project):
    rui = make_actor("rui")
    make_member(ana, project, rui, Role.ANALYST)
    take(ana, project, *GOOD)

    report = take(rui, project, *GOOD)

    assert Annotation.objects.count() == 4
    assert report.counts["already_there"] == len(GOOD)


def test_in_a_blind_project_others_work_is_not_recognised(db):
    world = make_world(visibility="blind")
    take(world.rui, world.project, *GOOD)

    report = take(world.ana, world.project, *GOOD)

    assert report.counts["annotation"] == 4


def test_withdrawn_record_is_not_there_any_more(ana, project):
    report = take(ana, project, *GOOD)
    withdraw_annotation(actor=ana, annotation=Annotation.objects.get(pk=report.mapping["c"]), version=1)

    again = take(ana, project, *GOOD)

    assert (again.counts["annotation"], again.counts["link"]) == (1, 1)


def test_own_export_with_pseudonyms_is_recognised(db):
    world = make_world()
    case = make_case(world)
    export = b"".join(open_export(Order(world.project, Choice(state="all"))).stream)

    report = import_file(actor=world.rui, project=world.project, file=io.BytesIO(export), order=ImportOrder())

    assert report.counts["annotation"] == report.counts["link"] == 0
    assert report.mapping[str(case.claim.pk)] == str(case.claim.pk)


def test_full_export_into_another_project_gives_the_same_content(ana, project):
    world = make_world()
    case = make_case(world)
    other = make_article(world.ana, world.project, "The army left the bridge.")
    left = tag(world.ana, other, case.claim.kind, "The army left the bridge", attributes=CLAIM)
    join(world.ana, LinkType.SUPPORTS, left, case.denial)
    export = b"".join(open_export(Order(world.project, Choice(state="all"))).stream)

    report = import_file(actor=ana, project=project, file=io.BytesIO(export), order=ImportOrder())

    copy = b"".join(open_export(Order(project, Choice(state="all"))).stream)
    before, after = (sorted(contents(read(io.BytesIO(file))), key=str) for file in (export, copy))
    assert report.counts["annotation"] == 6
    assert before == after


def contents(reading):
    """What a file says, without ids, people and times."""
    for item in reading.items:
        record = item.record
        names = ("title", "text", "name", "kind", "segments", "exact", "attributes", "note", "link_type", "domain")
        yield type(record).__name__, [repr(getattr(record, name, None)) for name in names]


def test_filtered_export_that_names_an_absent_earlier_version_goes_in(ana, project):
    report = take(ana, project, ARTICLE | {"supersedes": "t0"})

    assert Article.objects.get().supersedes is None
    assert report.counts["supersedes_dropped"] == 1


def test_incident_of_a_reused_article_is_joined_when_new(ana, project):
    stored = make_article(ana, project, TEXT)
    incident = {"type": "incident", "id": "i", "title": "Fight", "place": "", "date_from": None, "date_to": None}

    take(ana, project, incident, ARTICLE | {"incidents": ["i"]})
    take(ana, project, incident, ARTICLE | {"incidents": ["i"]})

    assert list(Incident.objects.get().articles.all()) == [stored]


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
    sessions = [ExportSession() for _ in range(4)]
    try:
        with pytest.raises(Unavailable):
            take(ana, project, *GOOD)
    finally:
        [session.close() for session in sessions]


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
    for record in [*Annotation.objects.all(), *Link.objects.all()]:
        [version] = record.versions.all()
        assert version.content == content_of(record)
        assert (version.number, version.editor, version.at) == (1, ana.user, record.updated_at)
    assert not list(Examination(audit=True).findings())
