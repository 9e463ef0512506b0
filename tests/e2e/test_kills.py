"""Whatever dies while clients write: what was acknowledged is there, once. bench/kills.py does the same for longer."""

from pathlib import Path

import pytest

from bench.kills import Plan, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"),
]


def test_nothing_acknowledged_is_lost_or_doubled_when_processes_are_killed():
    outcome = run(Plan(app=2, database=2, writers=4, seed=20))
    assert (outcome.lost, outcome.differing, outcome.doubled, outcome.wrong) == ([], [], [], [])
    assert outcome.kills.total() == 4
    assert outcome.acknowledged > 0
    assert (outcome.doctor, outcome.doctor_said) == (0, outcome.doctor_said)
