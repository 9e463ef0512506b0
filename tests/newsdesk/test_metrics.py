"""Numbers for Prometheus: off unless asked for, only for who knows the token, and nothing but numbers."""

import re

import pytest

pytestmark = pytest.mark.django_db
TOKEN = "a token for the numbers, of some length"


@pytest.fixture
def asked(settings):
    settings.METRICS_TOKEN = TOKEN


def read(client):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))


def test_there_is_no_such_page_without_the_setting(client, settings):
    assert settings.METRICS_TOKEN is None
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"])
def test_only_the_token_opens_it(client, asked, given):
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 401


def test_requests_are_counted_by_skin_and_class_of_status(client, asked):
    before = read(client)
    client.get("/login/")
    client.get("/there-is-no-such-page/")
    client.get("/api/v1/me/")
    client.get("/livez")
    after = read(client)
    grown = {name: float(after[name]) - float(before[name]) for name in after if "requests_total" in name}
    assert {name: number for name, number in grown.items() if number} == {
        'newsdesk_requests_total{skin="page",status="2xx"}': 1,
        'newsdesk_requests_total{skin="page",status="4xx"}': 1,
        'newsdesk_requests_total{skin="api",status="4xx"}': 1,
    }
    pages = 'newsdesk_request_seconds_count{skin="page"}'
    assert float(after[pages]) - float(before[pages]) == 2
    assert after['newsdesk_request_seconds_bucket{skin="page",le="+Inf"}'] == after[pages]


def test_health_is_among_the_numbers(client, asked, settings):
    assert read(client)["newsdesk_ready"] == "1"
    settings.MIN_FREE_DISK_MB = 10**12
    assert read(client)["newsdesk_ready"] == "0"


def test_every_line_has_the_form_prometheus_reads(client, asked):
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    line = re.compile(r'# TYPE \w+ \w+|\w+(\{\w+="[\w.+]+"(,\w+="[\w.+]+")*\})? [\d.]+')
    assert [found for found in text.splitlines() if not line.fullmatch(found)] == []


def test_readyz_refuses_a_disk_that_is_nearly_full(client, settings):
    settings.MIN_FREE_DISK_MB = 10**12
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": ["disk"]})
