"""Errors of newsdesk → a sentence for people with the right status: a fragment for htmx, else a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.errors import FieldError, NewsdeskError, NotAuthenticated, SecondFactorRequired
from annotations.models import User
from annotations.queries.access import Actor
from annotations.views.htmx import is_htmx

P = ParamSpec("P")

# By code: what happened, and what to do next. Codes that only programs meet keep the sentence of errors.py.
SENTENCES: Final[Mapping[str, str | Promise]] = {
    "not_authenticated": _("You are signed out. Sign in again; nothing you typed here is lost."),
    "not_allowed": _("Your role in this project does not allow this."),
    "not_found": _("There is nothing at this address that you may see."),
    "second_factor_required": _("This project asks for a second factor. Set one up on your account page."),
    "not_yours": _("Only its author may do this."),
    "own_work": _("You wrote or edited this. Somebody else has to decide on it."),
    "stale_version": _("This was changed meanwhile. It is shown as it is now; look again and repeat."),
    "changed_since": _("This was changed since you did it, so it stays as it is. Look at it, or leave the step out."),
    "wrong_state": _("This step is not possible any more. It is shown as it is now; look again."),
    "reason_required": _("Choose a reason first; the reason “Other” needs a comment too."),
    "ends_not_approved": _("A link can be approved only together with both of its ends."),
    "incomplete": _("Something that belongs to this has to be approved with it."),
    "text_mismatch": _("The text at this place differs from what was marked. Select it again."),
    "splits_grapheme": _("The selection cuts through a character. Select it again a little wider."),
    "duplicate_annotation": _("You have already marked this with the same kind."),
    "duplicate_link": _("These two are already linked in this way."),
    "duplicate_article": _("This project already has an article with exactly this text."),
    "kind_not_allowed": _("These two kinds cannot be linked in this way."),
    "self_link": _("A tag cannot be linked to itself."),
    "cross_article_not_allowed": _("A link of this type cannot leave its article."),
    "outside_quote": _("The claim has to lie inside the quote."),
    "already_expressed": _("This claim already belongs to a quote. Remove that link first."),
    "kind_off": _("This project does not mark cues. An admin can switch them on in the settings."),
    "already_masked": _("Nothing is left to mask here."),
    "undecided": _("The same words stand elsewhere. Decide for each place; if one came after the request, ask anew."),
    "names_it": _("Leave the passage itself out of the reason: it is kept."),
    "already_cued": _("This already has a cue. Remove that link first."),
    "breaks_links": _("This change would break links. Remove them first."),
    "in_use": _("Other records refer to this, so it cannot be deleted."),
    "immutable": _("A stored text never changes. Add the corrected page as a new article."),
    "last_admin": _("A project needs an admin. Make somebody else admin first."),
    "too_large": _("This is larger than the limit. Send it in smaller parts."),
    "throttled": _("Too many attempts. Wait a little and try again."),
    "unavailable": _("The database is away for a moment. Nothing was changed; try again in a few seconds."),
    "invalid": _("Some fields are not right."),
    "blank": _("This may not be blank."),
    "required": _("This is needed."),
    "too_long": _("This is too long."),
    "invalid_choice": _("Choose one of the list."),
    "taken": _("This is already taken."),
}
TITLES: Final[Mapping[int, str | Promise]] = {
    400: _("That did not work"),
    401: _("Signed out"),
    403: _("Not allowed"),
    404: _("Nothing here"),
    409: _("Cannot be done now"),
    410: _("No longer valid"),
    412: _("Changed meanwhile"),
    413: _("Too large"),
    422: _("That did not work"),
    429: _("Too many attempts"),
    503: _("Away for a moment"),
}


# What has a page of its own, because there is more to say.
_PAGES: Final = {"second_factor_required": "accounts/second_factor.html"}


@dataclass(frozen=True, slots=True)
class Alert:
    """A message: `tone` is bad, warn or ok; `points` are further sentences, one thing each."""

    sentence: str
    tone: str = "bad"
    title: str = ""
    points: tuple[str, ...] = ()
    link: str = ""
    link_label: str = ""


def page(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only signed-in people in, hand the view who acts, and tell its errors in words."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return _sign_in_first(request)
        try:
            response = view(request, Actor(request.user), *args, **kwargs)
        except NewsdeskError as error:
            response = problem_response(request, error)
        add_never_cache_headers(response)
        return response

    return answer


def problem_response(request: HttpRequest, error: NewsdeskError) -> HttpResponse:
    """Answer an error with its status: the alert alone for htmx, else a page around it."""
    template = "shared/_alert.html" if is_htmx(request) else _PAGES.get(error.code, "shared/problem.html")
    response = render(request, template, {"alert": alert_of(error)}, status=error.status)
    if error.status in {429, 503}:
        response["Retry-After"] = str(error.extras.get("retry_after", 2))
    return response


def alert_of(error: NewsdeskError) -> Alert:
    """Say in words what an error means and what to do."""
    points = tuple(sentence for sentence in map(field_sentence, error.errors) if sentence)
    sentence = sentence_of(error)
    title = str(TITLES.get(error.status, _("That did not work")))
    points = tuple(dict.fromkeys(p for p in points if p != sentence))
    if error.code == SecondFactorRequired.code:
        return Alert(sentence, title=title, link=reverse("mfa_index"), link_label=gettext("Set one up"))
    return Alert(sentence, title=title, points=points)


def sentence_of(error: NewsdeskError) -> str:
    """Give the sentence for a code; a code without one of ours keeps the sentence it was raised with."""
    return str(SENTENCES[error.code]) if error.code in SENTENCES else gettext(error.detail)


def field_sentence(error: FieldError) -> str:
    """Give the sentence for one field's problem."""
    if error.code in SENTENCES and error.code != "invalid":
        return str(SENTENCES[error.code])
    return gettext(error.detail) if error.detail else ""


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    login = reverse("login")
    if is_htmx(request):
        alert = Alert(sentence_of(NotAuthenticated()), link=login, link_label=gettext("Sign in"))
        return render(request, "shared/_alert.html", {"alert": alert}, status=401)
    return redirect(f"{login}?{urlencode({'next': request.get_full_path()})}")
