"""Make a release: a named, numbered export that is stored with its manifest and never changes."""

from collections.abc import Iterator
from contextlib import closing

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from annotations.errors import Duplicate, InvalidFields
from annotations.formats.release import About, Tally, manifest_of, texts_of
from annotations.models import Project, Release, ReleasePart
from annotations.queries.access import Actor, require
from annotations.queries.export import open_export
from annotations.queries.export_choice import Choice, order_for
from annotations.queries.guidelines import guideline_of
from annotations.queries.people import pseudonym
from annotations.rules.permissions import Action
from annotations.rules.texts import line_errors
from annotations.services.events import Happening, record_events
from annotations.services.release_masking import packed
from annotations.services.webhooks import tell_of_release


class DuplicateRelease(Duplicate):
    """409: the name is taken."""

    code = "duplicate_release"
    sentence = "This project already has a release of this name; choose another."


def make_release(*, actor: Actor, project: Project, name: str, choice: Choice) -> Release:
    """Export what is chosen, and keep it under the next number of the project.

    People are always named by pseudonyms. Raises: NotFound, NotAllowed, InsufficientScope, InvalidFields,
    DuplicateRelease, Unavailable.
    """
    require(actor, Action.RELEASE, project.id)
    if found := line_errors("name", name):
        raise InvalidFields(found)
    order = order_for(actor, project, choice)
    with transaction.atomic():
        _take_number(project)
        made = Release.objects.filter(project=project)
        if (earlier := made.filter(name=name).first()) is not None:
            raise DuplicateRelease(earlier.id)
        last = made.order_by("-number").first()
        release = Release(
            id=uuid7(),
            project=project,
            number=last.number + 1 if last else 1,
            name=name,
            filters=filters_of(choice),
            made_by=actor.user,
            created_at=timezone.now(),
        )
        tally = Tally()
        with closing(open_export(order).stream) as stream:
            # Before their release: the reference is checked at the end, and nothing is held in memory.
            for number, content in enumerate(packed(_counted(tally, stream)), start=1):
                ReleasePart.objects.create(release_id=release.id, number=number, content=content)
        about = _about(release)
        release.texts = texts_of(about, tally)
        release.manifest = manifest_of(about, tally, release.texts)
        release.save(force_insert=True)
        payload = {"number": release.number, "sha256": release.manifest["files"][0]["sha256"]}
        happening = Happening("release.made", release.id, "release", None, payload)
        tell_of_release(release)
        record_events(actor=actor.user, project_id=project.id, happenings=[happening])
    return release


def filters_of(choice: Choice) -> dict[str, str]:
    """Write the filters of a release as the query of an export would."""
    found: dict[str, object] = {
        "state": choice.state,
        "kind": ",".join(choice.kinds),
        "article": choice.article,
        "outlet": choice.outlet,
        "incident": choice.incident,
        "party": choice.party,
        "text": "" if choice.with_text else "omit",
    }
    return {name: str(value) for name, value in found.items() if value}


def _take_number(project: Project) -> None:
    """Wait until no other release of this project is being made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"release:{project.id}"])


def _counted(tally: Tally, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        tally.take(piece)
        yield piece


def _about(release: Release) -> About:
    project, filters = release.project, release.filters
    guideline = guideline_of(project)
    return About(
        project=project.name,
        slug=project.slug,
        description=project.description,
        number=release.number,
        name=release.name,
        day=release.created_at.date().isoformat(),
        filters=filters,
        made_by=pseudonym(project.id, release.made_by_id),
        software=settings.SOFTWARE_VERSION,
        guideline={"version": guideline.number, "text": guideline.text} if guideline else None,
    )
