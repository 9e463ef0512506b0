"""Make or change a user and a membership."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from annotations.errors import NewsdeskError
from annotations.models import User
from annotations.rules.permissions import Role
from annotations.services.accounts import make_user, set_membership
from annotations.services.people import deactivate_user, reactivate_user, remove_second_factors


class Command(BaseCommand):
    """All or nothing: an unknown project or role leaves no user behind."""

    requires_system_checks = ()
    help = "Make or change a user; with --project and --role, also a membership."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the name and what is to be set."""
        parser.add_argument("username", metavar="NAME")
        parser.add_argument("--email", help="e-mail address")
        parser.add_argument("--password-stdin", action="store_true", help="read the password, one line, from stdin")
        parser.add_argument("--project", metavar="SLUG", help="project to be a member of")
        parser.add_argument("--role", help=", ".join(Role))
        parser.add_argument("--remove-second-factors", action="store_true", help="for who lost phone and codes")
        account = parser.add_mutually_exclusive_group()
        account.add_argument("--deactivate", action="store_true", help="close the account; its sessions and tokens end")
        account.add_argument("--reactivate", action="store_true", help="open the account again")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Store user and membership in one transaction."""
        role = _role(options["project"], options["role"])
        password = self._password() if options["password_stdin"] else None
        acts = [options["deactivate"], options["reactivate"], options["remove_second_factors"]]
        if any(acts) and not User.objects.filter(username=options["username"]).exists():
            raise CommandError(_("There is no user {name}.").format(name=options["username"]))
        try:
            with transaction.atomic():
                user = make_user(username=options["username"], email=options["email"], password=password)
                if role is not None:
                    set_membership(user=user, slug=options["project"], role=role)
                self._open_or_close(user, options)
        except NewsdeskError as refusal:
            raise CommandError(refusal.detail) from refusal
        if password is not None:
            self._warn(password, user)
        self.stdout.write(_("{name} is ready.").format(name=user.username))
        if role is not None:
            told = _("{name} is {role} in {project}.")
            self.stdout.write(told.format(name=user.username, role=role, project=options["project"]))

    def _open_or_close(self, user: User, options: dict[str, Any]) -> None:
        if options["deactivate"]:
            deactivate_user(user=user)
            self.stdout.write(_("The account is closed; its sessions and tokens have ended."))
        elif options["reactivate"]:
            reactivate_user(user=user)
            self.stdout.write(_("The account is open again; tokens have to be made anew."))
        if options["remove_second_factors"]:
            number = remove_second_factors(user=user)
            self.stdout.write(_("Second factors and recovery codes taken away: {number}.").format(number=number))

    def _password(self) -> str:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError(_("No password came: write it as one line to standard input."))
        return password

    def _warn(self, password: str, user: User) -> None:
        """Say what is weak about a password; whoever runs the site may still set it."""
        try:
            validate_password(password, user)
        except ValidationError as weakness:
            self.stderr.write(_("The password was set, but: {reasons}").format(reasons=" ".join(weakness.messages)))


def _role(project: str | None, role: str | None) -> Role | None:
    if (project is None) != (role is None):
        raise CommandError(_("Say --project and --role together."))
    if role is None:
        return None
    if role not in frozenset(Role):
        raise CommandError(
            _("There is no role {role}; choose one of: {roles}.").format(role=role, roles=", ".join(Role))
        )
    return Role(role)
