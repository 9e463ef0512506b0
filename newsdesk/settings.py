"""The one settings module: every value that a site may change is read by env.py and listed in .env.example."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from newsdesk import __version__, env
from newsdesk.logs import logging_settings
from newsdesk.secret_key import read_or_make_key

BASE_DIR = Path(__file__).resolve().parent.parent
SOFTWARE_VERSION = __version__

# --- Where things lie -------------------------------------------------------------------------------------------
NEWSDESK_VAR = env.env_path("NEWSDESK_VAR", BASE_DIR / "var")
NEWSDESK_PG_BIN = env.env_str("NEWSDESK_PG_BIN")

# --- Who may talk to us -----------------------------------------------------------------------------------------
DEBUG = env.env_bool("DEBUG", default=False)
SECRET_KEY = read_or_make_key(NEWSDESK_VAR)
# The loopback names always: health checks use them.
ALLOWED_HOSTS = [*env.env_list("ALLOWED_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.env_list("CSRF_TRUSTED_ORIGINS")

# --- Parts ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "newsdesk",
    "annotations",
]
MIDDLEWARE = [
    "newsdesk.middleware.RequestLogMiddleware",
    "newsdesk.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "newsdesk.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsdesk.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "newsdesk.urls"
WSGI_APPLICATION = "newsdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------------
# `default` reads and writes rows; `owner` owns the tables and is used by migrations only, so that nothing the
# application runs can drop a constraint or switch off a trigger.
DB_STATEMENT_TIMEOUT_SECONDS = env.env_int("DB_STATEMENT_TIMEOUT_SECONDS", 5)
DB_LOCK_TIMEOUT_SECONDS = env.env_int("DB_LOCK_TIMEOUT_SECONDS", 2)
DB_IDLE_TIMEOUT_SECONDS = env.env_int("DB_IDLE_TIMEOUT_SECONDS", 15)
_WEB_TIMEOUTS = " ".join(
    f"-c {name}={seconds}s"
    for name, seconds in {
        "statement_timeout": DB_STATEMENT_TIMEOUT_SECONDS,
        "lock_timeout": DB_LOCK_TIMEOUT_SECONDS,
        "idle_in_transaction_session_timeout": DB_IDLE_TIMEOUT_SECONDS,
    }.items()
)
_CONNECTION: dict[str, Any] = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
_ADDRESS = env.env_database("DATABASE_URL")
_OWNER_ADDRESS = env.env_database("DATABASE_OWNER_URL") or _ADDRESS


def _stock(address: env.DatabaseAddress) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "OPTIONS": {"application_name": "newsdesk", **address.options},
        **_CONNECTION,
    }


def _embedded(user: str) -> dict[str, Any]:
    return {
        "ENGINE": "newsdesk.embedded_postgres",
        "NAME": "newsdesk",
        "USER": user,
        "OPTIONS": {"application_name": "newsdesk"},
        "VAR": NEWSDESK_VAR,
        "PROGRAMS": NEWSDESK_PG_BIN,
        **_CONNECTION,
    }


DATABASES: dict[str, dict[str, Any]] = {
    "default": _stock(_ADDRESS) if _ADDRESS else _embedded("newsdesk"),
    "owner": _stock(_OWNER_ADDRESS) if _OWNER_ADDRESS else _embedded("newsdesk_owner"),
}
DATABASES["default"]["OPTIONS"]["options"] = " ".join(
    part for part in (DATABASES["default"]["OPTIONS"].get("options", ""), _WEB_TIMEOUTS) if part
)
# Test databases are made, migrated and dropped by the owner; the tests themselves connect as the application.
DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
DATABASES["owner"]["TEST"] = {"DEPENDENCIES": []}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "annotations.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_ADAPTER = "annotations.views.adapters.AccountAdapter"
MFA_ADAPTER = "annotations.views.adapters.SecondFactorAdapter"
SOCIALACCOUNT_ADAPTER = "annotations.views.adapters.ProviderAdapter"
ACCOUNT_FORMS = {
    "change_password": "annotations.views.credential_forms.PasswordChangeForm",
    "reauthenticate": "annotations.views.credential_forms.PasswordAgainForm",
    "reset_password": "annotations.views.credential_forms.ResetForm",
    "reset_password_from_key": "annotations.views.credential_forms.NewPasswordForm",
    "set_password": "annotations.views.credential_forms.FirstPasswordForm",
}
MFA_FORMS = {
    "activate_totp": "annotations.views.credential_forms.AppForm",
    "add_webauthn": "annotations.views.credential_forms.PasskeyForm",
    "authenticate": "annotations.views.credential_forms.CodeForm",
    "authenticate_webauthn": "annotations.views.credential_forms.PasskeyStepForm",
    "edit_webauthn": "annotations.views.credential_forms.PasskeyNameForm",
    "login_webauthn": "annotations.views.credential_forms.PasskeySignInForm",
    "reauthenticate": "annotations.views.credential_forms.CodeAgainForm",
    "reauthenticate_webauthn": "annotations.views.credential_forms.PasskeyAgainForm",
}
# allauth counts in the cache, which each process has for itself; we count in the database (services/sign_in.py).
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# How long what a person may do with their second factor and password stays open after the password was asked again.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "newsdesk"
# A clock may be half a minute off; no code works twice.
MFA_TOTP_TOLERANCE = 1
PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- Signing in at another site ---------------------------------------------------------------------------------
# OpenID Connect, by settings alone. Whoever uses it has an account here and has joined the two on the account page.
OIDC_SERVER_URL = env.env_str("OIDC_SERVER_URL")
OIDC_NAME = env.env_str("OIDC_NAME", "OpenID Connect")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": env.env_str("OIDC_CLIENT_ID"),
                "secret": env.env_secret("OIDC_CLIENT_SECRET") or "",
                "settings": {"server_url": OIDC_SERVER_URL, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
# Joining an account to another site opens a second way in, so the password is asked for first.
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# --- Mail -------------------------------------------------------------------------------------------------------
# Without a mail server nothing is sent, and pages do not offer what needs it.
EMAIL_HOST = env.env_str("EMAIL_HOST")
EMAIL_PORT = env.env_int("EMAIL_PORT", 587, minimum=1, maximum=65535)
EMAIL_HOST_USER = env.env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.env_secret("EMAIL_HOST_PASSWORD") or ""
_EMAIL_SECURITY = env.env_choice("EMAIL_SECURITY", "starttls", ("starttls", "tls", "none"))
EMAIL_USE_TLS = _EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = _EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.env_str("EMAIL_FROM", "newsdesk@localhost")
# Where people reach the site: links in mails start with it. Without it they have none.
SITE_URL = env.env_str("SITE_URL")

# --- Background work --------------------------------------------------------------------------------------------
# Tasks wait in the database; `serve` runs a worker beside the web processes (annotations/tasks).
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "OPTIONS": {"id_function": "uuid_utils.compat.uuid7"},
    }
}
# The package's own twenty-one steps write rows through the application's connection, which has no rights to tables
# that are only just being made; ours makes the table as it is now.
MIGRATION_MODULES = {"django_tasks_database": "newsdesk.task_migrations"}

# --- Behind HTTPS -----------------------------------------------------------------------------------------------
HTTPS = env.env_bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
# Whether names below this one speak HTTPS too is for their owner to say: HSTS_SUBDOMAINS, and a list of browsers.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.env_bool("HSTS_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_HSTS_SECONDS = env.env_int("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
# Only a proxy that sets the headers itself, and drops the visitor's, may be trusted with them.
TRUST_PROXY_HEADERS = env.env_bool("TRUST_PROXY_HEADERS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY_HEADERS else None

# --- Headers ----------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A browser holds the answer to a form to this too, so the site one may sign in at stands here.
        "form-action": [SELF, *env.origins(OIDC_SERVER_URL)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}

# --- Requests ---------------------------------------------------------------------------------------------------
# The largest thing a person may send outside a file is an article; the API checks its own limits first.
DATA_UPLOAD_MAX_MEMORY_SIZE = 26 * 1024 * 1024

WEB_WORKERS = env.env_int("WEB_WORKERS", 2, minimum=1, maximum=64)
WEB_THREADS = env.env_int("WEB_THREADS", 4, minimum=1, maximum=64)
WEB_QUEUE_SECONDS = env.env_int("WEB_QUEUE_SECONDS", 1, minimum=1, maximum=60)
WEB_ARRIVAL_SECONDS = env.env_int("WEB_ARRIVAL_SECONDS", 20, minimum=1, maximum=600)

# --- API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # Tokens first: session authentication in front would turn a 401 into a 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotations.api.auth.TokenAuthentication",
        "annotations.api.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["annotations.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["annotations.api.renderers.ORJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "annotations.api.negotiation.IgnoreAccept",
    "DEFAULT_SCHEMA_CLASS": "annotations.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": [],
    "EXCEPTION_HANDLER": "annotations.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
    # Else ?format= would be taken for the name of a renderer and answered with 404.
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "newsdesk",
    "VERSION": "1",
    "DESCRIPTION": "Annotations, links, decisions and exports of newsdesk. Offsets are Unicode code points.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Closed sets stand where they are used: several records have a `kind` of their own.
    "POSTPROCESSING_HOOKS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Webhooks ---------------------------------------------------------------------------------------------------
# Off, because the server then speaks to addresses that project admins type in.
WEBHOOKS = env.env_bool("WEBHOOKS", default=False)
# Hosts of one's own network that webhooks may reach all the same.
WEBHOOK_PRIVATE_HOSTS = env.env_list("WEBHOOK_PRIVATE_HOSTS")

# --- Static files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = NEWSDESK_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsdesk.storage.HashedStaticStorage"},
}

# --- Language and time ------------------------------------------------------------------------------------------
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"
# Arabic stands ready for its translation; a site shows it by LANGUAGES=en,ar.
_KNOWN_LANGUAGES = {"en": _("English"), "ar": _("Arabic")}
LANGUAGES = [(code, _KNOWN_LANGUAGES[code]) for code in env.env_choices("LANGUAGES", ("en",), _KNOWN_LANGUAGES)]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Watching ---------------------------------------------------------------------------------------------------
# /metrics answers to who sends this as a bearer token; without it there is no such page.
METRICS_TOKEN = env.env_secret("METRICS_TOKEN")
# /readyz says 503 when less is left on the disk of NEWSDESK_VAR.
MIN_FREE_DISK_MB = env.env_int("MIN_FREE_DISK_MB", 200)

# --- Logs -------------------------------------------------------------------------------------------------------
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings(level=env.env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")))
