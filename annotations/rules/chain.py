"""How events are chained: canonical JSON and digests (SHA-256, lower-case hex). Asked by writer and doctor alike."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Final, NamedTuple, NewType
from uuid import UUID

# Made once: an audit writes millions of these.
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


# JSON in the one form that is digested.
CanonicalJson = NewType("CanonicalJson", str)


class ChainedFields(NamedTuple):
    """The fields of an event that its digest covers, in this order."""

    chain: UUID
    number: int
    event: UUID
    verb: str
    subject: UUID
    subject_label: str
    actor: UUID | None
    at: datetime
    payload_digest: str


def canonical_json(content: object) -> CanonicalJson:
    """Write JSON in the one form that is digested: sorted keys, no blanks, characters unescaped."""
    return CanonicalJson(_CANONICAL.encode(content))


def content_digest(content: object) -> str:
    """Digest the content of a version."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def payload_digest(salt: str, payload: str) -> str:
    """Digest a payload with its salt, so that a dropped payload cannot be guessed from the chain."""
    return hashlib.sha256(f"{salt}\n{payload}".encode()).hexdigest()


def event_digest(previous: str, fields: ChainedFields) -> str:
    """Digest one event together with the digest of the one before (empty for the first)."""
    at = fields.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [
        previous,
        str(fields.chain),
        str(fields.number),
        str(fields.event),
        fields.verb,
        str(fields.subject),
        fields.subject_label,
        str(fields.actor or ""),
        at,
        fields.payload_digest,
    ]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()
