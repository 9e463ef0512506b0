"""Parquet: pyarrow reads back every field of every record, pandas the same rows."""

import io
import json
import zipfile
from dataclasses import replace

import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings

from annotations.anchoring.anchor import Segment
from annotations.formats.document import Alias, Annotation, Article, Decision, Header, Incident, Link, Outlet, Party
from annotations.formats.parquet import PARQUET
from tests.formats.documents import documents, written

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SORTS = {
    "outlets": Outlet,
    "incidents": Incident,
    "parties": Party,
    "articles": Article,
    "annotations": Annotation,
    "links": Link,
    "decisions": Decision,
}


def unpacked(document):
    content, losses = written(PARQUET, document)
    assert not losses
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.removesuffix(".parquet"): archive.read(name) for name in archive.namelist()}


def record_of(sort, row):
    values = {name.removesuffix("_codepoint"): value for name, value in row.items()}
    values |= {name: json.loads(values[name]) for name in ("attributes", "origin", "external_ids") if name in values}
    if sort is Party:
        values["aliases"] = tuple(Alias(**alias) for alias in json.loads(values["aliases"]))
    if "segments" in values:
        values["segments"] = tuple(Segment(place["start"], place["end"]) for place in values["segments"])
    return sort(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


@SLOW
@given(documents())
def test_every_field_is_there_for_pyarrow(document):
    found = unpacked(document)

    for name, sort in SORTS.items():
        rows = pyarrow.parquet.read_table(io.BytesIO(found[name])).to_pylist()
        assert tuple(record_of(sort, row) for row in rows) == getattr(document, name)
    header = json.loads(found["header.json"])
    assert header.pop("offset_unit") == "codepoint"
    assert Header(**header) == document.header


def test_pandas_reads_the_tables(panjshir):
    frame = pd.read_parquet(io.BytesIO(unpacked(panjshir)["annotations"]))

    assert list(frame["id"]) == [annotation.id for annotation in panjshir.annotations]
    assert list(map(list, frame["exact"])) == [list(annotation.exact) for annotation in panjshir.annotations]


@pytest.mark.parametrize("name", SORTS)
def test_set_without_articles_has_its_columns(empty, name):
    table = pyarrow.parquet.read_table(io.BytesIO(unpacked(empty)[name]))

    assert table.num_rows == 0
    assert "id" in table.column_names


def test_texts_may_be_left_out(panjshir):
    annotations = tuple(replace(annotation, exact=None) for annotation in panjshir.annotations)
    found = unpacked(replace(panjshir, annotations=annotations))

    assert pyarrow.parquet.read_table(io.BytesIO(found["annotations"]))["exact"].null_count == len(annotations)
