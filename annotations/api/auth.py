"""Who asks: a bearer token or a browser session. `request.auth` is the Actor that the gate takes."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.authentication import CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from annotations.models import User
from annotations.queries.access import Actor
from annotations.queries.accounts import valid_token
from annotations.rules.permissions import Scope
from annotations.services.accounts import note_use


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer nd_…`. Stands first, so that nobody signed in is 401 and not 403."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """Answer the token's owner; None when no bearer token was sent. Raises: AuthenticationFailed."""
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        found = valid_token(token.strip())
        if found is None:
            raise AuthenticationFailed(_("This token is not valid; make a new one."))
        note_use(token=found)
        return found.user, Actor(found.user, Scope(found.scope))

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme in the WWW-Authenticate header of a 401."""
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; writes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """Answer the signed-in user; None when there is no session. Raises: PermissionDenied (CSRF)."""
        found = super().authenticate(request)
        if found is None:
            return None
        user: User = found[0]
        return user, Actor(user)

    def enforce_csrf(self, request: Request) -> None:
        """Check the token on Django's own request: DRF's would parse the body before its turn.

        Raises: PermissionDenied.
        """
        check = CSRFCheck(_no_response)
        check.process_request(request._request)
        if check.process_view(request._request, _no_response, (), {}) is not None:
            raise PermissionDenied(_("The CSRF token is missing or wrong; load the page again."))


def _no_response(_request: HttpRequest) -> HttpResponse:
    """Stand where CSRFCheck wants a view; nothing calls it."""
    return HttpResponse()
