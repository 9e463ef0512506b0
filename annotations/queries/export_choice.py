"""What somebody chooses to export, and how far they may see; read by export.py, export_sql.py and export_stream.py."""

import hashlib
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from annotations.models import Project
from annotations.queries.access import Actor, require
from annotations.rules.kinds import Kind
from annotations.rules.permissions import Action, Role
from annotations.rules.review import SHOWN, State

APPROVED: Final = "approved"
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """The filters of one export. `state` is `approved`, `all` or states separated by commas.

    `flavour` is one of the format's ways of being written; empty for its first.
    """

    format: str = "newsdesk-jsonl"
    flavour: str = ""
    state: str = APPROVED
    kinds: tuple[Kind, ...] = ()
    article: UUID | None = None
    outlet: UUID | None = None
    incident: UUID | None = None
    party: UUID | None = None
    updated_since: datetime | None = None
    with_text: bool = True
    with_names: bool = False

    @property
    def states(self) -> tuple[State, ...]:
        """The states whose current versions are shown; empty for the approved set. Raises: ValueError."""
        if self.state == APPROVED:
            return ()
        parts = self.state.split(",")
        found = set(SHOWN) if ALL in parts else set()
        return tuple(sorted(found | {State(part) for part in parts if part != ALL}))

    @property
    def narrows_articles(self) -> bool:
        """Whether whole articles are left out by what they are."""
        return any((self.article, self.outlet, self.incident))

    @property
    def narrows_annotations(self) -> bool:
        """Whether annotations are left out by what they are or when they changed."""
        return bool(self.kinds or self.party or self.updated_since)


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of a project somebody sees: everything, only own records, or only what is approved now."""

    own: UUID | None = None
    approved_only: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A choice that somebody with this sight made in this project."""

    project: Project
    choice: Choice
    sight: Sight = field(default_factory=Sight)

    def fingerprint(self) -> str:
        """Tell orders with other answers apart."""
        return hashlib.sha256(repr((self.project.id, astuple(self.choice), astuple(self.sight))).encode()).hexdigest()


def order_for(actor: Actor, project: Project, choice: Choice) -> Order:
    """Check the right to export and narrow it to what the actor sees. Raises: NotFound, NotAllowed."""
    role = require(actor, Action.READ, project.id)
    if choice.with_names:
        require(actor, Action.READ_ADMINISTRATION, project.id)
    if not actor.is_blind_in(project.id):
        return Order(project, choice)
    if role is Role.VIEWER:
        return Order(project, choice, Sight(approved_only=True))
    return Order(project, choice, Sight(own=actor.user.id))
