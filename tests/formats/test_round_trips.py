"""The texts that made others shift offsets, and an empty set, through every format that goes both ways."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from annotations.anchoring.anchor import Segment
from annotations.anchoring.intake import clean
from annotations.errors import IncompleteFile
from annotations.formats import CODECS
from annotations.formats.document import Document
from annotations.formats.incoming import draft_annotation
from tests.formats.documents import HEADER, article_of, assert_kept, document_of, documents, read_back, written

TWO_WAY = [codec for _name, codec in sorted(CODECS.items()) if codec.read and codec.write]
BOTH_WAYS = pytest.mark.parametrize("codec", TWO_WAY, ids=lambda codec: codec.name)


@pytest.fixture
def traps(shared_data):
    cases = json.loads((shared_data / "offset_traps.json").read_text())["cases"]
    articles, annotations = [], []
    for number, case in enumerate(cases):
        text = clean(case["text"]).text
        identifier = f"article-{number:02}"
        articles.append(article_of(identifier, text, case["id"], outlet=None, incidents=()))
        spans = sorted(case["spans"], key=lambda span: (span["code_points"][0], -span["code_points"][1]))
        for place, span in enumerate(spans):
            segment = Segment(*span["code_points"])
            exact = (text[segment.start : segment.end],)
            assert exact == (span["exact"],)
            made = draft_annotation(f"{number}.{place}", identifier, span["kind"], segments=(segment,), exact=exact)
            annotations.append(made)
    return Document(HEADER, articles=tuple(articles), annotations=tuple(annotations))


@BOTH_WAYS
def test_offset_traps_come_back_where_they_were(codec, traps):
    content, losses = written(codec, traps)

    assert_kept(traps, read_back(codec, content), losses)
    assert not {loss.what for loss in losses} & {"segments", "attributes", "notes", "cross_article"}


@BOTH_WAYS
def test_set_with_a_text_but_no_annotations_comes_back(codec):
    document = Document(HEADER, articles=(article_of("a", "Nothing here.", outlet=None, incidents=()),))

    content, losses = written(codec, document)

    assert_kept(document, read_back(codec, content), losses)


@pytest.mark.parametrize("codec", [codec for codec in TWO_WAY if codec.name != "doccano"], ids=lambda codec: codec.name)
def test_empty_set_comes_back(codec, empty):
    content, losses = written(codec, empty)

    assert_kept(empty, read_back(codec, content), losses)


def test_empty_set_of_doccano_is_an_empty_file_which_might_be_a_cut_one(empty):
    content, _losses = written(CODECS["doccano"], empty)

    assert content == b""
    with pytest.raises(IncompleteFile):
        read_back(CODECS["doccano"], content)


@given(documents())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_our_own_format_brings_everything_back(document):
    content, losses = written(CODECS["newsdesk-jsonl"], document)

    assert losses == ()
    assert document_of(read_back(CODECS["newsdesk-jsonl"], content)) == document
