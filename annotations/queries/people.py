"""How people are named to others: by name for admins who ask, else by a pseudonym that is stable in a project."""

import base64
import hashlib
import re
from uuid import UUID

from django.utils.crypto import salted_hmac

_CHARACTERS = 8
_PSEUDONYM = re.compile(r"annotator-[a-z0-9_]{8}")


def pseudonym(project_id: UUID, user_id: UUID | str) -> str:
    """Name a person without telling who it is; the same in every format and release of one project."""
    digest = salted_hmac("newsdesk.pseudonym", f"{project_id}:{user_id}", algorithm="sha256").digest()
    return "annotator-" + base64.b32encode(digest).decode().lower()[:_CHARACTERS]


def stranger_key(project_id: UUID) -> str:
    """Make the key under which annotators named by imported files get their pseudonyms in one project."""
    return salted_hmac("newsdesk.stranger", str(project_id), algorithm="sha256").hexdigest()


def is_pseudonym(name: str) -> bool:
    """Tell whether a name in a file is a pseudonym already."""
    return _PSEUDONYM.fullmatch(name) is not None


def stranger_pseudonym(key: str, annotator: str) -> str:
    """Name somebody of whom only a file knows; a pseudonym stays as it is. `export_sql` does the same in SQL."""
    if is_pseudonym(annotator):
        return annotator
    return "annotator-" + hashlib.sha256(f"{key}:{annotator}".encode()).hexdigest()[:_CHARACTERS]
