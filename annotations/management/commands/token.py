"""Make, list and revoke API tokens. A new token is all that is printed, for use in scripts."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from annotations.errors import NewsdeskError
from annotations.queries.accounts import token_prefix, tokens_of, user_named
from annotations.rules.permissions import Scope
from annotations.services.accounts import issue_token, revoke_token

_HEADINGS: Final = ("prefix", "scope", "name", "created", "expires", "last used", "revoked")


class Command(BaseCommand):
    """Only digests are stored: a token that is lost cannot be shown again."""

    requires_system_checks = ()
    help = "Print a new API token; or list the tokens of a user, or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose token, how far it reaches and how long; or --list or --revoke."""
        parser.add_argument("username", metavar="NAME", nargs="?", help="whose token")
        parser.add_argument("--scope", default=Scope.READ, help=f"{', '.join(Scope)}; read if left out")
        parser.add_argument("--expires", type=int, metavar="DAYS", help="end after so many days; never if left out")
        parser.add_argument("--name", default="", metavar="LABEL", help="what it is for")
        parser.add_argument("--list", metavar="NAME", help="list the tokens of this user")
        parser.add_argument("--revoke", metavar="PREFIX", help="end the token that starts so")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one of the three."""
        if [options["username"], options["list"], options["revoke"]].count(None) != 2:
            raise CommandError(_("Say one of: token NAME, token --list NAME, token --revoke PREFIX."))
        try:
            if options["list"] is not None:
                self._list(options["list"])
            elif options["revoke"] is not None:
                token = revoke_token(prefix=token_prefix(options["revoke"]))
                self.stdout.write(_("The token {prefix} is revoked.").format(prefix=token.prefix))
            else:
                self._issue(options)
        except NewsdeskError as refusal:
            raise CommandError(refusal.detail) from refusal

    def _issue(self, options: dict[str, Any]) -> None:
        scope = options["scope"]
        if scope not in frozenset(Scope):
            sentence = _("There is no scope {scope}; choose one of: {scopes}.")
            raise CommandError(sentence.format(scope=scope, scopes=", ".join(Scope)))
        user = user_named(options["username"])
        token = issue_token(user=user, scope=Scope(scope), expires_days=options["expires"], name=options["name"])
        self.stdout.write(token)

    def _list(self, username: str) -> None:
        self.stdout.write("\t".join(_HEADINGS))
        for token in tokens_of(user_named(username)):
            times = (token.created_at, token.expires_at, token.last_used_at, token.revoked_at)
            self.stdout.write("\t".join([token.prefix, token.scope, token.name, *map(_moment, times)]))


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
