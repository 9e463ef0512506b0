"""The project as an installed app: it brings commands and system checks."""

from django.apps import AppConfig

# Imported to register what it holds.
from newsdesk import checks  # noqa: F401


class NewsdeskConfig(AppConfig):
    """The house around the app."""

    name = "newsdesk"
    verbose_name = "newsdesk"
