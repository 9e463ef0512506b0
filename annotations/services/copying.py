"""Stores many rows of one table with PostgreSQL's COPY, in its text format."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Converter = Callable[[Any], str]


def copy_rows(rows: Sequence[models.Model]) -> None:
    """Append the rows to their table; all are of one model. Cost: about 10 µs a row besides its indexes."""
    fields = [field for field in rows[0]._meta.concrete_fields if field.column]
    converters = [(field.attname, _converter(field)) for field in fields]
    source = io.StringIO()
    for row in rows:
        values = row.__dict__
        line = "\t".join("\\N" if values[name] is None else convert(values[name]) for name, convert in converters)
        source.write(line + "\n")
    source.seek(0)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {quote(rows[0]._meta.db_table)} ({columns}) FROM STDIN", source)


def _converter(field: "models.Field[Any, Any]") -> Converter:
    if isinstance(field, models.JSONField):
        return lambda value: orjson.dumps(value).decode().translate(_ESCAPES)
    if isinstance(field, ArrayField):
        return lambda value: _array(value).translate(_ESCAPES)
    if isinstance(field, models.CharField | models.TextField):
        return lambda value: str(value).translate(_ESCAPES)
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
