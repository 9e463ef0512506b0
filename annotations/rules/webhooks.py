"""What webhooks tell, when a failed message is tried again, how it is signed, and which addresses may be spoken to."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit


class Topic(StrEnum):
    """What a webhook may be told of."""

    DECISION = "decision"
    RELEASE = "release"
    PING = "ping"


class DeliveryState(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


CHOSEN: Final = (Topic.DECISION, Topic.RELEASE)
# After each failed attempt; then the message is given up. About a day in all.
DELAYS: Final = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=16),
)
SIGNATURE_HEADER: Final = "X-Newsdesk-Signature"
TOPIC_HEADER: Final = "X-Newsdesk-Topic"
DELIVERY_HEADER: Final = "X-Newsdesk-Delivery"

# Ranges that lead inside although `is_global` lets some of their addresses pass: NAT64, 6to4, Teredo, mapped.
_TRANSLATED: Final = tuple(
    ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96")
)
_PORTS: Final = range(1, 65536)


def delay_after(attempts: int) -> timedelta | None:
    """Answer how long to wait after so many failed attempts; None when it is enough."""
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def sign(secret: str, at: int, body: bytes) -> str:
    """Sign a message: `t=<seconds>,v1=<hex of HMAC-SHA256 over "<seconds>." and the body>`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_public(address: str) -> bool:
    """Say whether an address lies in the open network and nowhere else (docs/operations.md#webhooks)."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and any(found in net for net in _TRANSLATED):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def url_problem(url: str, private_hosts: Collection[str] = ()) -> str:
    """Say what is wrong with an address as it is written; empty when nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "This is no web address."
    host = parts.hostname
    if parts.scheme not in {"http", "https"} or not host or not url.isascii() or not url.isprintable():
        return "This is no web address: https://…"
    if parts.username is not None or parts.password is not None:
        return "An address holds no name or password."
    if parts.fragment or (port is not None and port not in _PORTS) or len(url) > 2000 or " " in url:
        return "This is no web address: https://…"
    if host in private_hosts:
        return ""
    if _is_address(host) and not is_public(host):
        return "This address is not in the open network."
    return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
