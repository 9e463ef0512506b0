"""Bad input gets a clear refusal and changes nothing; afterwards everything still works."""

import json
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from annotations.formats import CODECS
from tests.hostile.corpus import API, Case, Range, Shot, cases, shots
from tests.hostile.state import stored

CASES = cases()
STATUSES: Counter[int] = Counter()
LISTS = (
    "projects/",
    "outlets/",
    "incidents/",
    "parties/",
    "articles/",
    "annotations/",
    "links/",
    "decisions/",
    "claims/",
)


def _send(shot: Shot) -> Any:
    headers = dict(shot.headers)
    media_type = headers.pop("Content-Type")
    return Client().generic(shot.method, shot.path, shot.body, media_type, headers=headers)


def _answer(response: Any) -> tuple[int, str, set[str]]:
    if response["Content-Type"] != "application/problem+json":
        return response.status_code, "", set()
    problem = json.loads(response.content)
    return response.status_code, problem["code"], {error["code"] for error in problem["errors"]}


def _is_as_expected(case: Case, answer: tuple[int, str, set[str]]) -> bool:
    status, code, errors = answer
    codes = case["code"].split("|")
    return (
        status in case.get("statuses", [case["status"]])
        and (case["code"] == "*" or code in codes)
        and ("error" not in case or case["error"] in errors)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']}: {case['name']}")
def test_it_is_refused_and_nothing_is_changed(world: Range, case: Case) -> None:
    before = stored()
    answers = [(shot.route, _answer(_send(shot))) for shot in shots(case, world)]
    STATUSES.update(status for _route, (status, _code, _errors) in answers)
    assert answers
    assert stored() - before == set()
    assert [answer for answer in answers if not _is_as_expected(case, answer[1])] == []


def test_afterwards_everything_still_works(world: Range, capsys: pytest.CaptureFixture[str]) -> None:
    client = Client(headers={"Authorization": f"Bearer {world.tokens['adi']}"})
    exports = [f"projects/{world.words['project']}/export/?state=all&format={name}" for name in CODECS]
    for path in (*LISTS, *exports):
        response: Any = client.get(API + path)
        assert response.status_code == 200, path
        assert b"".join(response.streaming_content) if response.streaming else response.content
    call_command("doctor", "--audit")
    assert "Nothing is wrong." in capsys.readouterr().out
    with capsys.disabled():
        answers = dict(sorted(STATUSES.items()))
        print(f"\nhostile: {len(CASES)} cases, {sum(STATUSES.values())} requests, answers {answers}")
    assert len(CASES) >= 120
