"""The pages of django-allauth under our addresses: no cache keeps them, and a refused form is a 400."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount import views as provider
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponseBase]


def hosted(view: View, *methods: str) -> View:
    """Let a page of theirs answer as ours do; GET, HEAD and POST where no methods are named."""

    @sensitive_post_parameters()
    @require_http_methods(list(methods or ("GET", "HEAD", "POST")))
    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        try:
            response = view(request, **parameters)
        except (Http404, PermissionDenied) as refusal:
            status = 404 if isinstance(refusal, Http404) else 403
            response = render(request, f"{status}.html", status=status)
        context = getattr(response, "context_data", None) or {}
        form = context.get("form")
        if response.status_code == 200 and context.get("token_fail"):
            response.status_code = 410
        elif response.status_code == 200 and form is not None and form.is_bound and form.errors:
            response.status_code = 400
        add_never_cache_headers(response)
        return response

    return answer


def _with_provider(view: View) -> View:
    """Answer only where a site has named a provider."""

    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        if not settings.OIDC_SERVER_URL:
            raise Http404
        return view(request, **parameters)

    return answer


def _with_mail(view: View) -> View:
    """Answer only where a site sends mail."""

    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        if not settings.EMAIL_HOST:
            raise Http404
        return view(request, **parameters)

    return answer


def _provider_name() -> str:
    """Name the site one may sign in at; empty for none."""
    return settings.OIDC_NAME if settings.OIDC_SERVER_URL else ""


ask_second_factor = hosted(second_factor.authenticate)
sign_in_by_passkey = hosted(passkey.login_webauthn)
say_inactive = hosted(account.account_inactive, "GET", "HEAD")

ask_reset = hosted(_with_mail(account.password_reset))
say_reset_sent = hosted(_with_mail(account.password_reset_done), "GET", "HEAD")
reset_password = hosted(_with_mail(account.password_reset_from_key))
say_reset_done = hosted(_with_mail(account.password_reset_from_key_done), "GET", "HEAD")

go_to_provider = hosted(_with_provider(openid.login))
come_from_provider = hosted(_with_provider(openid.callback), "GET", "HEAD")
say_provider_cancelled = hosted(provider.login_cancelled, "GET", "HEAD")
say_provider_failed = hosted(provider.login_error, "GET", "HEAD")
show_providers = hosted(provider.ConnectionsView.as_view(extra_context={"provider_name": _provider_name}))

change_password = hosted(account.password_change)
set_first_password = hosted(account.password_set)
ask_password_again = hosted(account.reauthenticate)
ask_code_again = hosted(second_factor.reauthenticate)
ask_passkey_again = hosted(passkey.reauthenticate_webauthn)

show_second_factors = hosted(second_factor.index, "GET", "HEAD")
add_app = hosted(app.activate_totp)
remove_app = hosted(app.deactivate_totp)
show_recovery_codes = hosted(recovery.view_recovery_codes, "GET", "HEAD")
make_recovery_codes = hosted(recovery.generate_recovery_codes)
show_passkeys = hosted(passkey.list_webauthn, "GET", "HEAD")
add_passkey = hosted(passkey.add_webauthn)
rename_passkey = hosted(passkey.edit_webauthn)
remove_passkey = hosted(passkey.remove_webauthn)
