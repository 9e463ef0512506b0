"""When somebody is told by mail what happened: off until asked for, then once a day or a week."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Digest(StrEnum):
    """How often a person gets mail."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


PERIODS: Final[Mapping[Digest, timedelta]] = {Digest.DAILY: timedelta(days=1), Digest.WEEKLY: timedelta(days=7)}


def is_due(digest: Digest, told_until: datetime, now: datetime) -> bool:
    """Say whether a mail is due, when the last one told of everything until `told_until`."""
    period = PERIODS.get(digest)
    return period is not None and now - told_until >= period
