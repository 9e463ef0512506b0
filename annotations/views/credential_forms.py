"""The forms of django-allauth in our look; each guess at a secret is counted in the database."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    default_token_generator,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as SecondFactorAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.models import User
from annotations.services.sign_in import forget_attempts, spend_code
from annotations.views.forms import dress_fields
from annotations.views.visitors import address_of, hold_back

_LONGEST_NAME = 100


class OurLook(forms.Form):
    """Gives fields our class, our words and no placeholder, which would repeat the label."""

    words: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        dress_fields(self)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            # allauth's help is HTML; ours is a sentence.
            field.help_text = " ".join(password_validators_help_texts()) if name == "password1" else ""


class PasswordChangeForm(OurLook, ChangePasswordForm):
    """The present password and a new one."""

    words = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }

    def clean_oldpassword(self) -> str:
        """Compare, but not too often."""
        hold_back(context.request, self.user.username)
        given: str = super().clean_oldpassword()
        forget_attempts(account=self.user.username, address=address_of(context.request))
        return given


class FirstPasswordForm(OurLook, SetPasswordForm):
    """A password for who came by a link."""

    words = {"password1": _("New password"), "password2": _("New password, once more")}


class NewPasswordForm(OurLook, ResetPasswordKeyForm):
    """A new password for who forgot theirs."""

    words = {"password1": _("New password"), "password2": _("New password, once more")}


class PasswordAgainForm(OurLook, ReauthenticateForm):
    """The password once more; attempts are counted where it is compared."""

    words = {"password": _("Password")}


class ResetForm(OurLook, ResetPasswordForm):
    """Where to send a link for a new password. What is answered does not depend on whose address it is."""

    words = {"email": _("E-mail address")}

    def clean_email(self) -> str:
        """Count before looking anybody up."""
        hold_back(context.request, f"reset {self.cleaned_data['email']}")
        given: str = super().clean_email()
        return given

    def save(self, request: HttpRequest, **_options: Any) -> str:
        """Send one mail in either case, so that the answer takes equally long."""
        email: str = self.cleaned_data["email"]
        if self.users:
            request_password_reset(request, email, self.users, default_token_generator)
        else:
            get_account_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class CodeForm(OurLook, AuthenticateForm):
    """A code of the app, or a recovery code, after the password."""

    words = {"code": _("Code")}

    def clean_code(self) -> str:
        """Take each code once, and not too many guesses."""
        _count_code(self.user)
        return _spend(self.user, super().clean_code())


class CodeAgainForm(OurLook, SecondFactorAgainForm):
    """A code once more, before something that matters."""

    words = {"code": _("Code")}

    def clean_code(self) -> str:
        """Take each code once, and not too many guesses."""
        _count_code(self.user)
        return _spend(self.user, super().clean_code())


class AppForm(OurLook, ActivateTOTPForm):
    """The first code of an authenticator app."""

    words = {"code": _("Code that the app shows")}

    def clean_code(self) -> str:
        """Compare, but not too often; who shows it has said who they are."""
        _count_code(self.user)
        given = _spend(self.user, super().clean_code())
        record_authentication(context.request, self.user, "mfa", reauthenticated=True)
        return given


class PasskeyForm(OurLook, AddWebAuthnForm):
    """A new passkey; what the browser made comes in a hidden field."""

    words = {"passwordless": _("Also sign in with it alone, without a password")}
    name = forms.CharField(label=_("Name"), max_length=_LONGEST_NAME, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what the choice asks of the device."""
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].help_text = gettext("The device then asks for its own PIN or a fingerprint.")

    def clean(self) -> dict[str, Any]:
        """Check what the device made; who holds it has said who they are."""
        with _refusing_broken_passkeys():
            given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            record_authentication(context.request, self.user, "mfa", reauthenticated=True)
        return given


class PasskeyNameForm(OurLook, EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=_LONGEST_NAME)


class PasskeySignInForm(OurLook, LoginWebAuthnForm):
    """What a passkey answered, to sign in with it alone. It cannot be guessed; addresses are held back all the same."""

    def clean_credential(self) -> Any:
        """Count under the address."""
        address = address_of(context.request)
        hold_back(context.request, f"passkey {address}")
        with _refusing_broken_passkeys():
            given = super().clean_credential()
        forget_attempts(account=f"passkey {address}", address=address)
        return given


class PasskeyStepForm(OurLook, AuthenticateWebAuthnForm):
    """What a passkey answered as the second step."""

    def clean_credential(self) -> Any:
        """Compare what the device signed."""
        with _refusing_broken_passkeys():
            return super().clean_credential()


class PasskeyAgainForm(OurLook, ReauthenticateWebAuthnForm):
    """What a passkey answered once more, before something that matters."""

    def clean_credential(self) -> Any:
        """Compare what the device signed."""
        with _refusing_broken_passkeys():
            return super().clean_credential()


@contextmanager
def _refusing_broken_passkeys() -> Iterator[None]:
    """Refuse what no device sends: allauth and its library read the parts unchecked. Raises: ValidationError."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, struct.error) as broken:
        raise get_adapter().validation_error("incorrect_code") from broken


def _count_code(user: User) -> None:
    hold_back(context.request, _code_account(user))


def _spend(user: User, code: str) -> str:
    """Refuse a code that was used, in whatever process. Raises: ValidationError."""
    plain = "".join(sign for sign in code if sign.isalnum()).casefold()
    if not spend_code(user_id=user.pk, code=plain):
        raise get_adapter().validation_error("incorrect_code")
    forget_attempts(account=_code_account(user), address=address_of(context.request))
    return code


def _code_account(user: User) -> str:
    return f"second factor {user.pk}"
