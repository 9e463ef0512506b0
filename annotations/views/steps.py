"""Undo and redo of what one did in an article."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from annotations.queries.access import Actor
from annotations.queries.workbench import places_of
from annotations.services.undo import Retraced, forget_step, redo_step, undo_step
from annotations.views.problems import page
from annotations.views.spoken import STEP_LABELS
from annotations.views.writing import Desk, WriteForm, answer_write, once, open_desk, read

_NOTHING = "nothing"


class StepForm(WriteForm):
    """An act to take back; `skip` names one to leave out instead, which stays as it is."""

    skip = forms.UUIDField(required=False)


@require_POST
@page
def undo(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Take back one's last act in the article, or leave it out."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(StepForm(request.POST))
    if sent["skip"] is not None:
        forget_step(actor=actor, article=desk.article, step=sent["skip"])
        return answer_write(request, desk, focus=None, touched=(), said=gettext("This act is left out of undoing."))
    told = gettext("Undone: %(act)s")
    return _answer(request, desk, sent["key"], told, lambda: undo_step(actor=actor, article=desk.article))


@require_POST
@page
def redo(request: HttpRequest, actor: Actor, slug: str, pk: UUID) -> HttpResponseBase:
    """Do again what was undone last."""
    desk = open_desk(request, actor, slug, pk)
    sent = read(StepForm(request.POST))
    told = gettext("Done again: %(act)s")
    return _answer(request, desk, sent["key"], told, lambda: redo_step(actor=actor, article=desk.article))


def _answer(
    request: HttpRequest, desk: Desk, key: str, told: str, retrace: Callable[[], Retraced | None]
) -> HttpResponseBase:
    """Answer the blocks that changed; the first tag of the act that is there is in focus then."""

    def write() -> str:
        done = retrace()
        return _NOTHING if done is None else " ".join([done.kind, *map(str, done.annotations)])

    kind, *ids = once(request, desk.actor, key, write).split()
    if kind == _NOTHING:
        return answer_write(request, desk, focus=None, touched=(), said=gettext("There is nothing more to do here."))
    concerned = [UUID(pk) for pk in ids]
    touched = places_of(desk.actor, desk.article, concerned)
    said = told % {"act": next(label for step, label in STEP_LABELS.items() if step == kind)}
    return answer_write(request, desk, focus=concerned[-1], touched=touched, parties=True, said=said)
