"""Stores many rows of one table with PostgreSQL's COPY, in its text format."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPED: Final = re.compile(r"[\\\t\n\r]")

Converter = Callable[[Any], str]


def escaped(text: str) -> str:
    """Write a text as COPY reads it; most texts stay as they are."""
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


def copy_rows(rows: Sequence[models.Model]) -> None:
    """Append the rows to their table; all are of one model. Cost: about 10 µs a row besides its indexes."""
    statement, lines = copy_of(rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, io.BytesIO(lines))


def copy_of(rows: Sequence[models.Model]) -> tuple[str, bytes]:
    """Answer the statement and the lines that append the rows to their table; all are of one model."""
    fields = [field for field in rows[0]._meta.concrete_fields if field.column]
    converters = [(field.attname, _converter(field)) for field in fields]
    lines: list[str] = []
    for row in rows:
        values = row.__dict__
        line = "\t".join("\\N" if values[name] is None else convert(values[name]) for name, convert in converters)
        lines.append(line + "\n")
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    return f"COPY {quote(rows[0]._meta.db_table)} ({columns}) FROM STDIN", "".join(lines).encode()


def _converter(field: "models.Field[Any, Any]") -> Converter:
    if isinstance(field, models.JSONField):
        return lambda value: escaped(orjson.dumps(value).decode())
    if isinstance(field, ArrayField):
        return lambda value: escaped(_array(value))
    if isinstance(field, models.CharField | models.TextField):
        return lambda value: escaped(str(value))
    if isinstance(field, models.DateTimeField):
        return datetime.isoformat
    return str


def _array(value: Sequence[object]) -> str:
    return "{" + ",".join(_element(item) for item in value) + "}"


def _element(item: object) -> str:
    if isinstance(item, list | tuple):
        return _array(item)
    if isinstance(item, str):
        return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(item)
