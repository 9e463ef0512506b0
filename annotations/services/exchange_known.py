"""What the ids of a file stand for: the latest in memory, all of them in a temporary table."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from django.db import connection

from annotations.rules.kinds import Kind
from annotations.rules.links import End
from annotations.services.copying import escaped
from annotations.services.exchange_writer import Statement

# So many records of a file are remembered; a link between records further apart is looked up in the table.
REMEMBERED: Final = 20_000

# One row a line. `digest` stands with what is new (of an article its SHA-256, and its length).
LINES_TABLE: Final = """
DROP TABLE IF EXISTS pg_temp.import_line;
CREATE TEMPORARY TABLE import_line (
    line integer NOT NULL, file_id text NOT NULL, id uuid, article_id uuid, sort "char" NOT NULL,
    digest text, length integer
) ON COMMIT DROP
"""
_COPY: Final = "COPY import_line FROM STDIN"
_INDEX: Final = "CREATE INDEX ON import_line (file_id)"
_REPEATED: Final = "SELECT 1 FROM import_line GROUP BY file_id HAVING min(line) <> max(line) LIMIT 1"
_FETCH: Final = """
SELECT f.file_id, f.id::text, f.sort, a.article_id::text, a.kind, a.segments
FROM import_line f LEFT JOIN annotation a ON a.id = f.id AND f.sort = 'a'
WHERE f.file_id = ANY(%s) AND f.sort <> 'w'
"""


@dataclass(frozen=True, slots=True)
class KnownEnd:
    """An annotation that links may join; `is_stored` says that the project may have held it before."""

    id: str
    article: str
    end: End
    is_stored: bool


@dataclass(slots=True)
class Known:
    """The ids seen so far. A line that was refused leads to None."""

    project: str
    limit: int | None = REMEMBERED
    ids: dict[str, str | None] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    ends: dict[str, KnownEnd] = field(default_factory=dict)
    # Lines put off until all others are read; only where nothing is forgotten.
    waiting: set[str] = field(default_factory=set)
    _rows: list[str] = field(default_factory=list)
    _is_indexed: bool = False

    def is_taken(self, file_id: str) -> bool:
        """Say whether an earlier line has this id."""
        return file_id in self.ids or file_id in self.waiting

    def put_off(self, line: int, file_id: str) -> None:
        """Note a line that is looked at when all others are known."""
        if self.limit is None:
            self.waiting.add(file_id)
        self._rows.append(f"{line}\t{escaped(file_id)}\t\\N\t\\N\tw\t\\N\t\\N\n")

    def refuse(self, line: int, file_id: str) -> None:
        """Note a line that was refused."""
        self.ids[file_id] = None
        self._rows.append(f"{line}\t{escaped(file_id)}\t\\N\t\\N\t-\t\\N\t\\N\n")

    def add_article(self, line: int, file_id: str, pk: str, new: tuple[str, int] | None) -> None:
        """Note an article; `new` is its digest and its length."""
        self.ids[file_id] = pk
        self.articles[file_id] = pk
        digest, length = new or ("\\N", "\\N")
        self._rows.append(f"{line}\t{escaped(file_id)}\t{pk}\t{pk}\tt\t{digest}\t{length}\n")

    def add_annotation(self, line: int, file_id: str, known: KnownEnd, digest: str = "\\N") -> None:
        """Note an annotation; a new one with the digest of its content."""
        self.ids[file_id] = known.id
        self.ends[file_id] = known
        self._rows.append(f"{line}\t{escaped(file_id)}\t{known.id}\t{known.article}\ta\t{digest}\t\\N\n")

    def add_link(self, line: int, file_id: str, pk: str, article: str, digest: str = "\\N") -> None:
        """Note a link; a new one with the digest of its content."""
        self.ids[file_id] = pk
        self._rows.append(f"{line}\t{escaped(file_id)}\t{pk}\t{article}\tl\t{digest}\t\\N\n")

    def take_rows(self) -> Statement:
        """Give the lines noted since the last time, for the table."""
        lines = "".join(self._rows).encode()
        self._rows.clear()
        return Statement(_COPY, lines)

    def fetch(self, file_ids: Collection[str]) -> None:
        """Remember again what lies further back in the file; all rows are in the table."""
        wanted = [file_id for file_id in file_ids if file_id not in self.ids]
        if not wanted:
            return
        with connection.cursor() as cursor:
            if not self._is_indexed:
                cursor.execute(_INDEX)
                self._is_indexed = True
            cursor.execute(_FETCH, [wanted])
            for file_id, pk, sort, article, kind, segments in cursor.fetchall():
                self.ids[file_id] = pk
                if sort == "t":
                    self.articles[file_id] = pk
                elif kind is not None:
                    end = End(pk, self.project, article, Kind(kind), [tuple(pair) for pair in segments])
                    self.ends[file_id] = KnownEnd(pk, article, end, is_stored=True)

    def has_repeats(self) -> bool:
        """Say whether two lines far apart have one id; all rows are in the table."""
        with connection.cursor() as cursor:
            cursor.execute(_REPEATED)
            return cursor.fetchone() is not None

    def forget(self) -> None:
        """Let go of all but the latest ids."""
        if self.limit is None or len(self.ids) <= self.limit:
            return
        for file_id in list(islice(self.ids, len(self.ids) - self.limit)):
            del self.ids[file_id]
            self.ends.pop(file_id, None)
            self.articles.pop(file_id, None)
