"""spaCy: a DocBin that a blank pipeline loads with every span; what cuts a token is widened and reported."""

import json

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from spacy.tokens import Doc, DocBin

from annotations.formats.spacy_docs import EXTENSION, SPACY
from tests.formats.documents import documents, written

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def vocabulary():
    Doc.set_extension(EXTENSION, default=None, force=True)
    return spacy.blank("xx").vocab


def loaded(document, vocabulary):
    content, losses = written(SPACY, document)
    widened = {record for loss in losses if loss.what == "widened" for record in loss.ids}
    assert {loss.what for loss in losses} <= {loss.what for loss in SPACY.losses}
    return list(DocBin().from_bytes(content).get_docs(vocabulary)), widened


@SLOW
@given(document=documents())
def test_every_span_is_present(vocabulary, document):
    docs, widened = loaded(document, vocabulary)

    assert [doc.text for doc in docs] == [article.text for article in document.articles]
    for doc, article in zip(docs, document.articles, strict=True):
        annotations = [annotation for annotation in document.annotations if annotation.article == article.id]
        spans = list(doc.spans["newsdesk"])
        assert len(spans) == sum(len(annotation.segments) for annotation in annotations)
        assert {span.id_.partition("/")[0] for span in spans} == {annotation.id for annotation in annotations}
        words = [(annotation, exact) for annotation in annotations for exact in annotation.exact]
        for span, (annotation, exact) in zip(spans, words, strict=True):
            assert span.label_ == annotation.kind
            assert exact.strip(" ") in span.text
            assert span.text == exact or annotation.id in widened


@SLOW
@given(document=documents())
def test_links_within_an_article_are_in_the_extension(vocabulary, document):
    docs, _widened = loaded(document, vocabulary)

    article_of = {annotation.id: annotation.article for annotation in document.annotations}
    for doc, article in zip(docs, document.articles, strict=True):
        inside = [
            link.id for link in document.links if article_of[link.source] == article_of[link.target] == article.id
        ]
        assert [link["id"] for link in doc._.get(EXTENSION)] == inside


def test_real_article_loads(vocabulary, panjshir):
    [doc], _widened = loaded(panjshir, vocabulary)

    assert len({span.id_.partition("/")[0] for span in doc.spans["newsdesk"]}) == len(panjshir.annotations)
    assert len(doc._.get(EXTENSION)) == len(panjshir.links)


def test_lines_hold_the_same_spans(panjshir):
    [line] = [json.loads(line) for line in written(SPACY, panjshir, "jsonl")[0].splitlines()]

    spans = line["spans"]["newsdesk"]
    wanted = [(one.kind, words) for one in panjshir.annotations for words in one.exact]
    assert [(span["label"], line["text"][span["start"] : span["end"]]) for span in spans] == wanted


def test_set_without_articles_loads(vocabulary, empty):
    assert loaded(empty, vocabulary)[0] == []
