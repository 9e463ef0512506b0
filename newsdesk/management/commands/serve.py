"""Run the site: migrate, collect static files, fill the demo, serve, print where."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.module_loading import import_string

from newsdesk.health import missing_migrations
from newsdesk.server import PortTaken, Server, address, require_free_port
from newsdesk.storage import collect_if_stale

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - named, not bound
_LINK_MAKER = "annotations.services.accounts.create_sign_in_link"


class Command(BaseCommand):
    """Serve the site until SIGINT or SIGTERM."""

    help = "Migrate, start the site and print its address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, and what to do at the start."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=_port, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
        parser.add_argument("--no-worker", action="store_true", help="leave background tasks to a worker elsewhere")
        parser.add_argument("--login", metavar="NAME", help="print a sign-in link for this user, valid for one hour")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare everything, then hand over to gunicorn."""
        _keep_var_in_environment()
        try:
            require_free_port(options["host"], options["port"])
            self._migrate()
        except PortTaken as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database cannot be used: {error}") from error
        if collect_if_stale():
            self.stdout.write("Static files are ready.")
        is_new_demo = self._fill_demo(wanted=not options["no_demo"])
        links = self._sign_in_links(options["login"], is_new_demo=is_new_demo)
        self._serve(options["host"], options["port"], links, has_worker=not options["no_worker"])

    def _migrate(self) -> None:
        if missing_migrations():
            self.stdout.write("Preparing the database …")
            self.stdout.flush()
            call_command("migrate", interactive=False, verbosity=0)

    def _fill_demo(self, *, wanted: bool) -> bool:
        """Fill a database that holds no project and no user; tell whether that was done."""
        is_empty = not (_has_rows("annotations", "Project") or get_user_model().objects.exists())
        if is_empty and wanted and "demo" in get_commands():
            self.stdout.write("Writing the demo project …")
            self.stdout.flush()
            call_command("demo")
        return is_empty and wanted

    def _sign_in_links(self, name: str | None, *, is_new_demo: bool) -> list[tuple[str, str]]:
        """Make single-use links: for the one asked for; for a new demo's people when a person sits at the terminal."""
        users = get_user_model().objects.filter(is_active=True).order_by("pk")
        if name is not None:
            users = users.filter(**{get_user_model().USERNAME_FIELD: name})
            if not users:
                raise CommandError(f"There is no active user {name}. Make one: python manage.py user {name}")
        elif not (is_new_demo and sys.stdout.isatty()):
            return []
        create_sign_in_link = import_string(_LINK_MAKER)
        return [(user.get_username(), create_sign_in_link(user=user)) for user in users]

    def _serve(self, host: str, port: int, links: list[tuple[str, str]], *, has_worker: bool) -> None:
        base = f"http://{address('localhost' if host in _EVERYWHERE else host, port)}"
        if host not in _LOOPBACK | _EVERYWHERE and host not in settings.ALLOWED_HOSTS:
            settings.ALLOWED_HOSTS.append(host)

        def announce() -> None:
            self.stdout.write(f"newsdesk is ready at {base}/  (stop it with Ctrl-C)")
            for name, path in links:
                self.stdout.write(f"  sign in as {name}, once, within the hour: {base}{path}")
            self.stdout.flush()

        threads = {"workers": settings.WEB_WORKERS, "threads": settings.WEB_THREADS}
        Server(address(host, port), threads, announce, task_worker=_work if has_worker else None).run()


def _work(parent: int) -> None:
    """Run background tasks, in a process that the server made for it, until the server is gone."""
    call_command("worker", parent=parent)


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise ValueError(text)
    return port


def _keep_var_in_environment() -> None:
    """Start anew with NEWSDESK_VAR in the environment: it marks every process of the site for whoever looks."""
    if os.environ.get("NEWSDESK_VAR") != str(settings.NEWSDESK_VAR):
        os.environ["NEWSDESK_VAR"] = str(settings.NEWSDESK_VAR)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line again


def _has_rows(app: str, model: str) -> bool:
    return bool(apps.get_model(app, model)._default_manager.exists())
