"""Write a project's guideline."""

import hashlib

from django.db import transaction

from annotations.errors import FieldError, InvalidFields, Stale
from annotations.models import GuidelineVersion, Project
from annotations.queries.access import Actor, require
from annotations.queries.guidelines import guideline_of
from annotations.rules.permissions import Action
from annotations.rules.texts import MAX_GUIDELINE, note_errors
from annotations.services.events import Happening, record_events


def edit_guideline(*, actor: Actor, project: Project, version: int, text: str) -> GuidelineVersion:
    """Put another text in force, as the version after `version` (0: the first). A text like the one before is none.

    Raises: NotAllowed, InvalidFields, Stale (somebody else wrote meanwhile).
    """
    require(actor, Action.ADMINISTER, project.id)
    found = note_errors("text", text, max_length=MAX_GUIDELINE)
    if not found and not text.strip():
        found = [FieldError("text", "blank", "This may not be blank.")]
    if found:
        raise InvalidFields(found)
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        current = guideline_of(project)
        if version != (current.number if current else 0):
            raise Stale(current)
        if current is not None and current.text == text:
            return current
        made = GuidelineVersion.objects.create(project=project, number=version + 1, text=text, editor=actor.user)
        payload = {"number": made.number, "text": hashlib.sha256(text.encode()).hexdigest()}
        happening = Happening("guideline.edited", made.id, "guideline", None, payload)
        record_events(actor=actor.user, project_id=project.id, happenings=[happening])
    return made
