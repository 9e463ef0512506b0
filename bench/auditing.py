"""`doctor --audit`: events whose digests, payloads and versions are computed again, by the second."""

import json

from bench.figures import Figure, at_least, plain
from bench.ground import Ground
from bench.site import BARE, BenchSite

AREA = "audit"


def measure(ground: Ground) -> list[Figure]:
    """Fill a site of its own with records and their events, and audit it."""
    records = 60_000 if ground.scale.pages >= 40 else 1_500
    with BenchSite() as site:
        site.must_manage("migrate", "--verbosity", "0")
        told = site.must_manage("bench_audit", "--records", str(records), settings=BARE)
    made = json.loads(told.splitlines()[-1])
    return [
        plain(AREA, "events, nearly each with the version that it tells of", made["events"], ""),
        at_least(AREA, "events checked", made["events"] / made["seconds"], "per s", 20_000),
        plain(AREA, "events in a whole examination with --audit", made["events"] / made["whole"], "per s"),
    ]
