"""Figures with their goals, and how they are shown."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `is_met` is None when it only stands beside another."""

    area: str
    name: str
    value: float
    unit: str
    goal: str = ""
    is_met: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Write it for the results file."""
        return {**asdict(self), "value": round(self.value, 4)}


def plain(area: str, name: str, value: float, unit: str) -> Figure:
    """Make a figure without a goal."""
    return Figure(area, name, value, unit)


def at_most(area: str, name: str, value: float, unit: str, limit: float) -> Figure:
    """Make a figure that is good when small."""
    return Figure(area, name, value, unit, f"≤ {limit:g}", value <= limit)


def at_least(area: str, name: str, value: float, unit: str, limit: float) -> Figure:
    """Make a figure that is good when large."""
    return Figure(area, name, value, unit, f"≥ {limit:g}", value >= limit)


def median_ms(seconds: Sequence[float]) -> float:
    """Answer the median in milliseconds."""
    return statistics.median(seconds) * 1000


def p95_ms(seconds: Sequence[float]) -> float:
    """Answer the 95th percentile in milliseconds."""
    return sorted(seconds)[int(len(seconds) * 0.95)] * 1000


def table(figures: Iterable[Figure]) -> str:
    """Write a table in Markdown."""
    lines = ["| | figure | value | goal | met |", "|---|---|---|---|---|"]
    marks = {None: "", True: "yes", False: "**no**"}
    for figure in figures:
        value = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:.3g}"
        lines.append(
            f"| {figure.area} | {figure.name} | {value} {figure.unit} | {figure.goal} | {marks[figure.is_met]} |"
        )
    return "\n".join(lines)
