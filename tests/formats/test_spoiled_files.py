"""Whatever is done to a file: its reader answers what is good and what is wrong, or refuses; it never breaks."""

import hashlib
import io
import json
import re
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from annotations.anchoring.anchor import Segment
from annotations.errors import Unprocessable
from annotations.formats import CODECS, DEFAULT_FORMAT
from annotations.formats.document import Document, Link
from annotations.formats.incoming import draft_annotation
from tests.formats.documents import HEADER, article_of, written

TWO_WAY = [codec for _name, codec in sorted(CODECS.items()) if codec.read and codec.write]
BOTH_WAYS = pytest.mark.parametrize("codec", TWO_WAY, ids=lambda codec: codec.name)
SPOILS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXT = "🚁 The army said: hold."
ARTICLE = article_of("00000000-0000-7000-8000-000000000001", TEXT, outlet=None, incidents=())
MARKS = (("a", "party", 2, 10), ("b", "claim", 17, 21))
ANNOTATIONS = tuple(
    draft_annotation(name, ARTICLE.id, kind, segments=(Segment(start, end),), exact=(TEXT[start:end],))
    for name, kind, start, end in MARKS
)
LINK = Link("l", "claimant", "b", "a", {}, "", "draft", 1, None, {}, None, None)
DOCUMENT = Document(HEADER, articles=(ARTICLE,), annotations=ANNOTATIONS, links=(LINK,))
FILES = {codec.name: written(codec, DOCUMENT)[0] for codec in TWO_WAY}

VALUES = st.sampled_from([b"null", b"[]", b"{}", b"-1", b"1e9", b'""', b"true", b"99999999999999999999", b'"\\ud83d"'])


def members(content):
    if not content.startswith(b"PK"):
        return {"": content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files):
    if "" in files:
        return files[""]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sealed(content):
    """Let the last line of a spoiled file of our own state the digest of what stands before it."""
    start = content.rstrip(b"\n").rfind(b"\n") + 1
    digest = hashlib.sha256(content[:start]).hexdigest().encode()
    return content[:start] + re.sub(rb'"sha256":"\w+"', b'"sha256":"' + digest + b'"', content[start:])


def assert_answers(codec, content):
    if codec.name == DEFAULT_FORMAT:
        content = sealed(content)
    with suppress(Unprocessable):
        reading = codec.read(io.BytesIO(content))
        assert all(reading.located(problem).line >= 1 for problem in reading.problems)


@SPOILS
@BOTH_WAYS
@given(data=st.data())
def test_bytes_put_in_taken_out_or_changed(codec, data):
    files = members(FILES[codec.name])
    name = data.draw(st.sampled_from(sorted(files)))
    content = files[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 20)))
    put = data.draw(st.binary(max_size=6))

    assert_answers(codec, packed({**files, name: content[:start] + put + content[end:]}))


@SPOILS
@BOTH_WAYS
@given(data=st.data())
def test_values_replaced_by_others(codec, data):
    files = members(FILES[codec.name])
    name = data.draw(st.sampled_from(sorted(files)))
    values = list(re.finditer(rb'(?<=:)"[^"]*"|(?<=: )"[^"]*"|(?<==)"[^"]*"|\b\d+\b', files[name]))
    if not values:
        return
    found = data.draw(st.sampled_from(values))
    content = files[name][: found.start()] + data.draw(VALUES) + files[name][found.end() :]

    assert_answers(codec, packed({**files, name: content}))


@BOTH_WAYS
@given(content=st.binary(max_size=200))
@example(content=b"")
@example(content=b"null")
@example(content=b"[[]]")
@example(content=json.dumps({"first": {"items": [None]}}).encode())
@example(content=b'[{"data":null,"annotations":[{"result":[null]}]}]')
@example(content=b'{"text":"x","entities":{"a":1},"relations":7}')
def test_files_of_something_else(codec, content):
    assert_answers(codec, content)
