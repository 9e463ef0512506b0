"""Check everything that is stored, and change nothing: exit code 0 when nothing is wrong, 1 with findings."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.errors import Unavailable
from annotations.queries.doctor import Examination
from annotations.queries.doctor_snapshot import Finding


class Command(BaseCommand):
    """Safe at any time, beside the running site."""

    help = "Check texts, segments, links, decisions, events and guards. Exits 1 when something is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how deep to look and how to tell."""
        parser.add_argument("--audit", action="store_true", help="also compute every digest of the log again")
        parser.add_argument("--json", action="store_true", help="answer JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look, tell each finding as it comes, and end with 1 if there was one."""
        examination = Examination(audit=options["audit"])
        tell = self._tell_json if options["json"] else self._tell
        try:
            found = tell(examination.findings(), examination.counts)
        except Unavailable as refusal:
            raise CommandError(str(refusal)) from refusal
        if found:
            sys.exit(1)

    def _tell(self, findings: Iterable[Finding], counts: dict[str, int]) -> int:
        number = 0
        for finding in findings:
            number += 1
            self.stdout.write(f"{finding.code}: {finding.record} {finding.id}: {finding.detail}")
        checked = ", ".join(f"{name.replace('_', ' ')} {amount:,}" for name, amount in counts.items())
        self.stdout.write(_("Checked: {checked}.").format(checked=checked))
        result = ngettext("{number} finding.", "{number} findings.", number) if number else _("Nothing is wrong.")
        self.stdout.write(result.format(number=number))
        return number

    def _tell_json(self, findings: Iterable[Finding], counts: dict[str, int]) -> int:
        """Write one object piece by piece, so that many findings take no memory."""
        self.stdout.write('{"findings": [', ending="")
        number = 0
        for number, finding in enumerate(findings, start=1):
            self.stdout.write(("," if number > 1 else "") + "\n" + json.dumps(asdict(finding)), ending="")
        self.stdout.write(f'], "checked": {json.dumps(counts)}, "ok": {json.dumps(number == 0)}}}')
        return number
