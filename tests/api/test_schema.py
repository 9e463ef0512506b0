"""The published description of the API: it validates, is what is in the repository, and answers fit it."""

import difflib
import json
import os
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tests.api.client import Api
from tests.world import World, make_case

PUBLISHED = Path(__file__).parent / "openapi.yml"
ACCEPT = "ACCEPT_SCHEMA=1 .venv/bin/pytest tests/api/test_schema.py"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the schema; a warning or a mistake in it fails here."""
    target = tmp_path_factory.mktemp("schema") / "openapi.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    return target.read_text()


def test_the_published_schema_is_the_one_the_code_makes(schema: str) -> None:
    if os.environ.get("ACCEPT_SCHEMA"):
        PUBLISHED.write_text(schema)
    published = PUBLISHED.read_text() if PUBLISHED.exists() else ""
    diff = "\n".join(
        difflib.unified_diff(published.splitlines(), schema.splitlines(), "published", "made", lineterm="")
    )
    assert not diff, f"{diff}\n\nThe contract changed. If that is decided, accept it with:\n  {ACCEPT}"


@pytest.mark.parametrize("path", ["/api/v1/schema/", "/api/v1/docs/"])
def test_schema_and_page_answer_without_signing_in(db: None, path: str) -> None:
    assert Client().get(path).status_code == 200


def test_the_page_loads_nothing_from_elsewhere(db: None) -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    assert "http://" not in page
    assert "https://" not in page


def test_every_path_of_the_contract_is_described(schema: str) -> None:
    paths = set(yaml.load(schema, yaml.CSafeLoader)["paths"])
    base = "/api/v1/"
    assert {path.removeprefix(base).replace("{pk}", "{id}") for path in paths} >= {
        "me/",
        "projects/",
        "projects/{id}/",
        "projects/{id}/members/",
        "projects/{id}/members/{user}/",
        "projects/{id}/export/",
        "projects/{id}/imports/",
        "imports/{id}/",
        "outlets/",
        "outlets/{id}/",
        "incidents/",
        "incidents/{id}/",
        "parties/",
        "parties/{id}/",
        "articles/",
        "articles/{id}/",
        "articles/{id}/text/",
        "articles/{id}/submit/",
        "annotations/",
        "annotations/{id}/",
        "annotations/{id}/history/",
        "links/",
        "links/{id}/",
        "links/{id}/history/",
        "decisions/",
        "claims/",
    }


@pytest.mark.parametrize(
    ("path", "component"),
    [
        ("me/", "MeOut"),
        ("projects/", "ProjectPageOut"),
        ("outlets/", "OutletPageOut"),
        ("parties/", "PartyPageOut"),
        ("incidents/", "IncidentPageOut"),
        ("articles/", "ArticleRowPageOut"),
        ("annotations/", "AnnotationPageOut"),
        ("links/", "LinkPageOut"),
        ("claims/", "ClaimPageOut"),
    ],
)
def test_answers_have_exactly_the_described_fields(
    ana: Api, world: World, schema: str, path: str, component: str
) -> None:
    make_case(world)
    document = yaml.load(schema, yaml.CSafeLoader)
    _close(document["components"]["schemas"])
    root: dict[str, Any] = {**document, "$ref": f"#/components/schemas/{component}"}
    faults = jsonschema.Draft202012Validator(root).iter_errors(json.loads(ana.get(path).content))
    assert [fault.message for fault in faults] == []


def _close(schemas: dict[str, Any]) -> None:
    """Let no object hold a field that is not described; OpenAPI 3.0 writes null as a flag."""
    for shape in schemas.values():
        if "properties" in shape:
            shape.setdefault("additionalProperties", False)
            for field in shape["properties"].values():
                if field.pop("nullable", False) and "type" in field:
                    field["type"] = [field["type"], "null"]
