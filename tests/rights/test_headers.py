"""Every page, fragment and answer carries the strict policy, whoever asks, and is kept by no cache."""

import pytest

from tests.rights.cells import SESSION, Asker, Cell
from tests.rights.places import make_places
from tests.rights.table import ROWS

# Open pages hold nothing of anybody; static files have names of their own.
PRIVATE = [row for row in ROWS if row.method in {"GET", "POST"} and row.least not in {"open", "nobody"}]
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.mark.django_db(transaction=True)
def test_every_answer_carries_the_strict_headers() -> None:
    places = make_places()
    asker, wrong = Asker(places), {}
    for row in ROWS:
        for person in ("", "ana", "zoe"):
            headers = asker.send(Cell(row, person, SESSION if person else "")).headers
            is_strict = {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
            policy = headers.get("Content-Security-Policy", "")
            is_strict &= "default-src 'none'" in policy and "unsafe" not in policy and "camera=()" in str(headers)
            is_private = bool(person) and row in PRIVATE
            if not is_strict or (is_private and "no-store" not in headers.get("Cache-Control", "")):
                wrong[row.name, person] = dict(headers)
        asker = Asker(places) if row.path == "/logout/" else asker
    assert wrong == {}
