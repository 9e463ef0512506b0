"""Addresses that may be spoken to, signatures, and when a message is tried again."""

import hashlib
import hmac

import pytest

from annotations.rules.webhooks import DELAYS, delay_after, is_public, sign, url_problem


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://[::ffff:10.0.0.1]/",
        "http://224.0.0.1/",
        "http://0.0.0.0/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "https://example.org/#part",
        "https://example.org/\n",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_leads_inside_or_nowhere_has_a_problem(url):
    assert url_problem(url)


@pytest.mark.parametrize("url", ["https://example.org/hook?x=1", "http://example.org:8080", "https://93.184.215.14/"])
def test_an_address_in_the_open_network_has_none(url):
    assert url_problem(url) == ""


def test_a_host_of_ones_own_network_may_be_excepted():
    assert url_problem("http://10.0.0.1/", ["10.0.0.1"]) == ""
    assert url_problem("http://10.0.0.2/", ["10.0.0.1"])


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "192.168.1.1", "100.64.0.1", "fe80::1%eth0", "fc00::1", "ff02::1", "240.0.0.1", "2001::1", "x"],
)
def test_other_networks_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_open_network_is_public(address):
    assert is_public(address)


def test_a_signature_covers_time_and_body():
    wanted = hmac.new(b"secret", b"7.{}", hashlib.sha256).hexdigest()

    assert sign("secret", 7, b"{}") == f"t=7,v1={wanted}"
    assert sign("secret", 8, b"{}") != sign("secret", 7, b"{}")


def test_delays_grow_until_it_is_enough():
    waits = [delay_after(attempts) for attempts in range(1, len(DELAYS) + 2)]

    assert waits == [*sorted(DELAYS), None]
