"""The secret key: random, made once, for the owner's eyes only."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsdesk.secret_key import read_or_make_key


def test_key_is_made_once_and_kept_private(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = read_or_make_key(tmp_path / "var")
    assert len(first) >= 64
    assert read_or_make_key(tmp_path / "var") == first
    assert read_or_make_key(tmp_path / "other") != first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_given_key_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    assert read_or_make_key(tmp_path) == "k" * 32
    assert list(tmp_path.iterdir()) == []


def test_short_key_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must hold at least 32"):
        read_or_make_key(tmp_path)
