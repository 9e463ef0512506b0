"""Run the measurements: `make bench`, or `python -m bench [--quick] [--only create,open] [--output FILE]`."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import auditing, creating, formats, listing, opening, review_queue, starting, transfer, workbench
from bench.figures import Figure, table
from bench.ground import FULL, QUICK, Ground, prepared_ground

# In this order: export and list read what the import stored.
AREAS: Mapping[str, Callable[[Ground], list[Figure]]] = {
    "create": creating.measure,
    "open": opening.measure,
    "import": transfer.measure_import,
    "export": transfer.measure_export,
    "formats": formats.measure,
    "list": listing.measure,
    "review": review_queue.measure,
    "audit": auditing.measure,
    "workbench": workbench.measure,
    "start": starting.measure,
}
_NEEDS_IMPORT = frozenset({"export", "formats", "list"})


def main(arguments: Sequence[str]) -> int:
    """Measure, print a table, keep the raw figures; 1 when a goal is missed."""
    options = _options(arguments)
    chosen = set(options.only.split(",")) if options.only else set(AREAS)
    if chosen & _NEEDS_IMPORT:
        chosen.add("import")
    figures: list[Figure] = []
    started = time.monotonic()
    with prepared_ground(QUICK if options.quick else FULL) as ground:
        for area, measure in AREAS.items():
            if area in chosen:
                print(f"{time.monotonic() - started:5.0f} s  {area} …", file=sys.stderr, flush=True)
                figures += measure(ground)
    print(table(figures))
    print(f"\n{machine()}; {time.monotonic() - started:.0f} s in all")
    if options.output:
        content: dict[str, object] = {"at": datetime.now(UTC).isoformat(), "machine": machine()}
        content |= {"is_quick": options.quick, "figures": [figure.as_json() for figure in figures]}
        options.output.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any(figure.is_met is False for figure in figures))


def machine() -> str:
    """Name what the figures depend on."""
    load = os.getloadavg()[0]
    database = "DATABASE_URL" if os.environ.get("DATABASE_URL") else "embedded PostgreSQL"
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {database}, load {load:.1f}"
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of each, to see that it runs")
    parser.add_argument("--only", default="", metavar="AREAS", help=f"some of {','.join(AREAS)}")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the raw figures there as JSON")
    found = parser.parse_args(arguments)
    if found.only and not set(found.only.split(",")) <= set(AREAS):
        parser.error(f"--only takes some of {','.join(AREAS)}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
