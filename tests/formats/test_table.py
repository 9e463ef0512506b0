"""Tables: pandas reads what Python's csv reads, and no cell of a spreadsheet runs."""

import csv
import io
import json
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from annotations.formats.table import CSV
from tests.formats.documents import documents, written

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def tables(document, flavour=""):
    content, _losses = written(CSV, document, flavour)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["annotations.csv", "links.csv", "articles.csv", "claims.csv", "LOSSES.json"]
        return {name.removesuffix(".csv"): archive.read(name).decode() for name in archive.namelist()}


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@SLOW
@given(documents())
def test_raw_tables_hold_every_record_as_it_is(document):
    found = tables(document, "raw")
    texts = {article.id: article.text for article in document.articles}

    assert [row["id"] for row in rows(found["annotations"])] == [annotation.id for annotation in document.annotations]
    for row, annotation in zip(rows(found["annotations"]), document.annotations, strict=True):
        places = [tuple(map(int, place.split("-"))) for place in row["segments_codepoint"].split(";")]
        assert " […] ".join(texts[row["article"]][start:end] for start, end in places) == row["exact"]
        assert (int(row["start_codepoint"]), int(row["end_codepoint"])) == (places[0][0], places[-1][1])
        assert row["note"] == annotation.note
    assert [(row["type"], row["source"], row["target"]) for row in rows(found["links"])] == [
        (link.link_type, link.source, link.target) for link in document.links
    ]
    assert {row["id"]: row["text"] for row in rows(found["articles"])} == texts


@SLOW
@given(documents())
def test_no_cell_of_a_spreadsheet_runs(document):
    found = tables(document)

    for name in ("annotations", "links", "articles", "claims"):
        assert found[name].startswith("\ufeff")
        for row in rows(found[name]):
            numbers = ("quantity_low", "quantity_high")
            assert not any((cell or " ")[0] in "=+-@\t\r" for key, cell in row.items() if key not in numbers)


@SLOW
@given(documents())
def test_pandas_reads_the_same_rows(document):
    found = tables(document, "raw")

    frame = pd.read_csv(io.StringIO(found["annotations"], newline=""), dtype=str, keep_default_na=False)

    assert frame.to_dict("records") == rows(found["annotations"])


def test_losses_are_in_the_archive(panjshir):
    found = tables(panjshir)

    losses = json.loads(found["LOSSES.json"])
    assert losses["format"] == "csv"
    assert [(loss["what"], loss["count"]) for loss in losses["losses"]] == [("registry", len(panjshir.parties) + 2)]


def test_claims_name_who_makes_them(panjshir):
    claims = rows(tables(panjshir, "raw")["claims"])

    assert len(claims) == sum(annotation.kind in {"claim", "counterclaim"} for annotation in panjshir.annotations)
    assert {row["outlet_name"] for row in claims} == {"RT"}
    assert any("Taliban" in row["claimants"] for row in claims)
    assert all(row["disputes"] for row in claims if row["kind"] == "counterclaim")


@pytest.mark.parametrize("flavour", CSV.flavours)
def test_set_without_articles_has_its_headings(empty, flavour):
    found = tables(empty, flavour)

    assert rows(found["annotations"]) == []
    assert found["links"].removeprefix("\ufeff").startswith("id,type,source,target,")
