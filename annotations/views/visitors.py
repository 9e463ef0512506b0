"""Where a request comes from, and holding back who tries too often."""

import ipaddress

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest

from annotations.errors import Throttled
from annotations.services.sign_in import count_attempt
from annotations.views.problems import problem_response


def address_of(request: HttpRequest) -> str:
    """Answer where a request comes from: what the trusted proxy saw, never what the visitor claims."""
    if settings.TRUST_PROXY_HEADERS:
        # The proxy adds the address it saw at the end; what stands before came with the request.
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or request.META["REMOTE_ADDR"]
    return str(request.META.get("REMOTE_ADDR", ""))


def storable_address_of(request: HttpRequest) -> str:
    """Answer the address for a column that holds nothing but addresses; a proxy may send other words."""
    try:
        return str(ipaddress.ip_address(address_of(request)))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - nothing listens here


def hold_back(request: HttpRequest, account: str) -> None:
    """Count an attempt for an account and an address, in the database.

    Raises: ImmediateHttpResponse, the page that says to wait.
    """
    try:
        count_attempt(account=account, address=address_of(request))
    except Throttled as error:
        raise ImmediateHttpResponse(problem_response(request, error)) from error
