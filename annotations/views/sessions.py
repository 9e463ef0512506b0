"""The page of one's sessions: where one is signed in, and signing out there."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.queries.access import Actor
from annotations.queries.sessions import sessions_of
from annotations.services.sessions import end_session, end_sessions, note_session
from annotations.views.problems import page
from annotations.views.visitors import storable_address_of

# The first that is found in what a browser says about itself; several of them name others too.
_BROWSERS: Final = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedSession:
    """Where one is signed in."""

    number: int
    browser: str
    address: str
    began_at: datetime
    is_this: bool


@require_safe
@page
def show_sessions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List one's sessions, this one first."""
    key = request.session.session_key or ""
    agent = request.headers.get("User-Agent", "")
    note_session(user=actor.user, key=key, address=storable_address_of(request), browser=agent)
    listed = [
        ListedSession(found.pk, _browser(found.user_agent), found.ip, found.created_at, found.session_key == key)
        for found in sessions_of(actor.user)
    ]
    return render(request, "accounts/sessions.html", {"listed": sorted(listed, key=lambda found: not found.is_this)})


@require_POST
@page
def end_one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Sign out somewhere else, or here."""
    end_session(user=actor.user, number=number)
    messages.success(request, gettext("That session has ended."), extra_tags="ok")
    return redirect("sessions")


@require_POST
@page
def end_others(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sign out everywhere but here."""
    number = end_sessions(user=actor.user, but=request.session.session_key or "")
    told = ngettext("%(number)d session has ended.", "%(number)d sessions have ended.", number)
    messages.success(request, told % {"number": number}, extra_tags="ok")
    return redirect("sessions")


def _browser(agent: str) -> str:
    """Name browser and system by what the browser says about itself."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if re.search(rf"\b{sign}\b", agent)), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown browser")
