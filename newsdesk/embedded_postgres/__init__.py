"""A database backend with a PostgreSQL of its own: started at the first connection, stopped by the last to leave."""

import sys

from django.core.exceptions import ImproperlyConfigured

if not sys.platform.startswith(("linux", "darwin")):
    raise ImproperlyConfigured(
        "The embedded database runs on Linux and macOS. On this system start newsdesk with "
        "docker compose (see docker-compose.yml), or set DATABASE_URL to a PostgreSQL 15 or newer."
    )
