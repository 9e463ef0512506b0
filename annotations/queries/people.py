"""How people are named to others: by name for admins who ask, else by a pseudonym that is stable in a project."""

import base64
from uuid import UUID

from django.utils.crypto import salted_hmac

_CHARACTERS = 8


def pseudonym(project_id: UUID, user_id: UUID | str) -> str:
    """Name a person without telling who it is; the same in every format and release of one project."""
    digest = salted_hmac("newsdesk.pseudonym", f"{project_id}:{user_id}", algorithm="sha256").digest()
    return "annotator-" + base64.b32encode(digest).decode().lower()[:_CHARACTERS]
