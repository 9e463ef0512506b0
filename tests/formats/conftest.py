"""The sets that every format is tried on: nothing, and a real article annotated in full."""

import pytest

from annotations.formats.document import Document
from annotations.formats.native import read
from tests.formats.documents import HEADER, document_of


@pytest.fixture
def empty():
    return Document(HEADER)


@pytest.fixture
def panjshir(shared_data):
    with (shared_data / "panjshir" / "panjshir.jsonl").open("rb") as file:
        return document_of(read(file))
