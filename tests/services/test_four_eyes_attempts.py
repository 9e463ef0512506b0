"""Thirty ways to get one's own work approved, or work that nobody saw: none succeeds."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from annotations.errors import NewsdeskError
from annotations.models import Annotation, Decision, Link
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role, Scope
from annotations.rules.review import Reason, State, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation, move_annotation
from annotations.services.exchange import ImportOrder, import_file
from annotations.services.projects import change_role
from annotations.services.resubmission import take_proposal
from annotations.services.review import DecisionDraft, decide, decide_one
from tests.api.client import Api, api_for
from tests.conftest import owner_connection
from tests.factories import approve, join, submit, tag, verdict_on
from tests.world import ARMY, HOUSES, MAYOR, REBELS, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def mention(world: World) -> Annotation:
    """Rui's own mention, handed in: Rui is a reviewer, so only four eyes stand in the way."""
    made = tag(world.rui, world.article, Kind.PARTY, MAYOR)
    submit(world.rui, made)
    return made


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


def own(record: Annotation | Link, **fields: Any) -> dict[str, Any]:
    """A verdict as the API takes it."""
    name = "link" if isinstance(record, Link) else "annotation"
    return {name: str(record.pk), "version": fresh(record).version, "verdict": "approve", **fields}


def page_of(actor: Actor) -> Client:
    browser = Client()
    browser.force_login(actor.user)
    return browser


def post_decision(actor: Actor, world: World, *records: Annotation | Link) -> int:
    written = [f"{'link' if isinstance(r, Link) else 'annotation'}:{r.pk}:{fresh(r).version}" for r in records]
    sent = {"record": written[0], "with": written[1:], "verdict": "approve_together" if written[1:] else "approve"}
    return page_of(actor).post(f"/p/{world.project.slug}/review/decisions/", sent).status_code


Attempt = Callable[[World, Annotation], object]
ATTEMPTS: dict[str, Attempt] = {}


def attempt(name: str) -> Callable[[Attempt], Attempt]:
    def keep(found: Attempt) -> Attempt:
        ATTEMPTS[name] = found
        return found

    return keep


# --- asking in one's own name ----------------------------------------------------------------------------------

attempt("the author decides through the service")(lambda w, m: approve(w.rui, m))
attempt("the author decides one through the service")(
    lambda w, m: decide_one(actor=w.rui, draft=verdict_on(m, Verdict.APPROVE))
)
attempt("the author decides with a review token")(lambda w, m: api_for(w.rui).post("decisions/", own(m)))
attempt("the author decides with a write token")(lambda w, m: api_for(w.rui, Scope.WRITE).post("decisions/", own(m)))
attempt("the author decides with a read token")(lambda w, m: api_for(w.rui, Scope.READ).post("decisions/", own(m)))
attempt("the author decides in a list by the API")(lambda w, m: api_for(w.rui).post("decisions/", [own(m)]))
attempt("the author decides on the page")(lambda w, m: post_decision(w.rui, w, m))
attempt("an analyst decides on the page")(lambda w, m: post_decision(w.ana, w, m))
attempt("an outsider decides")(lambda w, m: api_for(w.zoe).post("decisions/", own(m)))
attempt("nobody signed in decides")(lambda _w, m: Api(None).post("decisions/", own(m)))
attempt("PATCH of the state to approved")(
    lambda w, m: api_for(w.rui).patch(f"annotations/{m.pk}/", {"state": "approved"}, 1)
)
attempt("PATCH of the approved version")(
    lambda w, m: api_for(w.rui).patch(f"annotations/{m.pk}/", {"approved_version": 1}, 1)
)
attempt("PATCH of the author")(lambda w, m: api_for(w.rui).patch(f"annotations/{m.pk}/", {"author": "ana"}, 1))
attempt("moving the state in the service")(
    lambda w, m: move_annotation(actor=w.rui, annotation=fresh(m), version=1, state=State.APPROVED)
)
attempt("naming another reviewer in the decision")(
    lambda w, m: api_for(w.rui).post("decisions/", own(m, reviewer="adi"))
)


@attempt("a list that hides it behind others' work")
def _hidden_in_a_list(world: World, mention: Annotation) -> object:
    others = tag(world.ana, world.article, Kind.PARTY, ARMY)
    submit(world.ana, others)
    return api_for(world.rui).post("decisions/", [own(others), own(mention)])


@attempt("a selection on the page that holds it")
def _in_a_selection(world: World, mention: Annotation) -> object:
    others = tag(world.ana, world.article, Kind.PARTY, ARMY)
    submit(world.ana, others)
    return post_decision(world.rui, world, others, mention)


@attempt("as an admin")
def _as_admin(world: World, mention: Annotation) -> object:
    change_role(actor=world.adi, project=world.project, username="rui", role=Role.ADMIN)
    world.rui._roles.clear()
    return approve(world.rui, mention)


@attempt("made as an analyst, decided on as a reviewer")
def _role_changed(world: World, _mention: Annotation) -> object:
    made = tag(world.ana, world.article, Kind.PARTY, REBELS)
    submit(world.ana, made)
    change_role(actor=world.adi, project=world.project, username="ana", role=Role.REVIEWER)
    world.ana._roles.clear()
    return approve(world.ana, made)


@attempt("an admin who edited it decides")
def _co_editor(world: World, mention: Annotation) -> object:
    change = AnnotationChange(attributes={"mention_form": "nominal"})
    edit_annotation(actor=world.adi, annotation=fresh(mention), version=1, change=change)
    submit(world.rui, mention)
    return approve(world.adi, mention)


@attempt("an admin who edited it long ago decides on a later version of the author's")
def _earlier_co_editor(world: World, mention: Annotation) -> object:
    change = AnnotationChange(attributes={"mention_form": "nominal"})
    edit_annotation(actor=world.adi, annotation=fresh(mention), version=1, change=change)
    edit_annotation(actor=world.rui, annotation=fresh(mention), version=2, change=AnnotationChange(note="mine"))
    submit(world.rui, mention)
    return approve(world.adi, mention)


@attempt("the author after another person's edit")
def _author_of_an_edited_record(world: World, mention: Annotation) -> object:
    edit_annotation(actor=world.adi, annotation=fresh(mention), version=1, change=AnnotationChange(note="by adi"))
    submit(world.rui, mention)
    return approve(world.rui, mention)


@attempt("approving the version before the edit")
def _older_version(world: World, mention: Annotation) -> object:
    edit_annotation(actor=world.rui, annotation=fresh(mention), version=1, change=AnnotationChange(note="new"))
    submit(world.rui, mention)
    draft = DecisionDraft(annotation=mention.pk, link=None, version=1, verdict=Verdict.APPROVE)
    return decide(actor=world.adi, drafts=[draft])


@attempt("withdrawn, restored and decided on by the author")
def _restored(world: World, mention: Annotation) -> object:
    api = api_for(world.rui)
    api.delete(f"annotations/{mention.pk}/", 1)
    api.patch(f"annotations/{mention.pk}/", {"state": "draft"}, 1)
    api.patch(f"annotations/{mention.pk}/", {"state": "submitted"}, 1)
    return api.post("decisions/", own(mention))


@attempt("an import that says it is approved")
def _approved_import(world: World, mention: Annotation) -> object:
    exported = api_for(world.rui).get(f"projects/{world.project.id}/export/", state="all")
    lines = [json.loads(line) for line in b"".join(exported.streaming_content).splitlines()]
    for line in lines:
        if line["type"] == "annotation":
            line |= {"state": "approved", "approved_version": 1, "author": "somebody", "segments": [[145, 154]]}
            line |= {"exact": [world.article.text[145:154]]}
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    order = ImportOrder()
    return import_file(actor=world.rui, project=world.project, file=io.BytesIO(content), order=order)


@attempt("one's own record imported, then decided on")
def _imported(world: World, mention: Annotation) -> object:
    _approved_import(world, mention)
    imported = Annotation.objects.get(origin__by="imported")
    submit(world.rui, imported)
    return approve(world.rui, imported)


@attempt("a reviewer's own link between approved ends")
def _own_link(world: World, _mention: Annotation) -> object:
    claim = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    party = tag(world.ana, world.article, Kind.PARTY, REBELS)
    link = join(world.rui, LinkType.CLAIMANT, claim, party)
    submit(world.ana, claim, party)
    submit(world.rui, link)
    return approve(world.rui, claim, party, link)


@attempt("a proposal of one's own that one takes oneself")
def _own_proposal(world: World, mention: Annotation) -> object:
    proposal = AnnotationChange(attributes={"mention_form": "nominal"})
    draft = DecisionDraft(mention.pk, None, 1, Verdict.REQUEST_CHANGES, Reason.ATTRIBUTES, proposal=proposal)
    [decision] = decide(actor=world.rui, drafts=[draft])
    return take_proposal(actor=world.rui, decision=decision)


# --- in the database, as the role of the application -------------------------------------------------------------

_DECISION = """
INSERT INTO decision (id, project_id, article_id, annotation_id, version, version_editor_id, verdict, reason, comment,
    reviewer_id, at)
SELECT %s, a.project_id, a.article_id, a.id, a.version, {editor}, 'approve', '', '', {reviewer}, now()
FROM annotation a WHERE a.id = %s
"""


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


attempt("SQL: the author's decision")(
    lambda _w, m: sql(_DECISION.format(editor="a.author_id", reviewer="a.author_id"), str(uuid4()), str(m.pk))
)
attempt("SQL: the author's decision on a version said to be another's")(
    lambda w, m: sql(
        _DECISION.format(editor=f"'{w.adi.user.id}'::uuid", reviewer="a.author_id"), str(uuid4()), str(m.pk)
    )
)
attempt("SQL: the state alone")(
    lambda _w, m: sql("UPDATE annotation SET state = 'approved', approved_version = 1 WHERE id = %s", str(m.pk))
)
attempt("SQL: another author first")(
    lambda w, m: sql("UPDATE annotation SET author_id = %s WHERE id = %s", str(w.ana.user.id), str(m.pk))
)
attempt("SQL: the version's editor first")(
    lambda w, m: sql(
        "UPDATE annotation_version SET editor_id = %s WHERE annotation_id = %s", str(w.ana.user.id), str(m.pk)
    )
)
attempt("SQL: the guard switched off")(lambda _w, _m: sql("ALTER TABLE decision DISABLE TRIGGER decision_by_another"))
attempt("SQL: as a replica, where triggers sleep")(lambda _w, _m: sql("SET session_replication_role = replica"))


def test_there_are_thirty_and_more() -> None:
    print(f"\nattempts to get around four eyes: {len(ATTEMPTS)}")
    assert len(ATTEMPTS) >= 30


@pytest.fixture
def guard_again() -> Iterator[None]:
    """Where one role owns and uses the tables, the attempt to switch the guard off is let through: on again."""
    yield
    with closing(owner_connection()) as owner, owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_by_another")


@pytest.mark.parametrize("name", ATTEMPTS)
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("guard_again")
def test_no_attempt_approves(world: World, mention: Annotation, name: str) -> None:
    refusals = (NewsdeskError, psycopg2.Error, DatabaseError)
    answer: object = None
    with suppress(*refusals):
        answer = ATTEMPTS[name](world, mention)
    status = getattr(answer, "status_code", answer)
    assert not isinstance(status, int) or 400 <= status < 500, status
    assert not Annotation.objects.filter(approved_version__isnull=False).exists()
    assert not Link.objects.filter(approved_version__isnull=False).exists()
    assert not Decision.objects.filter(verdict=Verdict.APPROVE).exists()
    assert fresh(mention).author_id == world.rui.user.id


# --- what was approved and changed since --------------------------------------------------------------------------


def test_changing_a_link_s_end_sends_the_link_back(world: World) -> None:
    claim = tag(world.ana, world.article, Kind.CLAIM, HOUSES)
    mayor = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    link = join(world.ana, LinkType.CLAIMANT, claim, mayor)
    submit(world.ana, claim, mayor, link)
    approve(world.rui, claim, mayor, link)
    change = AnnotationChange(attributes={"mention_form": "nominal"})
    edit_annotation(actor=world.ana, annotation=fresh(mayor), version=1, change=change)
    assert fresh(mayor).approved_version == 1
    submit(world.ana, mayor)
    approve(world.rui, mayor)
    assert fresh(link).state == State.SUBMITTED


def test_an_edit_after_approval_is_not_in_force_until_it_is_approved(world: World) -> None:
    mayor = tag(world.ana, world.article, Kind.PARTY, MAYOR)
    submit(world.ana, mayor)
    approve(world.rui, mayor)
    change = AnnotationChange(attributes={"mention_form": "nominal"})
    edit_annotation(actor=world.ana, annotation=fresh(mayor), version=1, change=change)
    assert (fresh(mayor).state, fresh(mayor).approved_version, fresh(mayor).version) == (State.DRAFT, 1, 2)
