"""Tells whether the guards still stand: triggers, functions, constraints, indexes as the migrations make them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _

from annotations.queries import doctor_expected as expected
from annotations.queries.doctor_snapshot import Finding, Snapshot, finding

_CONSTRAINTS: Final = """
SELECT t.relname, c.conname, c.convalidated, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE t.relnamespace = 'public'::regnamespace AND c.contype IN ('c', 'f', 'p', 'u')
"""
_INDEXES: Final = """
SELECT t.relname, i.relname, x.indisunique, x.indisvalid AND x.indisready, pg_get_indexdef(i.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relnamespace = 'public'::regnamespace
"""
_TRIGGERS: Final = """
SELECT t.relname, g.tgname, g.tgenabled, g.tgisinternal, pg_get_triggerdef(g.oid)
FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
WHERE t.relnamespace = 'public'::regnamespace
"""
_FUNCTIONS: Final = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
_NULLABLE: Final = """
SELECT t.relname, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0
    AND NOT a.attisdropped AND NOT a.attnotnull
"""

_CAST: Final = re.compile(r"::(?:character varying|[a-z_]+)(?:\(\d+\))?(?:\[\])*")
_WORD: Final = re.compile(r"'[^']*'|[a-z_][a-z_0-9]*|\d+")
_CALLS: Final = frozenset({"least", "greatest", "md5", "coalesce", "newsdesk_segments_valid"})


def check_guards(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer guards that are missing, changed, switched off or not checked against old rows."""
    yield from _check_functions(snapshot)
    yield from _check_triggers(snapshot)
    yield from _check_constraints(snapshot)
    yield from _check_indexes(snapshot)
    yield from _check_columns(snapshot)


def count_guards() -> int:
    """Count the guards that are compared."""
    named = len(expected.functions()) + len(expected.triggers()) + len(expected.checks())
    return named + len(expected.references()) + len(expected.indexes()) + len(list(expected.plain_keys()))


def _check_functions(snapshot: Snapshot) -> Iterator[Finding]:
    bodies: dict[str, str] = dict(snapshot.rows(_FUNCTIONS))
    for name, body in expected.functions().items():
        if name not in bodies:
            yield _guard("guard_missing", "", name, _("The function {name} is missing.").format(name=name))
        elif bodies[name].strip() != body.strip():
            yield _guard("guard_changed", "", name, _("The function {name} was changed.").format(name=name))


def _check_triggers(snapshot: Snapshot) -> Iterator[Finding]:
    ours = expected.tables()
    wanted = {(trigger.table, trigger.name): trigger for trigger in expected.triggers()}
    present: set[tuple[str, str]] = set()
    for table, name, enabled, is_internal, definition in snapshot.rows(_TRIGGERS):
        if table not in ours:
            continue
        present.add((table, name))
        # PostgreSQL's own triggers carry out foreign keys.
        if enabled != ("O" if is_internal else "A"):
            detail = _("The trigger {name} on {table} is switched off or does not fire always.")
            yield _guard("guard_disabled", table, name, detail.format(name=name, table=table))
        if is_internal:
            continue
        if (table, name) not in wanted:
            detail = _("The trigger {name} on {table} comes from no migration.")
            yield _guard("guard_unknown", table, name, detail.format(name=name, table=table))
        elif expected.read_trigger(definition) != wanted[table, name]:
            detail = _("The trigger {name} on {table} is not the one the migrations make.")
            yield _guard("guard_changed", table, name, detail.format(name=name, table=table))
    for table, name in sorted(set(wanted) - present):
        detail = _("The trigger {name} on {table} is missing.")
        yield _guard("guard_missing", table, name, detail.format(name=name, table=table))


def _check_constraints(snapshot: Snapshot) -> Iterator[Finding]:
    ours = expected.tables()
    present = [row for row in snapshot.rows(_CONSTRAINTS) if row[0] in ours]
    named = {(table, name): definition for table, name, _is_validated, definition in present}
    for table, name, is_validated, _definition in present:
        if not is_validated:
            detail = _("The constraint {name} on {table} was never checked against the rows before it.")
            yield _guard("guard_not_validated", table, name, detail.format(name=name, table=table))
    for (table, name), check in sorted(expected.checks().items()):
        if (table, name) not in named:
            yield _missing_constraint(table, name)
        elif _gist(table, named[table, name]) != _gist(table, check):
            yield _changed_constraint(table, name)
    yield from _check_keys(named)


def _check_keys(named: Mapping[tuple[str, str], str]) -> Iterator[Finding]:
    """Look for foreign and other keys by what they say: Django makes up names for some."""
    definitions = {(table, _plain(definition)) for (table, _name), definition in named.items()}
    for reference in expected.references():
        if (reference.table, _plain(reference.definition)) in definitions:
            continue
        if (reference.table, reference.name) in named:
            yield _changed_constraint(reference.table, reference.name)
        else:
            name = reference.name or f"FOREIGN KEY ({', '.join(reference.columns)})"
            yield _missing_constraint(reference.table, name)
    for table, kind, columns in expected.plain_keys():
        if (table, _plain(f"{kind} ({columns})")) not in definitions:
            yield _missing_constraint(table, f"{kind} ({columns})")


def _check_indexes(snapshot: Snapshot) -> Iterator[Finding]:
    present = {(table, name): rest for table, name, *rest in snapshot.rows(_INDEXES)}
    for (table, name), (is_unique, covers) in sorted(expected.indexes().items()):
        found = present.get((table, name))
        if found is None:
            detail = _("The index {name} on {table} is missing.")
            yield _guard("guard_missing", table, name, detail.format(name=name, table=table))
        elif found[0] != is_unique or not found[1] or _gist(table, found[2]) != _gist(table, covers):
            detail = _("The index {name} on {table} is not valid or not the one the migrations make.")
            yield _guard("guard_changed", table, name, detail.format(name=name, table=table))


def _check_columns(snapshot: Snapshot) -> Iterator[Finding]:
    nullable = set(snapshot.rows(_NULLABLE))
    for table, model in expected.tables().items():
        for column in expected.needed_columns(model):
            if (table, column) in nullable:
                detail = _("The column {column} of {table} may be empty, which the migrations forbid.")
                yield _guard("guard_changed", table, column, detail.format(column=column, table=table))


def _missing_constraint(table: str, name: str) -> Finding:
    detail = _("The constraint {name} on {table} is missing.").format(name=name, table=table)
    return _guard("guard_missing", table, name, detail)


def _changed_constraint(table: str, name: str) -> Finding:
    detail = _("The constraint {name} on {table} is not the one the migrations make.")
    return _guard("guard_changed", table, name, detail.format(name=name, table=table))


def _guard(code: str, table: str, name: str, detail: str) -> Finding:
    return finding(code, "guard", f"{table}.{name}" if table else name, None, detail)


def _plain(definition: str) -> str:
    """Bring a definition without expressions into one form."""
    return re.sub(r'[\s"]', "", definition).removesuffix("NOTVALID")


def _gist(table: str, definition: str) -> frozenset[str]:
    """Answer columns, literals and calls of an expression: PostgreSQL writes the same with other words around.

    That tells a guard that was made harmless from the real one, on every version of PostgreSQL.
    """
    columns = {str(field.column) for field in expected.tables()[table]._meta.local_concrete_fields}
    # What stands before the first parenthesis are names.
    body = definition[definition.find("(") :] if definition.startswith("CREATE") else definition
    words = _WORD.findall(_CAST.sub("", body.lower() if "'" not in body else _lower_outside_quotes(body)))
    return frozenset(word for word in words if word[0] == "'" or word.isdigit() or word in columns or word in _CALLS)


def _lower_outside_quotes(text: str) -> str:
    return "".join(part if part.startswith("'") else part.lower() for part in re.split(r"('[^']*')", text))
