"""CoNLL: labels that begin rightly, one layer, and a report of every span that did not fit."""

import re

from hypothesis import HealthCheck, given, settings

from annotations.anchoring.anchor import Segment
from annotations.formats.conll import CONLL
from annotations.formats.document import Document
from annotations.formats.incoming import draft_annotation
from tests.formats.documents import HEADER, article_of, documents, written

SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parts_of(content):
    """As others read it: articles of sentences of (word, label)."""
    parts = content.decode().split("-DOCSTART- -X- O O\n\n")[1:]
    return [
        [[(line.split(" ")[0], line.split(" ")[3]) for line in sentence.split("\n") if line] for sentence in sentences]
        for sentences in (re.split(r"\n{2,}", part.strip("\n")) for part in parts)
    ]


def spans_of(part):
    """Spans of one article as (kind, words), by the rules of IOB2."""
    found: list[tuple[str, list[str]]] = []
    for sentence in part:
        before = "O"
        for word, label in sentence:
            if label.startswith("B-"):
                found.append((label[2:], [word]))
            elif label.startswith("I-"):
                assert before[2:] == label[2:], "a span goes on that has not begun"
                found[-1][1].append(word)
            before = label
    return found


def export(text, *annotations):
    article = article_of("a", text)
    made = tuple(
        draft_annotation(f"x{number}", "a", kind, segments=tuple(Segment(*pair) for pair in pairs))
        for number, (kind, pairs) in enumerate(annotations)
    )
    content, losses = written(CONLL, Document(HEADER, articles=(article,), annotations=made))
    [part] = parts_of(content)
    return spans_of(part), {loss.what: loss.ids for loss in losses}


@SLOW
@given(documents())
def test_every_span_is_labelled_or_reported(document):
    content, losses = written(CONLL, document)

    lost = {record for loss in losses if loss.what == "overlapping" for record in loss.ids}
    parts = parts_of(content)
    assert len(parts) == len(document.articles)
    assert {loss.what for loss in losses} <= {loss.what for loss in CONLL.losses}
    for article, part in zip(document.articles, parts, strict=True):
        spans = spans_of(part)
        kept = [one for one in document.annotations if one.article == article.id and one.id not in lost]
        assert len(spans) >= sum(len(annotation.segments) for annotation in kept)
        assert all(re.sub(r"\s", "", word) in article.text for sentence in part for word, _label in sentence)


def test_outermost_span_is_kept():
    spans, lost = export("The army said hold.", ("party", [(0, 8)]), ("quote", [(0, 18)]), ("cue", [(9, 13)]))

    assert spans == [("quote", ["The", "army", "said", "hold"])]
    assert lost["overlapping"] == ("x0", "x2")


def test_span_that_cuts_a_word_is_widened_and_reported():
    spans, lost = export("The armyside said.", ("party", [(0, 8)]))

    assert spans == [("party", ["The", "armyside"])]
    assert lost["widened"] == ("x0",)


def test_neighbours_of_one_kind_stay_two():
    spans, _lost = export("army rebels", ("party", [(0, 4)]), ("party", [(5, 11)]))

    assert spans == [("party", ["army"]), ("party", ["rebels"])]


def test_no_sentence_ends_within_a_span():
    spans, lost = export("He said. “Yes.\nNo.” Then left.", ("quote", [(9, 19)]))

    assert spans == [("quote", ["“", "Yes", ".", "No", ".", "”"])]
    assert "widened" not in lost


def test_segments_are_spans_of_their_own():
    spans, lost = export("“If”, he said, “then”.", ("quote", [(0, 4), (15, 21)]))

    assert len(spans) == 2
    assert lost["segments_apart"] == ("x0",)
