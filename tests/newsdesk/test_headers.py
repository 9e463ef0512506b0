"""Headers of every answer, and what the log says about it."""

import json
import logging

import pytest

from newsdesk.logs import logging_settings

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/login/", "/there-is-no-such-page/"])
def test_every_answer_carries_the_strict_policy(client, path):
    headers = client.get(path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers


def test_request_id_is_ours_and_new_each_time(client):
    first = client.get("/livez", headers={"X-Request-Id": "theirs"})["X-Request-Id"]
    second = client.get("/livez")["X-Request-Id"]
    assert "theirs" not in {first, second}
    assert first != second


def formatted(**details):
    described = logging_settings(level="INFO")["formatters"]["json"]
    formatter = described.pop("()")(**described)
    record = logging.LogRecord("django.request", logging.ERROR, "file", 1, "%s: %s", (), None)
    record.__dict__.update(details)
    return json.loads(formatter.format(record))


def test_log_holds_neither_the_path_nor_the_words_of_an_exception():
    with pytest.raises(ValueError, match="secret words") as failure:
        int("secret words")
    error = failure.value
    line = formatted(args=("Not Found", "/login/link/secret/"), exc_info=(type(error), error, error.__traceback__))
    assert "secret" not in json.dumps(line)
    assert line["exception"] == "ValueError"
    assert line["frames"]
