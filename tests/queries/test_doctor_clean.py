"""The doctor looks at a site where nothing is wrong."""

import json
from typing import Any

import pytest
from django.core.management import call_command

from tests.factories import approve, submit
from tests.world import make_case, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_empty_site_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("doctor", "--audit")
    assert "Nothing is wrong." in capsys.readouterr().out


def test_an_approved_case_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world()
    case = make_case(world)
    submit(world.ana, *case.records)
    approve(world.rui, *case.records)
    call_command("doctor", "--audit", "--json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (answer["ok"], answer["findings"]) == (True, [])
    assert answer["checked"]["decisions"] == len(case.records)
