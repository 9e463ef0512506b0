"""Two hundred random tamperings with the log: the doctor finds each and names the first bad event."""

from collections.abc import Callable, Iterator
from contextlib import closing
from random import Random
from typing import Any

import pytest

from annotations.models import Event
from annotations.queries.doctor_chain import audit_chains, check_chains
from annotations.queries.doctor_snapshot import Finding, Snapshot
from annotations.rules.kinds import Kind
from annotations.services.comments import add_comment
from tests.factories import make_article, submit, tag
from tests.queries.conftest import Site
from tests.queries.planting import Owner, examine
from tests.queries.tampering import FORGET, RESTORE, UNTAMPERED, WAYS, Chain, read_chains

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 20_261_122
TAMPERINGS = 200
LOG = ("event", "event_payload", "event_chain")


def audit() -> list[Finding]:
    """What `doctor --audit` tells of the log."""
    with closing(Snapshot()) as snapshot:
        return [*check_chains(snapshot), *audit_chains(snapshot)]


def names(findings: list[Finding], chain: Chain, number: int) -> bool:
    """Say whether an event is named: by its id, or by its number where it is not there any more."""
    event = Event.objects.filter(chain_id=chain.id, number=number).values_list("id", flat=True).first()
    by_id = any(found.record == "event" and found.id == str(event) for found in findings)
    of_chain = [found.detail for found in findings if found.record == "event_chain" and found.id == str(chain.id)]
    return by_id or any(f"vent {number} " in detail for detail in of_chain)


@pytest.fixture
def chains(site: Site, owner: Owner) -> Iterator[list[Chain]]:
    """The chains of a project and two articles, while the log's own guards are off."""
    article = make_article(site.world.adi, site.world.project, "The mayor told reporters that the bridge had burned.")
    mention = tag(site.world.ana, article, Kind.PARTY, "The mayor")
    for text in ("Sure?", "Quite sure.", "Then hand it in."):
        add_comment(actor=site.world.rui, record=mention, text=text)
    submit(site.world.ana, mention)
    owner.run(UNTAMPERED)
    with owner.without_triggers(*LOG):
        yield read_chains(owner.run, Random(SEED))  # noqa: S311 - dice, no secret
    owner.run(FORGET)


def tampered(owner: Owner, chains: list[Chain], dice: Random) -> tuple[str, bool]:
    """Tamper once in a random way, look, and put everything back; tell the way and whether it was named."""
    way, chain = dice.choice(WAYS), dice.choice(chains)
    number = way(chain)
    found = audit()
    told = names(found, chain, number)
    owner.run(RESTORE)
    return f"{way.__name__} of event {number}, told {[(f.code, f.detail) for f in found]}", told


def test_two_hundred_random_tamperings_are_all_found_and_named(owner: Owner, chains: list[Chain]) -> None:
    print(f"seed {SEED}")
    assert len(chains) == 3
    assert audit() == []
    dice = Random(SEED)  # noqa: S311 - likewise
    told: list[Any] = [tampered(owner, chains, dice) for _ in range(TAMPERINGS)]
    assert [way for way, is_named in told if not is_named] == []
    assert audit() == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
def test_the_command_finds_each_way_of_tampering(
    owner: Owner, chains: list[Chain], capsys: pytest.CaptureFixture[str], way: Callable[[Chain], int]
) -> None:
    way(chains[1])
    log = {found["record"] for found in examine(capsys, "--audit").findings} & {"event", "event_chain"}
    assert log


def test_a_cut_tail_whose_head_was_set_right_leaves_records_without_events(
    owner: Owner, chains: list[Chain], capsys: pytest.CaptureFixture[str]
) -> None:
    chain = chains[-1]
    chain.delete(2, chain.last.number)
    chain.set_head(1, chain.events[0].digest)
    assert {found.code for found in audit()} == {"event_missing"}
    assert examine(capsys, "--audit").codes == {"event_missing"}
