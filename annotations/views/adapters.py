"""How django-allauth behaves here: no sign-up, limits and secrets in the database, no address of another site."""

import base64
import hashlib
import logging
import secrets
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from annotations.models import User
from annotations.services.accounts import set_password
from annotations.services.sign_in import forget_attempts
from annotations.views.visitors import address_of, hold_back, storable_address_of

_TONES: Final = {messages.SUCCESS: "ok", messages.WARNING: "warn", messages.ERROR: "bad"}
# The ways in which somebody says once more that it is them, as allauth calls them.
_WAYS: Final = {
    "reauthenticate": _("Use the password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
_log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Passwords, addresses and messages."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: people come by invitation."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer JSON only to the script that asks for the options of a passkey."""
        is_passkey = request.path == reverse("mfa_login_webauthn") and request.method == "GET"
        return is_passkey and request.headers.get("Accept") == "application/json"

    def is_safe_url(self, url: str) -> bool:
        """Take only addresses of this site; allauth would take every allowed host."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_client_ip(self, request: HttpRequest) -> str:
        """Answer what our limits count under."""
        return storable_address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Compare a password that is asked for again; attempts are counted in the database."""
        name = credentials.get("username", "")
        hold_back(request, name)
        user = authenticate(request, username=name, password=credentials.get("password"))
        if not isinstance(user, User):
            return None
        forget_attempts(account=name, address=address_of(request))
        return user

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Name the ways in our words."""
        return [{**way, "description": _WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password, and end every session of the person."""
        set_password(user=user, password=password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the sign-in page: the session has ended with the others."""
        return reverse("login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Write the link of the mail."""
        user, _hyphen, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": user, "key": secret})
        return str(self.request.build_absolute_uri(path))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **options: Any) -> None:
        """Say it in one of our tones."""
        super().add_message(request, level, *args, **{**options, "extra_tags": _TONES.get(level, "")})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, and answer the same when the mail server is away: who has an account here is not told by a failure."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            _log.warning("mail could not be sent: %s", type(error).__name__)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes encrypted with the site's key."""

    def encrypt(self, text: str) -> str:
        """Encrypt for the database."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt; after a change of the site's key give a secret that nobody knows, so that no code fits."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_label(self, user: User) -> str:
        """Name the account in the app by its user name, not by its mail."""
        return user.username

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Name the account in a passkey by its user name, not by its mail."""
        return {**super().get_public_key_credential_user_entity(user), "name": user.username}

    def _get_site_name(self) -> str:
        return "newsdesk"


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Signing in at another site: only for accounts that were joined to it here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse: people come by invitation."""
        return False


def _box() -> Fernet:
    key = hashlib.sha256(f"second factor {settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
