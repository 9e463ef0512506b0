"""Exports: the chosen set, as seen by who asks, in one snapshot."""

import io
import json
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from annotations.errors import NotAllowed, NotFound
from annotations.formats.native import read, write
from annotations.models import Annotation, Link
from annotations.queries.export import export_losses, open_export
from annotations.queries.export_choice import Choice, order_for
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation, withdraw_annotation
from annotations.services.review import decide
from tests.factories import approve, join, make_article, make_incident, submit, tag, verdict_on
from tests.formats.test_native import document_of
from tests.world import CLAIM, HOUSES, make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def case(world):
    return make_case(world)


@pytest.fixture
def approved(world, case):
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    return case


def content(actor, project, **choice):
    export = open_export(order_for(actor, project, Choice(**choice)))
    with closing(export.stream):
        return b"".join(export.stream)


def lines(actor, project, **choice):
    return [json.loads(line) for line in content(actor, project, **choice).splitlines()]


def of(sort, found):
    return [line for line in found if line["type"] == sort]


def ids(sort, found):
    return {line["id"] for line in of(sort, found)}


def change(actor, annotation, **fields):
    stored = Annotation.objects.get(pk=annotation.pk)
    return edit_annotation(actor=actor, annotation=stored, version=stored.version, change=AnnotationChange(**fields))


def texts(records):
    return {str(record.pk) for record in records}


def annotations_of(case):
    return (case.quote, case.speaker, case.claim, case.denial, case.denier)


@pytest.mark.parametrize("state", ["all", "approved"])
def test_lines_of_the_database_equal_those_of_the_pure_writer(world, approved, state):
    incident = make_incident(world.adi, world.project, "Fight", place="Bridge")
    make_article(world.adi, world.project, "Tab\t“quoted” \\ back\u2028slash 🚩", incidents=(incident.id,))
    export = content(world.ana, world.project, state=state)

    reading = read(io.BytesIO(export))
    written = b"".join(write(document_of(reading)))

    assert not reading.problems
    assert [json.loads(line) for line in written.splitlines()[:-1]] == [
        json.loads(line) for line in export.split(b"\n")[:-2]
    ]


def test_keys_stand_in_the_order_of_the_format(world, approved):
    found = lines(world.ana, world.project, state="all")

    annotation, link, decision = (of(sort, found)[0] for sort in ("annotation", "link", "decision"))
    assert " ".join(found[0]) == "type version offset_unit project state chain_head exported_at"
    assert " ".join(annotation) == (
        "type id article kind segments exact attributes parties note state version author origin created_at updated_at"
    )
    assert " ".join(link) == (
        "type id link_type source target attributes note state version author origin created_at updated_at"
    )
    assert " ".join(decision) == "type id of record version verdict reason comment reviewer at"


def test_articles_come_in_order_each_with_what_hangs_on_it(world, case):
    other = make_article(world.ana, world.project, "The army left.")
    tag(world.ana, other, Kind.CLAIM, "The army left")

    order = [line["type"] for line in lines(world.ana, world.project, state="all")]

    assert order == [
        "newsdesk", "outlet", "party", "party", "article", *["annotation"] * 5, *["link"] * 5, "article", "annotation",
        "end",
    ]  # fmt: skip


def test_drafts_are_not_in_the_approved_set(world, case):
    found = lines(world.ana, world.project)

    assert not of("annotation", found)
    assert not of("link", found)
    assert found[0]["state"] == "approved"


def test_approved_set_holds_what_was_approved_with_its_approvals(world, approved):
    found = lines(world.ana, world.project)

    assert ids("annotation", found) == texts(annotations_of(approved))
    assert ids("link", found) == texts(approved.links)
    assert {line["record"] for line in of("decision", found)} == texts(approved.records)
    assert {(line["state"], line["version"]) for line in of("annotation", found)} == {("approved", 1)}


def test_edited_record_stays_in_the_approved_set_as_it_was(world, approved):
    change(world.ana, approved.claim, note="A new thought.")

    [shown] = [
        line for line in of("annotation", lines(world.ana, world.project)) if line["id"] == str(approved.claim.pk)
    ]

    assert (shown["note"], shown["version"], shown["state"]) == ("", 1, "approved")
    assert shown["updated_at"] < Annotation.objects.get(pk=approved.claim.pk).updated_at.isoformat()


def test_all_shows_the_current_version(world, approved):
    change(world.ana, approved.claim, note="A new thought.")

    found = of("annotation", lines(world.ana, world.project, state="all"))

    [shown] = [line for line in found if line["id"] == str(approved.claim.pk)]
    assert (shown["note"], shown["version"], shown["state"]) == ("A new thought.", 2, "draft")


def test_link_stays_when_its_end_is_approved_anew_with_the_same_content(world, approved):
    change(world.ana, approved.speaker, note="Only a note.")
    submit(world.ana, approved.speaker)
    approve(world.rui, approved.speaker)

    assert ids("link", lines(world.ana, world.project)) == texts(approved.links)


def test_link_leaves_when_its_end_is_approved_anew_with_other_content(world, approved):
    change(world.ana, approved.speaker, attributes={"mention_form": "pronoun"})
    submit(world.ana, approved.speaker)
    approve(world.rui, approved.speaker)

    found = lines(world.ana, world.project)

    [lost] = export_losses(order_for(world.ana, world.project, Choice()))
    left = {str(link.pk) for link in approved.links if approved.speaker.pk in {link.source_id, link.target_id}}
    assert ids("link", found) == texts(approved.links) - left
    assert (lost.what, set(lost.ids)) == ("link_end_changed", left)


def test_withdrawn_records_are_shown_only_when_asked_for(world, case):
    withdraw_annotation(actor=world.ana, annotation=case.claim, version=1)

    assert str(case.claim.pk) not in ids("annotation", lines(world.ana, world.project, state="all"))
    assert ids("annotation", lines(world.ana, world.project, state="withdrawn")) == {str(case.claim.pk)}


def test_link_is_held_only_with_both_ends_and_reported_otherwise(world, case):
    found = lines(world.ana, world.project, state="all", kinds=(Kind.QUOTE, Kind.CLAIM))
    [lost] = export_losses(order_for(world.ana, world.project, Choice(state="all", kinds=(Kind.QUOTE, Kind.CLAIM))))

    expresses = case.links[1]
    assert ids("link", found) == {str(expresses.pk)}
    assert (lost.what, set(lost.ids)) == ("link_end_missing", texts(case.links) - {str(expresses.pk)})


@pytest.mark.parametrize("state", ["all", "approved"])
def test_filters_narrow_the_set(world, approved, state):
    other = make_article(world.ana, world.project, "The army left.")
    incident = make_incident(world.adi, world.project, "Fight", articles=[other.id])
    lone = tag(world.ana, other, Kind.PARTY, "The army", parties=(world.army.id,))
    submit(world.ana, lone)
    approve(world.rui, lone)

    def found(**choice):
        return ids("annotation", lines(world.ana, world.project, state=state, **choice))

    assert found(article=other.id) == {str(lone.pk)}
    assert found(incident=incident.id) == {str(lone.pk)}
    assert found(outlet=world.outlet.id) == texts(annotations_of(approved))
    assert found(kinds=(Kind.QUOTE,)) == {str(approved.quote.pk)}
    assert found(party=world.army.id) == {str(lone.pk), str(approved.speaker.pk)}


def test_texts_can_be_left_out(world, case):
    found = lines(world.ana, world.project, state="all", with_text=False)

    [article] = of("article", found)
    assert "text" not in article
    assert article["sha256"] == world.article.sha256
    assert not [line for line in of("annotation", found) if "exact" in line]


def test_people_have_pseudonyms_that_stay(world, approved):
    first = lines(world.ana, world.project, state="all")
    second = lines(world.rui, world.project, state="all")

    [author] = {line["author"] for line in of("annotation", first)}
    [reviewer] = {line["reviewer"] for line in of("decision", first)}
    assert author.startswith("annotator-")
    assert len(author) == len("annotator-") + 8
    assert reviewer != author
    assert {line["author"] for line in of("annotation", second)} == {author}
    assert "ana" not in {author, reviewer}


def test_admin_may_ask_for_names_and_nobody_else(world, approved):
    found = lines(world.adi, world.project, with_names=True)

    assert {line["author"] for line in of("annotation", found)} == {"ana"}
    assert {line["reviewer"] for line in of("decision", found)} == {"rui"}
    with pytest.raises(NotAllowed):
        order_for(world.rui, world.project, Choice(with_names=True))


def test_outsider_finds_nothing(world):
    with pytest.raises(NotFound):
        order_for(world.zoe, world.project, Choice())


# --- blind projects ---------------------------------------------------------------------------------


@pytest.fixture
def blind(db):
    return make_world(visibility="blind")


def test_in_a_blind_project_an_analyst_exports_only_own_records(blind):
    own = tag(blind.ana, blind.article, Kind.CLAIM, CLAIM)
    tag(blind.rui, blind.article, Kind.CLAIM, HOUSES)

    assert ids("annotation", lines(blind.ana, blind.project, state="all")) == {str(own.pk)}
    assert len(ids("annotation", lines(blind.rui, blind.project, state="all"))) == 2


def test_in_a_blind_project_a_viewer_exports_the_approved_set_whatever_is_asked(blind):
    mention = tag(blind.ana, blind.article, Kind.PARTY, "The rebels")
    tag(blind.ana, blind.article, Kind.CLAIM, HOUSES)
    submit(blind.ana, mention)
    approve(blind.rui, mention)

    assert ids("annotation", lines(blind.vic, blind.project, state="all")) == {str(mention.pk)}
    assert ids("annotation", lines(blind.vic, blind.project, state="draft")) == set()


def test_in_a_blind_project_gone_lines_tell_nothing_of_others(blind):
    since = timezone.now()
    mine = tag(blind.rui, blind.article, Kind.CLAIM, HOUSES)
    withdraw_annotation(actor=blind.rui, annotation=mine, version=1)

    assert not of("gone", lines(blind.ana, blind.project, state="all", updated_since=since))
    assert not of("gone", lines(blind.vic, blind.project, updated_since=since))


# --- increments -------------------------------------------------------------------------------------


def test_increment_holds_what_changed_and_what_is_gone(world, approved):
    since = timezone.now()
    withdraw_annotation(actor=world.ana, annotation=approved.denier, version=1)
    lone = tag(world.ana, world.article, Kind.CLAIM, HOUSES)

    found = lines(world.ana, world.project, state="all", updated_since=since)

    claimant = approved.links[3]
    assert ids("annotation", found) == {str(lone.pk)}
    assert {(line["of"], line["id"]) for line in of("gone", found)} == {
        ("annotation", str(approved.denier.pk)),
        ("link", str(claimant.pk)),
    }


def test_increment_draws_in_the_ends_of_a_new_link(world, case):
    lone = tag(world.ana, world.article, Kind.PARTY, "two houses")
    since = timezone.now()
    link = join(world.ana, LinkType.ABOUT, case.claim, lone)

    found = lines(world.ana, world.project, state="all", updated_since=since)

    assert ids("link", found) == {str(link.pk)}
    assert ids("annotation", found) == {str(case.claim.pk), str(lone.pk)}


def test_increment_tells_that_a_revoked_record_left_and_its_links_with_it(world, approved):
    since = timezone.now()
    decide(actor=world.rui, drafts=[verdict_on(approved.speaker, Verdict.REJECT, Reason.SPAN)])

    found = lines(world.ana, world.project, updated_since=since)

    left = {str(link.pk) for link in approved.links if approved.speaker.pk in {link.source_id, link.target_id}}
    assert {line["id"] for line in of("gone", found)} == {str(approved.speaker.pk)} | left


def test_draft_that_never_was_approved_is_not_told_as_gone(world, case):
    since = timezone.now() - timedelta(hours=1)

    assert not of("gone", lines(world.ana, world.project, updated_since=since))


def test_updated_since_is_inclusive(world, case):
    since = Annotation.objects.get(pk=case.denier.pk).updated_at

    assert str(case.denier.pk) in ids("annotation", lines(world.ana, world.project, state="all", updated_since=since))


def test_exported_at_is_the_start_of_the_oldest_open_transaction(world):
    with transaction.atomic():
        Link.objects.count()
        began = timezone.now()
        time.sleep(0.05)
        [header, *_] = lines(world.ana, world.project)

    assert header["exported_at"] < began.isoformat().replace("+00:00", "Z")
