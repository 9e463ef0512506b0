"""Tells whether the rows obey the constraints, also where these are gone: references, uniqueness, sets, nulls."""

from collections.abc import Iterator
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.queries import doctor_expected as expected
from annotations.queries.doctor_snapshot import Check, Finding, Snapshot, columns_of

# Constraints whose breach has a code of its own; the others share one.
_CHECK_CODES: Final = {
    "annotation_kind": "kind_illegal",
    "link_type": "kind_illegal",
    "link_not_to_itself": "self_link",
    "decision_four_eyes": "own_work",
    **{
        f"{table}_{name}": "state_contradicts_approval"
        for table in ("annotation", "link")
        for name in ("approved_version_exists", "approved_state", "withdrawn_state")
    },
}
_UNIQUE_CODES: Final = {
    "annotation_once": "duplicate_annotation",
    "link_once": "duplicate_link",
    "link_same_as_once": "duplicate_link",
    "link_one_quote": "second_quote",
    "link_one_cue": "second_cue",
    "article_text_once": "duplicate_article",
}
# Told with offsets by doctor_texts.py.
_ELSEWHERE: Final = frozenset({"annotation_segments"})


def check_rows(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer rows that a constraint of the migrations would refuse."""
    yield from snapshot.run(_references())
    yield from snapshot.run(_uniques())
    yield from snapshot.run(_conditions())
    yield from snapshot.run(_nulls())


def _references() -> Iterator[Check]:
    for reference in expected.followed_references():
        joined = " AND ".join(
            f'there."{other}" = here."{column}"'
            for column, other in zip(reference.columns, reference.other_columns, strict=True)
        )
        present = " AND ".join(f'here."{column}" IS NOT NULL' for column in reference.columns)
        sentence = _("It refers by {0} to a row of {1} that is not there, or not in the same project or article.")
        yield Check(
            "reference_broken",
            reference.table,
            str(sentence).format(", ".join(reference.columns), reference.other),
            f'SELECT {_who(reference.table)} FROM "{reference.table}" here WHERE {present} '  # noqa: S608 - names of ours
            f'AND NOT EXISTS (SELECT FROM "{reference.other}" there WHERE {joined})',
        )


def _uniques() -> Iterator[Check]:
    for table, model in expected.tables().items():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                columns = expected.unique_columns(model, constraint)
                condition = expected.unique_condition(model, constraint)
                yield _unique(table, constraint.name, columns, condition)
    for table, kind, columns in expected.plain_keys():
        yield _unique(table, f"{kind} ({columns})", columns_of(columns.split(", ")), "")
    for (table, name), covers in expected.sql_unique_indexes().items():
        yield _unique(table, name, *covers)


def _unique(table: str, name: str, columns: str, condition: str) -> Check:
    key = expected.key_column(expected.tables()[table])
    project = expected.project_column(expected.tables()[table])
    whose = f'max("{project}"::text)' if project else "NULL"
    where = f"WHERE {condition}" if condition else ""
    return Check(
        _UNIQUE_CODES.get(name, "not_unique"),
        table,
        str(_("{{0}} rows are alike where {name} allows one; the newest is named here.")).format(name=name),
        # Rows with a null among the columns are never alike.
        f'SELECT max("{key}"::text), {whose}, count(*) FROM "{table}" {where} '  # noqa: S608 - names of ours
        f"GROUP BY {columns} HAVING count(*) > 1 AND num_nulls({columns}) = 0",
    )


def _conditions() -> Iterator[Check]:
    for (table, name), condition in expected.checks().items():
        if name in _ELSEWHERE:
            continue
        yield Check(
            _CHECK_CODES.get(name, "rule_broken"),
            table,
            str(_("It breaks the rule {name}.")).format(name=name),
            f'SELECT {_who(table)} FROM "{table}" here WHERE NOT ({condition})',  # noqa: S608 - SQL of ours
        )


def _nulls() -> Iterator[Check]:
    for table, model in expected.tables().items():
        columns = columns_of(expected.needed_columns(model))
        yield Check(
            "value_missing",
            table,
            str(_("A value that is always there is missing.")),
            f'SELECT {_who(table)} FROM "{table}" here WHERE num_nulls({columns}) > 0',  # noqa: S608 - names of ours
        )


def _who(table: str) -> str:
    model = expected.tables()[table]
    project = expected.project_column(model)
    return f'here."{expected.key_column(model)}", ' + (f'here."{project}"' if project else "NULL::uuid")
