"""Readers of the environment: typed, and loud about a bad value."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsdesk import env


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("1", True), ("YES", True), ("off", False), ("0", False)]
)
def test_yes_and_no_are_read(monkeypatch, text, expected):
    monkeypatch.setenv("FLAG", text)
    assert env.env_bool("FLAG", default=not expected) is expected


def test_unset_and_empty_mean_the_default(monkeypatch):
    monkeypatch.setenv("EMPTY", "")
    assert env.env_bool("EMPTY", default=True) is True
    assert env.env_int("EMPTY", 7) == 7
    assert env.env_list("EMPTY", ("a",)) == ["a"]
    assert env.env_secret("EMPTY") is None
    assert env.env_database("EMPTY") is None


def test_lists_are_read_without_blanks(monkeypatch):
    monkeypatch.setenv("NAMES", " a.example, b.example ,")
    assert env.env_list("NAMES") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (env.env_bool, "maybe"),
        (lambda name: env.env_int(name, 1), "1.5"),
        (lambda name: env.env_int(name, 1), "-1"),
        (lambda name: env.env_int(name, 1), "١"),
        (lambda name: env.env_int(name, 1, minimum=1, maximum=9), "10"),
        (lambda name: env.env_choice(name, "a", ("a", "b")), "c"),
        (lambda name: env.env_choices(name, ("a",), ("a", "b")), "a,c"),
        (env.env_database, "mysql://u:p@h/d"),
        (env.env_database, "postgres://u:p@h/"),
        (env.env_database, "postgres://u:p@h:port/d"),
    ],
)
def test_a_bad_value_names_its_variable(monkeypatch, read, text):
    monkeypatch.setenv("SETTING", text)
    with pytest.raises(ImproperlyConfigured, match=r"^SETTING "):
        read("SETTING")


def test_a_bad_database_address_is_not_repeated(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://user:hidden@host/name")
    with pytest.raises(ImproperlyConfigured) as failure:
        env.env_database("DATABASE_URL")
    assert "hidden" not in str(failure.value)


def test_database_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u%40x:p%2Fw@db.example:5433/news?sslmode=require")
    assert env.env_database("DATABASE_URL") == env.DatabaseAddress(
        name="news", user="u@x", password="p/w", host="db.example", port="5433", options={"sslmode": "require"}
    )


def test_database_address_may_name_a_socket_folder(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u@/news?host=/run/postgresql")
    assert env.env_database("DATABASE_URL") == env.DatabaseAddress(
        name="news", user="u", password="", host="/run/postgresql", port="", options={}
    )


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "secret"))
    assert env.env_secret("SECRET") == "from the file"


def test_a_secret_given_twice_missing_or_empty_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="SECRET_FILE cannot be read"):
        env.env_secret("SECRET")
    (tmp_path / "none").touch()
    with pytest.raises(ImproperlyConfigured, match="SECRET_FILE names an empty file"):
        env.env_secret("SECRET")
    monkeypatch.setenv("SECRET", "also here")
    with pytest.raises(ImproperlyConfigured, match="not both"):
        env.env_secret("SECRET")
