"""The settings of a server behind HTTPS."""

import os
import subprocess
import sys

from tests.newsdesk.site import ROOT, Site

PRODUCTION = {
    "HTTPS": "true",
    "TRUST_PROXY_HEADERS": "true",
    "ALLOWED_HOSTS": "news.example",
    "CSRF_TRUSTED_ORIGINS": "https://news.example",
    "SECRET_KEY": "k7-Qp2_vX9mZ4rT8wB1nL6sD3fG5hJ0yC8uE2iO4aPqRsTuVwXyZ",
}
# Asks the site as a proxy would, and prints what depends on HTTPS.
ASK = """
import django
django.setup()
from django.conf import settings
from django.test import Client
plain = Client(headers={"host": "localhost"}).get("/livez"), Client(headers={"host": "news.example"}).get("/login/")
answer = Client(headers={"host": "news.example", "x-forwarded-proto": "https"}).get("/livez")
print([found.status_code for found in plain], answer.status_code, answer["Strict-Transport-Security"])
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


def run(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PRODUCTION, "NEWSDESK_VAR": str(site.var), "PYTHONWARNINGS": "default"}
    environment["DJANGO_SETTINGS_MODULE"] = "newsdesk.settings"
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=60)


def test_the_deployment_check_warns_of_nothing(site: Site):
    checked = run(site, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


def test_https_is_asked_for_and_remembered(site: Site):
    asked = run(site, "-c", ASK)
    assert asked.stdout.splitlines() == ["[200, 301] 200 max-age=31536000", "True True True"], asked.stderr
