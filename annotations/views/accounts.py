"""Signing in and out, and one's account. Who exists is never told: every failed sign-in looks the same."""

from typing import Final

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.errors import InvalidFields, NewsdeskError, Throttled
from annotations.models import User
from annotations.queries.access import Actor, has_second_factor
from annotations.services.accounts import set_email, use_sign_in_link
from annotations.services.sign_in import count_attempt, forget_attempts
from annotations.views.forms import PlainForm
from annotations.views.problems import page, sentence_of
from annotations.views.visitors import address_of

THEMES: Final = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
_YEAR_SECONDS: Final = 31_536_000


class SignInForm(PlainForm):
    """Name and password; neither is changed before it is compared."""

    login = forms.CharField(
        label=_("User name"),
        strip=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "dir": "auto"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AppearanceForm(PlainForm):
    """How pages look in this browser."""

    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class EmailForm(PlainForm):
    """Where mail for a person goes."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, and sign in under a new session key."""
    address = _safe_next(request)
    if request.user.is_authenticated:
        return redirect(address)
    form = SignInForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            user = _person(request, form.cleaned_data["login"], form.cleaned_data["password"])
        except Throttled as error:
            refusal = error
            form.add_error(None, sentence_of(error))
        else:
            if user is not None:
                # A second factor is asked for first, where the person has one.
                return _signed_in(request, user, address)
            form.add_error(None, gettext("User name and password do not match. Please try again."))
    context = {
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "sends_mail": bool(settings.EMAIL_HOST),
        "provider": settings.OIDC_NAME if settings.OIDC_SERVER_URL else "",
    }
    response = render(request, "accounts/login.html", context, status=400 if form.errors else 200)
    if refusal is not None:
        response.status_code = refusal.status
        response["Retry-After"] = str(refusal.extras["retry_after"])
    return response


@never_cache
@require_safe
def sign_in_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in with a link that works once; one that does not work any more says so."""
    try:
        user = use_sign_in_link(secret=secret)
    except NewsdeskError:
        return render(request, "accounts/link_used.html", status=410)
    return _signed_in(request, user, settings.LOGIN_REDIRECT_URL)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("login")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show who one is; keep the colours and language of this browser in cookies."""
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    present = {"theme": request.COOKIES.get("theme", "system"), "language": language}
    form = AppearanceForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        return _keep_appearance(form.cleaned_data["theme"], form.cleaned_data["language"])
    context = {
        "form": form,
        "person": actor.user,
        "has_languages": len(settings.LANGUAGES) > 1,
        "has_second_factor": has_second_factor(actor.user),
        "provider": settings.OIDC_NAME if settings.OIDC_SERVER_URL else "",
    }
    return render(request, "accounts/account.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def change_email(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep where a link for a new password goes; the password is asked for first."""
    raise_if_reauthentication_required(request, app="")
    form = EmailForm(request.POST or None, initial={"email": actor.user.email})
    if request.method == "POST" and form.is_valid():
        try:
            set_email(user=actor.user, email=form.cleaned_data["email"])
        except InvalidFields as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, gettext("The address is kept."), extra_tags="ok")
            return redirect("account")
    return render(request, "accounts/email.html", {"form": form}, status=400 if form.errors else 200)


def _signed_in(request: HttpRequest, user: User, address: str) -> HttpResponse:
    """Sign in under a new session key, or ask for the second factor first."""
    response: HttpResponse = perform_login(request, user, redirect_url=address)
    return response


def _person(request: HttpRequest, name: str, password: str) -> User | None:
    """Answer who has that name and password; every attempt is counted first. Raises: Throttled."""
    address = address_of(request)
    count_attempt(account=name, address=address)
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        return None
    forget_attempts(account=name, address=address)
    return user


def _keep_appearance(theme: str, language: str) -> HttpResponse:
    response = redirect("account")
    if theme != "system":
        response.set_cookie("theme", theme, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.HTTPS)
    else:
        response.delete_cookie("theme", samesite="Lax")
    if check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR_SECONDS, samesite="Lax", secure=settings.HTTPS
        )
    return response


def _safe_next(request: HttpRequest) -> str:
    """Answer where to go after signing in: only ever an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_safe else settings.LOGIN_REDIRECT_URL
