"""Make analysts with tokens and sign-in links, and print them as one line of JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotations.rules.permissions import Role, Scope
from annotations.services.accounts import create_sign_in_link, issue_token, make_user, set_membership


class Command(BaseCommand):
    """Add so many analysts to a project."""

    help = "Add analysts to a bench's site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the project and how many."""
        parser.add_argument("slug")
        parser.add_argument("count", type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        made = []
        for number in range(options["count"]):
            user = make_user(username=f"analyst-{number}")
            set_membership(user=user, slug=options["slug"], role=Role.ANALYST)
            made.append({"token": issue_token(user=user, scope=Scope.WRITE), "link": create_sign_in_link(user=user)})
        self.stdout.write(json.dumps(made))
