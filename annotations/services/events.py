"""record_events(): the only place an event is written. Call it last in the transaction: it locks the chains."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from annotations.models import EventChain, User
from annotations.rules.chain import CanonicalJson, ChainedFields, canonical_json, event_digest, payload_digest

# An article has one chain, and so has a project; each half has an index of its own.
_LOCKED: Final = """
SELECT id, project_id, article_id, count, head FROM event_chain
WHERE article_id = ANY(%s::uuid[]) OR (article_id IS NULL AND project_id = %s::uuid) ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to what. `article` chooses the chain; None is the project's own chain.

    A long payload may come already written.
    """

    verb: str
    subject: UUID
    subject_label: str
    article: UUID | None = None
    payload: Mapping[str, object] | CanonicalJson = field(default_factory=dict)


def record_events(*, actor: User | None, project_id: UUID, happenings: Sequence[Happening]) -> None:
    """Append one event per happening to its chain, inside the transaction of the change.

    The chains' rows are locked in the order of their ids and stay locked until the transaction ends.
    """
    if not happenings:
        return
    chains = _lock_chains(project_id, {happening.article for happening in happenings})
    now = timezone.now()
    writer = _ChainWriter(project_id, actor.id if actor else None, now)
    for happening in happenings:
        writer.add(chains[happening.article], happening)
    writer.write()


def open_chains(*, project_id: UUID, articles: Sequence[UUID | None]) -> None:
    """Make the chains of new articles (None: of the new project)."""
    EventChain.objects.bulk_create([EventChain(project_id=project_id, article_id=article) for article in articles])


def _lock_chains(project_id: UUID, articles: set[UUID | None]) -> dict[UUID | None, EventChain]:
    of_articles = [article for article in articles if article is not None]
    found = EventChain.objects.raw(_LOCKED, [of_articles, project_id if None in articles else None])
    return {chain.article_id: chain for chain in found}


class _ChainWriter:
    """Collects the rows of several events and writes them in two statements."""

    def __init__(self, project_id: UUID, actor_id: UUID | None, at: datetime) -> None:
        self._project_id, self._actor_id, self._at = project_id, actor_id, at
        self._events: list[tuple[Any, ...]] = []
        self._payloads: list[tuple[Any, ...]] = []
        self._chains: dict[UUID, EventChain] = {}

    def add(self, chain: EventChain, happening: Happening) -> None:
        event, salt = uuid7(), secrets.token_hex(16)
        payload = happening.payload
        content = payload if isinstance(payload, str) else canonical_json(payload)
        digest_of_payload = payload_digest(salt, content)
        fields = ChainedFields(
            chain.id,
            chain.count + 1,
            event,
            happening.verb,
            happening.subject,
            happening.subject_label,
            self._actor_id,
            self._at,
            digest_of_payload,
        )
        digest = event_digest(chain.head, fields)
        self._events.append(
            (
                event,
                self._project_id,
                chain.id,
                fields.number,
                happening.verb,
                happening.subject,
                happening.subject_label,
                self._actor_id,
                self._at,
                digest_of_payload,
                chain.head,
                digest,
            )
        )
        self._payloads.append((event, salt, content))
        chain.count, chain.head = fields.number, digest
        self._chains[chain.id] = chain

    def write(self) -> None:
        with connection.cursor() as cursor:
            rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(self._events))
            payloads = ", ".join(["(%s, %s, %s)"] * len(self._payloads))
            heads = ", ".join(["(%s::uuid, %s::integer, %s)"] * len(self._chains))
            cursor.execute(
                f"""WITH written AS (
                    INSERT INTO event (id, project_id, chain_id, number, verb, subject, subject_label,
                        actor_id, at, payload_digest, previous, digest) VALUES {rows} RETURNING id
                ), heads AS (
                    UPDATE event_chain SET count = new.count, head = new.head
                    FROM (VALUES {heads}) AS new (id, count, head) WHERE event_chain.id = new.id
                )
                INSERT INTO event_payload (event_id, salt, content) VALUES {payloads}""",  # noqa: S608 - placeholders only
                [value for row in self._events for value in row]
                + [value for chain in self._chains.values() for value in (chain.id, chain.count, chain.head)]
                + [value for row in self._payloads for value in row],
            )
