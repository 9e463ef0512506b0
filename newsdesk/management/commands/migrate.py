"""Django's migrate, run as the role that owns the tables."""

from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Migrate as the owner unless told otherwise: the application's role may not change tables."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take Django's arguments, with another default for --database."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
