"""What a new cluster gets: the database, the role that owns it and the role that only reads and writes rows."""

from contextlib import closing

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, cursor

DATABASE = "newsdesk"
OWNER = "newsdesk_owner"
APPLICATION = "newsdesk"
SUPERUSER = "postgres"
_EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")


def prepare_database(socket_folder: str) -> None:
    """Make what is missing of roles and database; do nothing when all is there.

    Raises: psycopg2.OperationalError when a needed extension is not installed beside the programs.
    """
    connection = psycopg2.connect(host=socket_folder, port=5432, user=SUPERUSER, dbname="postgres")
    with closing(connection):
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as db:
            _make_roles(db)
            _make_database(db)
            _check_extensions(db)


def _make_roles(db: cursor) -> None:
    db.execute("SELECT rolname FROM pg_roles WHERE rolname IN %s", [(OWNER, APPLICATION)])
    present = {name for (name,) in db.fetchall()}
    if OWNER not in present:
        # CREATEDB is for the databases of tests and of trial restores.
        db.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
    if APPLICATION not in present:
        role = sql.Identifier(APPLICATION)
        db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        db.execute(sql.SQL("GRANT pg_read_all_data, pg_write_all_data TO {}").format(role))


def _make_database(db: cursor) -> None:
    db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if db.fetchone() is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        db.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _check_extensions(db: cursor) -> None:
    db.execute("SELECT name FROM pg_available_extensions WHERE name IN %s", [_EXTENSIONS])
    missing = sorted(set(_EXTENSIONS) - {name for (name,) in db.fetchall()})
    if missing:
        raise psycopg2.OperationalError(
            f"This PostgreSQL lacks the extensions {', '.join(missing)}: install its package of extensions "
            "(postgresql-contrib), or name another one in NEWSDESK_PG_BIN."
        )
