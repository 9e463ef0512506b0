"""The settings of the tests: the site's own, with a cluster of their own and cheap password hashes."""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_SITE = Path(os.environ.get("NEWSDESK_VAR") or _ROOT / "var")
os.environ["NEWSDESK_VAR"] = str(_SITE if _SITE.name == "test" else _SITE / "test")
os.environ.setdefault("LANGUAGES", "en,ar")
os.environ.setdefault("LOG_LEVEL", "ERROR")

from newsdesk.settings import *  # noqa: E402, F403
from newsdesk.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

# A name for each run, so that two runs at once do not drop each other's database.
DATABASES["owner"]["TEST"]["NAME"] = os.environ.get("NEWSDESK_TEST_DATABASE") or f"test_newsdesk_{os.getpid()}"

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Names without digests need no collecting; tests/newsdesk/test_static.py tries the site's storage.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# whitenoise warns when the folder is missing, and warnings are errors.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
