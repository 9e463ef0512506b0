"""Import and export of newsdesk-jsonl over HTTP, beside PostgreSQL's own COPY of the same lines."""

import io
import json
import socket
import tempfile
import time
import uuid
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from bench.figures import Figure, at_least, at_most, plain
from bench.ground import Ground
from bench.material import ArticlePlan, write_set
from bench.memory import Growth

ANNOTATIONS = 30
_LENGTH = 3_000
_ROUNDS = 7
_PIECE_BYTES = 256 * 1024
# speed.md: 10,000 a second, where a bare COPY reaches 22,400.
_GOAL_AGAINST_COPY = 0.45
_COPY = r"COPY ({}) TO STDOUT (FORMAT csv, QUOTE e'\x01', DELIMITER e'\x02')"


def measure_import(ground: Ground) -> list[Figure]:
    """Send one file into an empty project."""
    plans = [ArticlePlan(number, _LENGTH, ANNOTATIONS) for number in range(1000, 1000 + _articles(ground))]
    with tempfile.TemporaryFile() as file:
        write_set(file, plans)
        file.seek(0)
        content = file.read()
    body, kind = _multipart(content)
    with ground.client() as client, Growth(ground.site.web_processes()) as growth:
        started = time.perf_counter()
        answer = client.send("POST", f"/api/v1/projects/{ground.transfer}/imports/", body, Content_Type=kind)
        seconds = time.perf_counter() - started
    if answer.status != 201:
        raise RuntimeError(f"the import answered {answer.status}: {answer.body[:1000]!r}")
    count = int(answer.json()["counts"]["annotation"])
    if count != ANNOTATIONS * _articles(ground):
        raise RuntimeError(f"only {count} annotations were imported")
    with closing(connect(ground, is_owner=True)) as database:
        bare = _copy_in(database, ground.transfer)
    return [
        plain("import", f"{count} annotations, {count // 2} links, {len(content) / 2**20:.1f} MiB", seconds, "s"),
        at_least("import", "annotations", count / seconds, "per s", 10_000),
        plain("import", "bare COPY of the same annotations, versions and links", count / bare, "annotations per s"),
        at_least("import", "against bare COPY", bare / seconds, "×", _GOAL_AGAINST_COPY),
        plain("import", "growth of the serving processes", growth.mebibytes, "MiB"),
    ]


def measure_export(ground: Ground) -> list[Figure]:
    """Read the whole project back, taking turns with COPY."""
    ours, copies = [], []
    processes = ground.site.web_processes()
    _export(ground)
    with closing(connect(ground)) as database, Growth(processes) as growth:
        for _ in range(_ROUNDS):
            copies.append(copy_lines(database, ground.transfer))
            ours.append(_export(ground))
    best, best_copy = (min(runs, key=lambda run: run.seconds) for runs in (ours, copies))
    expected = ANNOTATIONS * _articles(ground)
    if best.counts["annotation"] != expected or best.counts["link"] != expected // 2:
        raise RuntimeError(f"the export holds {best.counts}")
    rows = best_copy.rows
    return [
        plain("export", "COPY of the same JSON", rows / best_copy.seconds, "rows per s"),
        plain("export", "over HTTP", rows / best.seconds, "rows per s"),
        plain("export", "annotations over HTTP", expected / best.seconds, "per s"),
        at_least("export", "against COPY", best_copy.seconds / best.seconds, "×", 0.4),
        at_least("export", "against COPY, the later goal", best_copy.seconds / best.seconds, "×", 0.7),
        plain("export", "bytes against COPY", best.size / best_copy.size, "×"),
        at_most("export", "first byte", min(run.first_byte for run in ours) * 1000, "ms", 50),
        at_most("export", "growth of the serving processes", growth.mebibytes, "MiB", 16),
    ]


@dataclass(slots=True)
class Run:
    """One reading of all lines."""

    seconds: float = 0.0
    first_byte: float = 0.0
    size: int = 0
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)


class _Sink:
    """Counts what COPY writes."""

    def __init__(self) -> None:
        self.size = self.rows = 0

    def write(self, line: bytes) -> int:
        """Take one line."""
        self.size += len(line)
        self.rows += 1
        return len(line)


def _articles(ground: Ground) -> int:
    return ground.scale.transferred_articles


def _multipart(content: bytes) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="format"\r\n\r\nnewsdesk-jsonl\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="set.jsonl"\r\n'
        "Content-Type: application/x-ndjson\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _export(ground: Ground) -> Run:
    return read_export(ground.port, ground.token, ground.transfer)


def read_export(port: int, token: str, project: str) -> Run:
    """Ask, note when the first byte of the body comes, and read to the end without looking at it."""
    run = Run()
    request = (
        f"GET /api/v1/projects/{project}/export/?state=all HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    tail = b""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), 120) as connection:
        connection.sendall(request.encode())
        while piece := connection.recv(_PIECE_BYTES):
            if not run.first_byte:
                run.first_byte = time.perf_counter() - started
                if not piece.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(f"the export answered {piece[:300]!r}")
            run.size += len(piece)
            tail = (tail + piece)[-1000:]
    run.seconds = time.perf_counter() - started
    run.counts.update(json.loads(tail[tail.rindex(b'{"type":"end"') : tail.rindex(b"}") + 1])["counts"])
    return run


def connect(ground: Ground, *, is_owner: bool = False) -> Any:
    """Open the site's database beside the site."""
    variables = ground.site.environment
    address = (is_owner and variables.get("DATABASE_OWNER_URL")) or variables.get("DATABASE_URL")
    if address:
        return psycopg2.connect(address)
    status = (Path(ground.site.var, "pg").resolve() / "data" / "postmaster.pid").read_text().splitlines()
    return psycopg2.connect(
        host=status[4], port=5432, user="newsdesk_owner" if is_owner else "newsdesk", dbname="newsdesk"
    )


def _copy_in(database: Any, project: str) -> float:
    """Copy the rows of a project into fresh tables with the same indexes and checks; answer the seconds it took."""
    seconds = 0.0
    with database.cursor() as cursor:
        for table in ("annotation", "annotation_version", "link", "link_version"):
            rows = io.BytesIO()
            chosen = cursor.mogrify(f"SELECT * FROM {table} WHERE project_id = %s", [project]).decode()
            cursor.copy_expert(f"COPY ({chosen}) TO STDOUT (FORMAT binary)", rows)
            rows.seek(0)
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
            database.commit()
            started = time.perf_counter()
            cursor.copy_expert(f"COPY bench_{table} FROM STDIN (FORMAT binary)", rows)
            database.commit()
            seconds += time.perf_counter() - started
            cursor.execute(f"DROP TABLE bench_{table}")
            database.commit()
    return seconds


def copy_lines(database: Any, project: str) -> Run:
    """Let PostgreSQL write the same lines, in its own order, to nobody."""
    sink = _Sink()
    started = time.perf_counter()
    with database.cursor() as cursor:
        for query in (_ARTICLES, _ANNOTATION_LINES, _LINKS):
            cursor.copy_expert(_COPY.format(cursor.mogrify(query, [project]).decode()), sink)
    database.rollback()
    return Run(seconds=time.perf_counter() - started, size=sink.size, rows=sink.rows)


_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_CREATED, _UPDATED = _TIME.format("created_at"), _TIME.format("updated_at")
_FRAME = f"state, version, author_id AS author, origin, {_CREATED} AS created_at, {_UPDATED} AS updated_at"
_ARTICLES = f"""SELECT row_to_json(r) FROM (SELECT 'article' AS type, id, title, outlet_id AS outlet, url, byline,
    language, direction, {_TIME.format("published_at")} AS published_at, {_TIME.format("retrieved_at")} AS retrieved_at,
    sha256, length, license, '[]'::json AS incidents, supersedes_id AS supersedes, sha256 AS chain_head, text
    FROM article WHERE project_id = %s) r"""
_ANNOTATION_LINES = f"""SELECT row_to_json(r) FROM (SELECT 'annotation' AS type, id, article_id AS article, kind,
    segments, exact, attributes, parties, note, {_FRAME} FROM annotation WHERE project_id = %s) r"""
_LINKS = f"""SELECT row_to_json(r) FROM (SELECT 'link' AS type, id, type AS link_type, source_id AS source,
    target_id AS target, attributes, note, {_FRAME} FROM link WHERE project_id = %s) r"""
