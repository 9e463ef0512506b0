"""Ways in which the owner of the tables may tamper with the log, some by somebody who can compute digests."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from annotations.models import Event, EventChain
from annotations.rules.chain import ChainedFields, event_digest, payload_digest
from tests.queries.planting import Run

UNTAMPERED = """
CREATE TABLE untampered_event AS TABLE event;
CREATE TABLE untampered_payload AS TABLE event_payload;
CREATE TABLE untampered_chain AS TABLE event_chain
"""
RESTORE = """
DELETE FROM event_payload; DELETE FROM event;
INSERT INTO event TABLE untampered_event; INSERT INTO event_payload TABLE untampered_payload;
UPDATE event_chain c SET count = u.count, head = u.head FROM untampered_chain u WHERE u.id = c.id
"""
FORGET = "DROP TABLE untampered_event; DROP TABLE untampered_payload; DROP TABLE untampered_chain"


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is stored."""

    id: UUID
    project_id: UUID
    chain_id: UUID
    number: int
    verb: str
    subject: UUID
    subject_label: str
    actor_id: UUID | None
    at: Any
    payload_digest: str
    previous: str
    digest: str

    def chained(self) -> "Row":
        """Give the event with the digest that it ought to have."""
        fields = ChainedFields(
            self.chain_id,
            self.number,
            self.id,
            self.verb,
            self.subject,
            self.subject_label,
            self.actor_id,
            self.at,
            self.payload_digest,
        )
        return replace(self, digest=event_digest(self.previous, fields))


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain as it was written, and dice."""

    run: Run
    events: tuple[Row, ...]
    dice: Random

    @property
    def id(self) -> UUID:
        return self.events[0].chain_id

    @property
    def last(self) -> Row:
        return self.events[-1]

    def one(self) -> Row:
        return self.dice.choice(self.events)

    def inner(self) -> Row:
        return self.dice.choice(self.events[:-1])

    def change(self, event: Row, **columns: object) -> None:
        assigned = ", ".join(f"{name} = %({name})s" for name in columns)
        self.run(f"UPDATE event SET {assigned} WHERE id = %(key)s", {**_plain(columns), "key": str(event.id)})

    def insert(self, event: Row) -> None:
        columns = _plain(asdict(event))
        values = ", ".join(f"%({name})s" for name in columns)
        self.run(
            f"INSERT INTO event ({', '.join(columns)}) VALUES ({values}); "
            "INSERT INTO event_payload VALUES (%(id)s, 'salt', '{}')",
            columns,
        )

    def delete(self, first: int, last: int) -> None:
        where = f"chain_id = '{self.id}' AND number BETWEEN {first} AND {last}"
        self.run(f"DELETE FROM event_payload USING event WHERE event.id = event_id AND {where}")
        self.run(f"DELETE FROM event WHERE {where}")

    def shift(self, after: int, by: int) -> None:
        """Move all numbers after one; by way of high ones, as no two may be alike in between."""
        where = f"chain_id = '{self.id}' AND number >"
        self.run(f"UPDATE event SET number = number + 1000 WHERE {where} {after}")
        self.run(f"UPDATE event SET number = number - 1000 + {by} WHERE {where} 1000")

    def set_head(self, count: int, head: str) -> None:
        self.run("UPDATE event_chain SET count = %s, head = %s WHERE id = %s", [count, head, str(self.id)])


def read_chains(run: Run, dice: Random) -> list[Chain]:
    """Read all chains that have events."""
    chains = []
    for chain in EventChain.objects.order_by("id"):
        names = list(Row.__slots__)
        rows = [Row(**values) for values in Event.objects.filter(chain=chain).order_by("number").values(*names)]
        chains.append(Chain(run, tuple(rows), dice))
    return [chain for chain in chains if len(chain.events) > 3]


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in columns.items()}


# --- the ways: each answers the number of the first event that is bad afterwards -----------------------------------


def change_a_field(chain: Chain) -> int:
    event = chain.one()
    values: dict[str, object] = {
        "verb": "annotation.dismissed",
        "subject": UUID(int=chain.dice.getrandbits(128)),
        "subject_label": "annotation nothing",
        "at": event.at + timedelta(microseconds=1),
        "payload_digest": f"{chain.dice.getrandbits(256):064x}",
        "previous": f"{chain.dice.getrandbits(256):064x}",
        "digest": f"{chain.dice.getrandbits(256):064x}",
        "actor_id": None,
    }
    name = chain.dice.choice(sorted(values))
    chain.change(event, **{name: values[name]})
    return event.number


def change_and_digest_anew(chain: Chain) -> int:
    event = chain.one()
    changed = replace(event, verb="annotation.dismissed").chained()
    chain.change(event, verb=changed.verb, digest=changed.digest)
    # The event is whole in itself; the one after it, or the chain's head, remembers another.
    return min(event.number + 1, chain.last.number)


def change_a_payload(chain: Chain) -> int:
    event = chain.one()
    change = chain.dice.choice(["content = content || ' '", "salt = md5(salt)"])
    chain.run(f"UPDATE event_payload SET {change} WHERE event_id = %s", [str(event.id)])
    return event.number


def drop_a_payload(chain: Chain) -> int:
    event = chain.one()
    chain.run("DELETE FROM event_payload WHERE event_id = %s", [str(event.id)])
    return event.number


def swap_payloads(chain: Chain) -> int:
    one, other = sorted(chain.dice.sample(chain.events, 2), key=lambda event: event.number)
    chain.run(
        "UPDATE event_payload p SET salt = u.salt, content = u.content FROM untampered_payload u WHERE "
        "(p.event_id, u.event_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))",
        {"one": str(one.id), "other": str(other.id)},
    )
    return one.number


def insert_in_the_middle(chain: Chain) -> int:
    before = chain.inner()
    chain.shift(before.number, 1)
    chain.insert(_forged(chain, before))
    chain.set_head(chain.last.number + 1, chain.last.digest)
    return before.number + 2


def insert_without_a_digest(chain: Chain) -> int:
    before = chain.inner()
    chain.shift(before.number, 1)
    chain.insert(replace(_forged(chain, before), digest="f" * 64))
    return before.number + 1


def append(chain: Chain) -> int:
    chain.insert(_forged(chain, chain.last))
    return chain.last.number + 1


def append_without_a_digest(chain: Chain) -> int:
    chain.insert(replace(_forged(chain, chain.last), digest="f" * 64))
    chain.set_head(chain.last.number + 1, "f" * 64)
    return chain.last.number + 1


def delete_one(chain: Chain) -> int:
    event = chain.inner()
    chain.delete(event.number, event.number)
    return event.number + 1


def delete_and_close_the_hole(chain: Chain) -> int:
    event = chain.inner()
    chain.delete(event.number, event.number)
    chain.shift(event.number, -1)
    chain.set_head(chain.last.number - 1, chain.last.digest)
    return event.number


def reorder(chain: Chain) -> int:
    one, other = sorted(chain.dice.sample(chain.events, 2), key=lambda event: event.number)
    chain.change(one, number=one.number + 1000)
    chain.change(other, number=one.number)
    chain.change(one, number=other.number)
    return one.number


def cut_the_tail(chain: Chain) -> int:
    first = chain.dice.randint(2, chain.last.number)
    chain.delete(first, chain.last.number)
    return first


def change_the_head(chain: Chain) -> int:
    chain.set_head(chain.last.number, chain.inner().digest)
    return chain.last.number


def _forged(chain: Chain, before: Row) -> Row:
    made = replace(
        chain.one(),
        id=UUID(int=chain.dice.getrandbits(128)),
        number=before.number + 1,
        previous=before.digest,
        payload_digest=payload_digest("salt", "{}"),
    )
    return made.chained()


WAYS: tuple[Callable[[Chain], int], ...] = (
    change_a_field,
    change_and_digest_anew,
    change_a_payload,
    drop_a_payload,
    swap_payloads,
    insert_in_the_middle,
    insert_without_a_digest,
    append,
    append_without_a_digest,
    delete_one,
    delete_and_close_the_hole,
    reorder,
    cut_the_tail,
    change_the_head,
)
