"""Web Annotation: lossless, whole for a JSON-LD processor, and strict with what others send."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from pyld import jsonld

from annotations.errors import IncompleteFile, Unprocessable
from annotations.formats.document import Annotation, Gone, Link
from annotations.formats.native import line_of
from annotations.formats.web_annotation import WEB_ANNOTATION
from tests.formats.documents import article_of, document_of, documents, read_back, records, written

SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The terms of the W3C's context that our files use.
CONTEXT = json.loads((Path(__file__).parent / "anno.jsonld").read_text())
ARTICLE = article_of("a", "The army said: hold.")


def stored_context(url, _options):
    assert url == "http://www.w3.org/ns/anno.jsonld"
    return {"contextUrl": None, "documentUrl": url, "document": CONTEXT}


def leaves(value):
    """The values of an object of JSON that are no containers."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() if key != "@context" for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def of_foreign(*items, **more):
    own = {"nd:articles": [line_of(ARTICLE)]} if more.pop("with_text", True) else {}
    return read_back(WEB_ANNOTATION, json.dumps({"items": items, **own, **more}).encode())


def foreign(start=4, end=8, exact="army", **more):
    selectors = [
        {"type": "TextQuoteSelector", "exact": exact},
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]
    return {
        "id": "http://example.org/1",
        "body": {"type": "TextualBody", "purpose": "tagging", "value": "Party"},
        "target": {"source": "a", "selector": selectors},
        **more,
    }


@SLOW
@given(documents())
def test_everything_is_read_back(document):
    content, losses = written(WEB_ANNOTATION, document)

    reading = read_back(WEB_ANNOTATION, content)

    assert not losses
    assert not reading.problems
    assert document_of(reading) == document


def test_real_article_is_read_back(panjshir):
    assert document_of(read_back(WEB_ANNOTATION, written(WEB_ANNOTATION, panjshir)[0])) == panjshir


def test_set_without_texts_is_read_back(panjshir):
    without = replace(
        panjshir,
        articles=tuple(replace(article, text=None) for article in panjshir.articles),
        annotations=tuple(replace(annotation, exact=None) for annotation in panjshir.annotations),
        gone=(Gone("link", "x", "2026-01-01T00:00:00Z"),),
    )

    content, _losses = written(WEB_ANNOTATION, without)

    assert document_of(read_back(WEB_ANNOTATION, content)) == without
    assert b"exact" not in content


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_processor_loses_no_term(document):
    sent = json.loads(written(WEB_ANNOTATION, document)[0])

    [expanded] = jsonld.expand(sent, {"documentLoader": stored_context})
    back = jsonld.compact(expanded, sent["@context"], {"documentLoader": stored_context})

    assert sorted(map(str, leaves(back))) == sorted(map(str, leaves(sent)))
    page = expanded["http://www.w3.org/ns/activitystreams#first"][0]
    items = page["http://www.w3.org/ns/activitystreams#items"][0]["@list"]
    assert len(items) == len(document.annotations) + len(document.links)
    for item in items:
        assert "http://www.w3.org/ns/oa#hasState" not in item
        assert item["urn:newsdesk:terms#state"]


def test_items_are_annotations_of_the_standard(panjshir):
    sent = json.loads(written(WEB_ANNOTATION, panjshir)[0])

    assert sent["total"] == len(sent["first"]["items"]) == len(panjshir.annotations) + len(panjshir.links)
    text = panjshir.articles[0].text
    links = [item for item in sent["first"]["items"] if item["motivation"] == "linking"]
    assert len(links) == len(panjshir.links)
    assert all(len(item["target"]) == 2 for item in links)
    for item in sent["first"]["items"][: len(panjshir.annotations)]:
        for target in item["target"]:
            position, quote = target["selector"]
            start, end = position["start"], position["end"]
            assert text[start:end] == quote["exact"]
            assert text[:start].endswith(quote["prefix"])
            assert text[end:].startswith(quote["suffix"])


def test_foreign_annotation_is_read():
    [annotation] = records(of_foreign(foreign()), Annotation)

    assert (annotation.kind, annotation.article, annotation.exact) == ("party", "a", ("army",))
    assert (annotation.state, annotation.author) == ("draft", None)


def test_foreign_link_is_read():
    item = {
        "id": "l",
        "motivation": ["linking"],
        "body": [{"purpose": "tagging", "value": "speaker"}],
        "target": ["urn:uuid:5d1f28ba-0000-7000-8000-000000000000", {"id": "http://example.org/2"}],
    }

    [link] = records(of_foreign(item), Link)

    assert (link.source, link.target) == ("5d1f28ba-0000-7000-8000-000000000000", "http://example.org/2")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (7, "malformed"),
        ({"id": "x"}, "malformed"),
        (foreign(body="army"), "no_label"),
        (foreign(target="a"), "no_position"),
        (foreign(start="4"), "invalid_type"),
        (foreign(motivation="linking"), "two_targets"),
        (foreign(created="yesterday"), "invalid"),
        (foreign(**{"nd:attributes": []}), "invalid_type"),
        (foreign(id=None), "invalid_type"),
    ],
)
def test_foreign_item_is_refused_by_its_number(item, code):
    reading = of_foreign(foreign(id="first"), item)

    [problem] = [reading.located(problem) for problem in reading.problems]
    assert (problem.line, problem.code) == (2, code)
    assert problem.detail.startswith("items: ")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{}", "unknown_format"),
        (b'{"first":"http://example.org/page1"}', "incomplete_file"),
        (b'{"first":{"items":[],"next":"http://example.org/page2"}}', "incomplete_file"),
        (b'{"items":[],"items":[]}', "malformed"),
        (b'{"items":[{"target":"\\u0000"}]}', "malformed"),
        (b"[" * 100 + b"]" * 100, "malformed"),
    ],
)
def test_foreign_file_is_refused(content, code):
    with pytest.raises(Unprocessable) as refusal:
        read_back(WEB_ANNOTATION, content)
    assert refusal.value.code == code


def test_file_cut_anywhere_is_incomplete(panjshir):
    content, _losses = written(WEB_ANNOTATION, panjshir)

    for cut in range(0, len(content) - 2, 97):
        with pytest.raises(IncompleteFile):
            read_back(WEB_ANNOTATION, content[:cut])
