"""Who may do what: role x action as one table, and what a token's scope narrows (docs/data-model.md#rights)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A member's role in one project; each includes those before it."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Scope(StrEnum):
    """How far a token reaches; each includes those before it."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"


class Action(StrEnum):
    """What somebody wants to do with a project or what is in it."""

    READ = "read"
    CREATE_PROJECT = "create_project"
    EDIT_REGISTRY = "edit_registry"  # articles, outlets, incidents, parties, imports
    DELETE_REGISTRY = "delete_registry"
    ANNOTATE = "annotate"  # create, and edit, submit, recall, withdraw, restore one's own
    COMMENT = "comment"  # say something about a record, resolve its thread
    EDIT_OTHERS = "edit_others"  # edit, withdraw and restore what others made
    DECIDE = "decide"
    ASSIGN = "assign"  # give articles to others and take them back; one's own are anybody's who annotates
    MERGE_PARTIES = "merge_parties"
    RELEASE = "release"
    READ_ADMINISTRATION = "read_administration"  # see members, the log, exports with names
    ADMINISTER = "administer"  # change members and settings
    REQUEST_REDACTION = "request_redaction"
    CONFIRM_REDACTION = "confirm_redaction"  # also refuse one, and see which are open


LEAST_ROLE: Final[Mapping[Action, Role]] = {
    Action.READ: Role.VIEWER,
    Action.CREATE_PROJECT: Role.VIEWER,
    Action.EDIT_REGISTRY: Role.ANALYST,
    Action.DELETE_REGISTRY: Role.REVIEWER,
    Action.ANNOTATE: Role.ANALYST,
    Action.COMMENT: Role.ANALYST,
    Action.EDIT_OTHERS: Role.ADMIN,
    Action.DECIDE: Role.REVIEWER,
    Action.ASSIGN: Role.REVIEWER,
    Action.MERGE_PARTIES: Role.REVIEWER,
    Action.RELEASE: Role.REVIEWER,
    Action.READ_ADMINISTRATION: Role.ADMIN,
    Action.ADMINISTER: Role.ADMIN,
    Action.REQUEST_REDACTION: Role.ADMIN,
    Action.CONFIRM_REDACTION: Role.REVIEWER,
}

LEAST_SCOPE: Final[Mapping[Action, Scope]] = {
    Action.READ: Scope.READ,
    Action.CREATE_PROJECT: Scope.REVIEW,
    Action.EDIT_REGISTRY: Scope.WRITE,
    Action.DELETE_REGISTRY: Scope.WRITE,
    Action.ANNOTATE: Scope.WRITE,
    Action.COMMENT: Scope.WRITE,
    Action.EDIT_OTHERS: Scope.WRITE,
    Action.DECIDE: Scope.REVIEW,
    Action.ASSIGN: Scope.REVIEW,
    Action.MERGE_PARTIES: Scope.REVIEW,
    Action.RELEASE: Scope.REVIEW,
    Action.READ_ADMINISTRATION: Scope.READ,
    Action.ADMINISTER: Scope.REVIEW,
    Action.REQUEST_REDACTION: Scope.REVIEW,
    Action.CONFIRM_REDACTION: Scope.REVIEW,
}

_ROLES: Final = tuple(Role)
_SCOPES: Final = tuple(Scope)


def role_allows(role: Role, action: Action) -> bool:
    """Say whether the role is enough for the action."""
    return _ROLES.index(role) >= _ROLES.index(LEAST_ROLE[action])


def scope_allows(scope: Scope | None, action: Action) -> bool:
    """Say whether the token's scope is enough; None is a browser session, which is not narrowed."""
    return scope is None or _SCOPES.index(scope) >= _SCOPES.index(LEAST_SCOPE[action])
