"""What the published schema promises, tried with what a generator thinks of: no 5xx, no undocumented status."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from annotations.rules.permissions import Scope
from tests.conftest import clear_tables
from tests.rights.places import Places, make_places

PUBLISHED = schemathesis.openapi.from_path(Path(__file__).with_name("openapi.yml"))
PUBLISHED.app = get_wsgi_application()
FOUND: list[Any] = list(PUBLISHED.include(path_regex="^/api/v1/").get_all_operations())
OPERATIONS = [found.ok() for found in FOUND]
EFFORT = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What stands for the id in a path.
IDS = {
    "projects": "project",
    "imports": "import",
    "outlets": "outlet",
    "incidents": "incident",
    "parties": "party",
    "articles": "article",
    "annotations": "claim",
    "links": "link",
}


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Places]:
    """Committed, for exports; requests are rolled back, so nothing may close the connection under them."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock():
        yield make_places()
        clear_tables()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_answer_is_a_failure_or_undocumented(places: Places, operation: Any) -> None:
    words = places.home.words("ana")
    token = places.tokens["adi", Scope.REVIEW]

    @EFFORT
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        noun = case.path.removeprefix("/api/v1/").partition("/")[0]
        if "id" in (case.path_parameters or {}) and noun in IDS:
            case.path_parameters["id"] = words[IDS[noun]]
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=[not_a_server_error, status_code_conformance])

    ask()
