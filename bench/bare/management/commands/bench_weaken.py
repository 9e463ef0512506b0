"""Let PostgreSQL answer before it has written, for the control of the kill test."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections


class Command(BaseCommand):
    """Switch `synchronous_commit` off for this database's next connections."""

    help = "Weaken the durability of a bench's site."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it as the owner of the database."""
        connection = connections["owner"]
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
