"""One row of the table of rights (table.py)."""

from dataclasses import dataclass, field
from typing import Any

PATH, BODY, LIST, FILTER, NOWHERE = "path", "body", "list", "filter", "nowhere"
AUTHOR, AUTHOR_OR_ADMIN, OTHERS = "author", "author or admin", "others"


@dataclass(frozen=True, slots=True)
class Row:
    """One cell for each person, token and place comes of it; `ok` is the answer to whoever is let through."""

    method: str
    path: str
    least: str
    scope: str = "read"
    ok: int = 200
    body: Any = None
    match: str = ""
    whose: str = ""
    named: str = PATH
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_api(self) -> bool:
        """Say whether it answers JSON."""
        return self.path.startswith("/api/")

    @property
    def name(self) -> str:
        """Name the row in reports."""
        return " ".join(part for part in (self.method, self.path, self.whose) if part)
