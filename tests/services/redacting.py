"""What the tests of redactions share: an article with somebody's name in it, and the words elsewhere."""

import os
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from annotations.anchoring.anchor import Segment
from annotations.anchoring.masking import find_words
from annotations.models import Annotation, Article, Link, Redaction, RedactionRequest
from annotations.queries.redactions import extent_of
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.review import Reason, Verdict
from annotations.services.annotations import AnnotationChange, edit_annotation
from annotations.services.comments import add_comment
from annotations.services.redactions import Choices, RedactionDraft, confirm_redaction, request_redaction
from annotations.services.review import DecisionDraft, decide_one
from newsdesk.dumps import _program
from tests.conftest import owner_connection
from tests.factories import join, make_article, make_incident, make_party, submit, tag
from tests.world import World, make_world

NAME = "Farid Zalmayu"
TEXT = (
    f"“The bridge is ours,” {NAME} told reporters on Monday. “Nobody crossed.”\n\n"
    f"The rebels denied it. A cousin of {NAME} left the valley 😀 in May.\n"
)
BLOCKS = "█" * len(NAME)


@dataclass(slots=True)
class Case:
    """The article and what hangs on it."""

    world: World
    article: Article
    quote: Annotation
    speaker: Annotation
    claim: Annotation
    denial: Annotation
    links: list[Link] = field(default_factory=list)


def make_case() -> Case:
    """Draft a case whose speaker is named in the text, in a paraphrase, a note, a title, a comment and a party."""
    world = make_world()
    article = make_article(world.adi, world.project, TEXT, title=f"{NAME} speaks", url="https://x.org/farid-zalmayu")
    party = make_party(world.adi, world.project, NAME, entity_type="person", aliases=[{"text": NAME, "language": ""}])
    make_incident(world.adi, world.project, f"Speech of {NAME}")
    ana = world.ana
    quote = tag(ana, article, Kind.QUOTE, "“The bridge is ours,”", "“Nobody crossed.”")
    speaker = tag(ana, article, Kind.PARTY, NAME, parties=(party.id,))
    claim = tag(ana, article, Kind.CLAIM, f"{NAME} told reporters on Monday", note=f"See {NAME.upper()}.")
    denial = tag(ana, article, Kind.COUNTERCLAIM, "denied it", attributes={"paraphrase": f"{NAME} is wrong."})
    claim = edit_annotation(actor=ana, annotation=claim, version=1, change=AnnotationChange(note=f"Is it {NAME}?"))
    links = [join(ana, LinkType.SPEAKER, quote, speaker), join(ana, LinkType.DISPUTES, denial, claim, mode="rebuts")]
    submit(ana, quote)
    draft = DecisionDraft(quote.id, None, 1, Verdict.REQUEST_CHANGES, Reason.OTHER, f"Was it {NAME}?")
    decide_one(actor=world.rui, draft=draft)
    add_comment(actor=world.rui, record=quote, text=f"Ask {NAME}.")
    return Case(world, article, quote, speaker, claim, denial, links)


def places(article: Article, words: str = NAME) -> tuple[Segment, ...]:
    """Every place of some words in the stored text."""
    return tuple(find_words(article.text, [words]))


def all_choices(article: Article, *, is_masked: bool = True, segments: tuple[Segment, ...] = ()) -> Choices:
    """The same choice for everything that is found elsewhere."""
    found = extent_of(article, segments or places(article)).elsewhere
    return {one.key: is_masked for one in found}


def ask(case: Case, **changes: Any) -> RedactionRequest:
    """Let the admin ask for the name to go everywhere."""
    values = {"segments": places(case.article), "reason": "Somebody's safety.", "choices": all_choices(case.article)}
    return request_redaction(actor=case.world.adi, article=case.article, draft=RedactionDraft(**{**values, **changes}))


def redact(case: Case) -> Redaction:
    """Let two people mask the name everywhere."""
    return confirm_redaction(actor=case.world.rui, request=ask(case), choices=all_choices(case.article))


def dump() -> str:
    """Write the whole test database as SQL, with PostgreSQL's own program."""
    with closing(owner_connection()) as connection:
        info = connection.info
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
        place = {name: str(getattr(info, part)) for name, part in names.items() if getattr(info, part)}
    done = subprocess.run([_program("pg_dump")], env={**os.environ, **place}, capture_output=True, check=True)
    return done.stdout.decode()
