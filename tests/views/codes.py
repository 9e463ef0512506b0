"""Second factors in tests: the codes that an authenticator app would show."""

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

FACTORS = "/account/second-factor/"
_KEY = re.compile(r'<code class="secret" dir="ltr">([A-Z2-7]+)</code>')


def code_of(secret: str, *, later: int = 0) -> str:
    """Give the code of an app, now or so many half minutes later."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))
    return code


def set_up_app(browser: Client) -> tuple[str, list[str]]:
    """Set up an app for whoever is signed in; give its secret and the recovery codes that are shown once."""
    secret = key_on(browser.get(f"{FACTORS}app/"))
    answer = browser.post(f"{FACTORS}app/", {"code": code_of(secret)}, follow=True)
    return secret, codes_on(answer)


def key_on(page: Any) -> str:
    """Read the key that an app is given."""
    found = _KEY.search(page.text)
    assert found, page.text
    return found[1]


def codes_on(page: Any) -> list[str]:
    """Read the recovery codes of a page."""
    return re.findall(r"<li>(\d{8})</li>", page.text)
