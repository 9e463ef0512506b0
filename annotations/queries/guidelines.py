"""The guideline of a project: the one in force, and its versions."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from annotations.errors import NotFound
from annotations.models import GuidelineVersion, Project

GUIDELINE_ROW: Final = ("id", "project_id", "number", "text", "editor__username", "at")


def guideline_of(project: Project) -> GuidelineVersion | None:
    """Read the version in force of a project the gate has given; None while it has written none."""
    found = GuidelineVersion.objects.filter(project=project).select_related("editor")
    return found.order_by("-number").first()


def guideline_version(project: Project, number: int) -> GuidelineVersion:
    """Read one version of a project the gate has given. Raises: NotFound."""
    found = GuidelineVersion.objects.filter(project=project, number=number).select_related("editor").first()
    if found is None:
        raise NotFound
    return found


def guideline_versions(project: Project) -> list[Mapping[str, Any]]:
    """List number, editor and time of all versions, the newest first."""
    rows = GuidelineVersion.objects.filter(project=project).order_by("-number")
    return list(rows.values("number", "editor__username", "at"))


def guideline_rows(project_id: UUID) -> QuerySet[Any, Any]:
    """Rows of all versions, without order."""
    rows: QuerySet[Any, Any] = GuidelineVersion.objects.filter(project_id=project_id).values(*GUIDELINE_ROW)
    return rows
