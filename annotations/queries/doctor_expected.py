"""What guards the migrations make: read from the SQL of the migrations and from the models' Meta."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

_FUNCTION: Final = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)\([^)]*\).*?AS \$\$(.*?)\$\$;", re.DOTALL)
_TRIGGER: Final = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) (?P<when>BEFORE|AFTER) (?P<events>.+?) ON (?:public\.)?(?P<table>\w+)\s+"
    r"(?:REFERENCING (?P<rows>[\w ]+?)\s+)?"
    r"FOR EACH (?P<each>ROW|STATEMENT)(?:\s+WHEN \((?P<condition>.+)\))?\s+"
    r"EXECUTE FUNCTION (?:public\.)?(?P<function>\w+)\(\)"
)
_CONSTRAINT: Final = re.compile(r"ALTER TABLE (\w+) ADD CONSTRAINT (\w+) ((?:FOREIGN KEY|CHECK).*?);", re.DOTALL)
_REFERENCE: Final = re.compile(r'FOREIGN KEY \(([^)]+)\) REFERENCES "?(\w+)"? ?\(([^)]+)\)')
_INDEX: Final = re.compile(r"CREATE (UNIQUE )?INDEX (\w+) ON (\w+) (.*?);", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of one or more columns; `name` is empty where Django made one up."""

    table: str
    name: str
    columns: tuple[str, ...]
    other: str
    other_columns: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger, with its moments in a fixed order."""

    table: str
    name: str
    when: str
    events: frozenset[str]
    each: str
    function: str
    condition: str
    rows: str


def tables() -> dict[str, type[models.Model]]:
    """Answer our tables with their models."""
    return {model._meta.db_table: model for model in apps.get_app_config("annotations").get_models()}


def key_column(model: type[models.Model]) -> str:
    """Answer the column whose value names a row of the table in a finding."""
    key = model._meta.pk
    return str(key.field_names[0] if isinstance(key, models.CompositePrimaryKey) else key.column)


def project_column(model: type[models.Model]) -> str | None:
    """Answer the column that holds the row's project, if there is one."""
    names = {field.column for field in model._meta.local_concrete_fields}
    if model._meta.db_table == "project":
        return "id"
    return "project_id" if "project_id" in names else None


def functions() -> dict[str, str]:
    """Answer the bodies of our functions by name; a later migration replaces an earlier body."""
    return dict(_FUNCTION.findall(_migration_sql()))


def triggers() -> list[Trigger]:
    """Answer all triggers that the migrations make; each fires always. A later migration replaces one of its name."""
    made = [trigger_of(match) for match in _TRIGGER.finditer(_FUNCTION.sub("", _migration_sql()).replace('"', ""))]
    return list({(trigger.table, trigger.name): trigger for trigger in made}.values())


def read_trigger(definition: str) -> Trigger | None:
    """Read a trigger as pg_get_triggerdef() writes it; None where it is of no shape of ours."""
    match = _TRIGGER.search(definition.replace('"', ""))
    return None if match is None else trigger_of(match)


def trigger_of(match: re.Match[str]) -> Trigger:
    """Bring a trigger's words into one order."""
    events = frozenset(_event(event) for event in match["events"].split(" OR "))
    condition = re.sub(r"[\s()]", "", (match["condition"] or "").lower())
    return Trigger(
        match["table"],
        match["name"],
        match["when"],
        events,
        match["each"],
        match["function"],
        condition,
        match["rows"] or "",
    )


def checks() -> dict[tuple[str, str], str]:
    """Answer the CHECK of each named constraint by table and name."""
    found = {
        (table, name): definition.removeprefix("CHECK ")
        for table, name, definition in _CONSTRAINT.findall(_migration_sql())
        if definition.startswith("CHECK")
    }
    editor = _editor()
    for table, model in tables().items():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                found[table, constraint.name] = constraint._get_check_sql(model, editor)  # type: ignore[attr-defined]
    return found


def references() -> list[Reference]:
    """Answer all foreign keys: the composite ones of the migrations, and those Django makes."""
    found: list[Reference] = []
    for table, name, definition in _CONSTRAINT.findall(_migration_sql()):
        if match := _REFERENCE.match(definition):
            found.append(_reference(table, name, match, definition))
    return found + [key for key, is_constraint in _plain_references() if is_constraint]


def followed_references() -> list[Reference]:
    """Answer all references that must lead to a row: also those to people, which triggers look up (0018)."""
    return references() + [key for key, is_constraint in _plain_references() if not is_constraint]


def indexes() -> dict[tuple[str, str], tuple[bool, str]]:
    """Answer the named indexes by table and name: whether unique, and what they cover."""
    found = {
        (table, name): (bool(is_unique), rest) for is_unique, name, table, rest in _INDEX.findall(_migration_sql())
    }
    editor = _editor()
    for table, model in tables().items():
        for index in model._meta.indexes:
            found[table, index.name] = (False, str(index.create_sql(model, editor)))
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                found[table, constraint.name] = (True, unique_sql(model, constraint))
    return found


def sql_unique_indexes() -> dict[tuple[str, str], tuple[str, str]]:
    """Answer the unique indexes that migrations write as SQL: columns or expressions, and the condition."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for is_unique, name, table, rest in _INDEX.findall(_migration_sql()):
        if is_unique:
            covered, _, condition = rest.rpartition(") WHERE ")
            found[table, name] = (covered.removeprefix("(").strip(), condition)
    return found


def unique_sql(model: type[models.Model], constraint: models.UniqueConstraint) -> str:
    """Write what a unique constraint covers: columns or expressions, and its condition."""
    covered = unique_columns(model, constraint)
    condition = unique_condition(model, constraint)
    return f"({covered}) WHERE {condition}" if condition else f"({covered})"


def unique_columns(model: type[models.Model], constraint: models.UniqueConstraint) -> str:
    """Write the columns or expressions that are unique together."""
    if constraint.fields:
        return ", ".join(f'"{model._meta.get_field(name).column}"' for name in constraint.fields)  # type: ignore[union-attr]
    query = models.sql.Query(model, alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    written: list[str] = []
    for expression in constraint.expressions:
        sql, parameters = compiler.compile(expression.resolve_expression(query))  # type: ignore[union-attr]
        written.append(sql % tuple(parameters))
    return ", ".join(written)


def unique_condition(model: type[models.Model], constraint: models.UniqueConstraint) -> str:
    """Write the condition of a unique constraint; empty for none."""
    return constraint._get_condition_sql(model, _editor()) or ""  # type: ignore[attr-defined]


def plain_keys() -> Iterator[tuple[str, str, str]]:
    """Answer table, kind and columns of primary keys and unique columns, whose names Django chose."""
    for table, model in tables().items():
        key = model._meta.pk
        if isinstance(key, models.CompositePrimaryKey):
            columns = [str(model._meta.get_field(name).column) for name in key.field_names]  # type: ignore[union-attr]
        else:
            columns = [str(key.column)]
        yield table, "PRIMARY KEY", ", ".join(columns)
        for field in model._meta.local_concrete_fields:
            if field.unique and not field.primary_key:
                yield table, "UNIQUE", str(field.column)


def needed_columns(model: type[models.Model]) -> list[str]:
    """Answer the columns that are never null."""
    return [str(field.column) for field in model._meta.local_concrete_fields if field.column and not field.null]


def _event(event: str) -> str:
    name, _, columns = event.strip().partition(" OF ")
    return f"{name} OF {', '.join(sorted(column.strip() for column in columns.split(',')))}" if columns else name


def _plain_references() -> Iterator[tuple[Reference, bool]]:
    """Answer the keys of one column that Django knows of, and whether a constraint holds each.

    Without one are those that a composite key of the migrations holds, which are left out, and those to people.
    """
    for table, model in tables().items():
        for field in model._meta.local_fields:
            if not isinstance(field, models.ForeignKey):
                continue
            there = field.target_field
            other = there.model._meta.db_table
            if not field.db_constraint and other != "user":  # type: ignore[attr-defined]
                continue
            columns, others = (str(field.column),), (str(there.column),)
            definition = f"FOREIGN KEY ({columns[0]}) REFERENCES {other} ({others[0]}) DEFERRABLE INITIALLY DEFERRED"
            yield Reference(table, "", columns, other, others, definition), field.db_constraint  # type: ignore[attr-defined]


def _reference(table: str, name: str, match: re.Match[str], definition: str) -> Reference:
    columns, others = (tuple(part.strip() for part in match[number].split(",")) for number in (1, 3))
    return Reference(table, name, columns, match[2], others, definition)


@cache
def _migration_sql() -> str:
    """Join the SQL of all our migrations in their order."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = [migration for (app, _), migration in sorted(migrations.items()) if app == "annotations"]
    operations = [operation for migration in ours for operation in migration.operations]
    return "\n".join(str(operation.sql) for operation in operations if isinstance(operation, RunSQL))


def _editor() -> Any:
    return connection.schema_editor(collect_sql=True)
