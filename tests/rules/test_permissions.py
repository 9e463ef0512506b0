import pytest

from annotations.rules.permissions import Action, Role, Scope, role_allows, scope_allows

# The table of docs/data-model.md#rights, written out again: the least role and the least scope of each action.
EXPECTED = {
    Action.READ: ("viewer", "read"),
    Action.CREATE_PROJECT: ("viewer", "review"),
    Action.EDIT_REGISTRY: ("analyst", "write"),
    Action.ANNOTATE: ("analyst", "write"),
    Action.COMMENT: ("analyst", "write"),
    Action.DELETE_REGISTRY: ("reviewer", "write"),
    Action.DECIDE: ("reviewer", "review"),
    Action.ASSIGN: ("reviewer", "review"),
    Action.MERGE_PARTIES: ("reviewer", "review"),
    Action.RELEASE: ("reviewer", "review"),
    Action.EDIT_OTHERS: ("admin", "write"),
    Action.READ_ADMINISTRATION: ("admin", "read"),
    Action.ADMINISTER: ("admin", "review"),
    Action.REQUEST_REDACTION: ("admin", "review"),
    Action.CONFIRM_REDACTION: ("reviewer", "review"),
}
ROLES = ["viewer", "analyst", "reviewer", "admin"]
SCOPES = ["read", "write", "review"]


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", ROLES)
def test_role_is_enough_from_its_least_role_on(role, action):
    assert role_allows(Role(role), action) is (ROLES.index(role) >= ROLES.index(EXPECTED[action][0]))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("scope", SCOPES)
def test_scope_is_enough_from_its_least_scope_on(scope, action):
    assert scope_allows(Scope(scope), action) is (SCOPES.index(scope) >= SCOPES.index(EXPECTED[action][1]))


@pytest.mark.parametrize("action", list(Action))
def test_a_browser_session_is_not_narrowed(action):
    assert scope_allows(None, action) is True
