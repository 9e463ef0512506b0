"""The SQL that makes the lines of an export inside PostgreSQL: what is in the chosen set, and each line's fields.

All texts here are constants; values travel as named parameters.
"""
# ruff: noqa: S608 - the statements are put together from constants only

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from annotations.queries.export_choice import Order
from annotations.queries.people import stranger_key

# Only the binary format hands on a text as it is, without looking at each of its bytes.
COPY: Final = "COPY ({query}) TO STDOUT (FORMAT binary)"

TEMPORARY_TABLES: Final = """
CREATE TEMPORARY TABLE export_person (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TEMPORARY TABLE export_drawn (id uuid PRIMARY KEY);
"""


def time_text(column: str) -> str:
    """Write a time as RFC 3339 in UTC. Twice as fast as to_char; the session's DateStyle is ISO."""
    return f"replace(({column} AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'"


class ExportSql:
    """The statements of one order. Aliases: `a` annotation, `l` link, `s` and `t` its ends, `…v` their versions."""

    def __init__(self, order: Order) -> None:
        self._choice, self._sight = order.choice, order.sight
        self._is_approved = not order.choice.states or order.sight.approved_only
        self.parameters: dict[str, str | list[str] | datetime | None] = {
            "project": str(order.project.id),
            "states": [str(state) for state in order.choice.states],
            "kinds": [str(kind) for kind in order.choice.kinds],
            "article": _text(order.choice.article),
            "outlet": _text(order.choice.outlet),
            "incident": _text(order.choice.incident),
            "party": _text(order.choice.party),
            "since": order.choice.updated_since,
            "own": _text(order.sight.own),
            "stranger_key": stranger_key(order.project.id),
        }
        self._has_names = order.choice.with_names

    # --- statements -----------------------------------------------------------------------------------

    def registry(self) -> str:
        """List outlets, incidents and parties."""
        outlets, incidents = "TRUE", "TRUE"
        if self._choice.narrows_articles:
            outlets = f"o.id IN (SELECT q.outlet_id FROM article q WHERE {self._article_is_in('q.id')})"
            incidents = (
                "i.id IN (SELECT m.incident_id FROM incident_article m WHERE m.project_id = %(project)s AND "
                f"{self._article_is_in('m.article_id')})"
            )
        return f"""SELECT line FROM (
            SELECT 1 AS part, o.id, row_to_json(r) AS line FROM outlet o CROSS JOIN LATERAL (SELECT
                'outlet' AS type, o.id, o.name, o.domain, o.country, nullif(o.kind, '') AS kind,
                nullif(o.scale, '') AS scale, o.party_id AS party) r
            WHERE o.project_id = %(project)s AND {outlets}
            UNION ALL
            SELECT 2, i.id, row_to_json(r) FROM incident i CROSS JOIN LATERAL (SELECT
                'incident' AS type, i.id, i.title, i.place, i.date_from, i.date_to) r
            WHERE i.project_id = %(project)s AND {incidents}
            UNION ALL
            SELECT 3, p.id, row_to_json(r) FROM party p CROSS JOIN LATERAL (SELECT
                'party' AS type, p.id, p.name, p.entity_type, nullif(p.actor_type, '') AS actor_type,
                p.parent_id AS parent, coalesce((
                    SELECT jsonb_agg(jsonb_build_object('text', n.text, 'language', n.language) ORDER BY n.position)
                    FROM party_alias n WHERE n.party_id = p.id), '[]') AS aliases, p.external_ids) r
            WHERE p.project_id = %(project)s
        ) lines ORDER BY part, id"""

    def articles(self) -> str:
        """List ids and lengths of the next articles after `%(after)s`, in order."""
        conditions = [self._article_is_in("q.id")]
        if self._choice.narrows_annotations:
            changed = "q.updated_at >= %(since)s" if self._choice.updated_since else "FALSE"
            conditions.append(
                f"({changed} OR EXISTS (SELECT 1 FROM {self._annotations('a')} WHERE a.article_id = q.id "
                f"AND {self._annotation_is_chosen()}))"
            )
        return f"""SELECT q.id::text, q.length FROM article q
            WHERE q.project_id = %(project)s AND (%(after)s::uuid IS NULL OR q.id > %(after)s::uuid)
                AND {_all(conditions)} ORDER BY q.id LIMIT %(count)s"""

    def count_articles(self) -> str:
        """Count the articles of all batches."""
        every = self.articles().replace("%(after)s", "NULL").replace("%(count)s", "NULL")
        return f"SELECT count(*) FROM ({every}) q"

    def batch(self) -> str:
        """Give the lines of each of the articles `%(articles)s` as one text: the article, then what hangs on it.

        One row an article: PostgreSQL and we then hand on a hundred lines as one. What hangs on an article is looked
        up article by article, so that no more than its lines are sorted at a time.
        """
        annotations = f"""SELECT row_to_json(r)::text AS line
            FROM {self._annotations("a")} LEFT JOIN export_person w ON w.id = a.author_id
            CROSS JOIN LATERAL (SELECT {self._annotation_fields()}) r
            WHERE a.article_id = q.id AND {self._annotation_is_chosen()} ORDER BY a.id"""
        links = f"""SELECT row_to_json(r)::text AS line
            FROM {self._links()} LEFT JOIN export_person w ON w.id = l.author_id
            CROSS JOIN LATERAL (SELECT {self._link_fields()}) r
            WHERE l.source_article_id = q.id AND {self._link_is_chosen()} ORDER BY l.id"""
        decisions = f"""SELECT row_to_json(r)::text AS line FROM (
            {self._decisions("annotation", self._annotations("a"), "a", self._annotation_is_chosen())} UNION ALL
            {self._decisions("link", self._links(), "l", self._link_is_chosen())}) r ORDER BY r.id"""
        hanging = ", ".join(
            f"(SELECT string_agg(line, e'\\n') FROM ({lines}) h)" for lines in (annotations, links, decisions)
        )
        return f"""SELECT concat_ws(e'\\n', row_to_json(r)::text, {hanging})
            FROM article q LEFT JOIN event_chain c ON c.article_id = q.id
            CROSS JOIN LATERAL (SELECT {self._article_fields()}) r
            WHERE q.id = ANY(%(articles)s::uuid[]) ORDER BY q.id"""

    def draw_in(self) -> str:
        """Keep the ends of links that changed, so that no link of an increment dangles."""
        return f"""INSERT INTO export_drawn
            SELECT unnest(ARRAY[l.source_id, l.target_id]) FROM {self._links()}
            WHERE l.project_id = %(project)s AND {self._link_is_chosen()} ON CONFLICT DO NOTHING"""

    def gone(self) -> str:
        """List what left the chosen set since `%(since)s`."""
        annotation_at, link_at = time_text("a.updated_at"), time_text(_LINK_TIME)
        return f"""SELECT line FROM (
            SELECT 1 AS part, a.id, row_to_json(r) AS line FROM {self._annotations("a", outer=True)}
            CROSS JOIN LATERAL (SELECT 'gone' AS type, 'annotation' AS of, a.id, {annotation_at} AS at) r
            WHERE a.project_id = %(project)s AND a.updated_at >= %(since)s AND {self._article_is_in("a.article_id")}
                AND NOT coalesce({self._annotation_is_in("a")}, FALSE) AND {self._may_have_been_in("a", "annotation")}
            UNION ALL
            SELECT 2, l.id, row_to_json(r) FROM {self._links(outer=True)}
            CROSS JOIN LATERAL (SELECT 'gone' AS type, 'link' AS of, l.id, {link_at} AS at) r
            WHERE l.project_id = %(project)s AND {_LINK_TIME} >= %(since)s
                AND {self._article_is_in("l.source_article_id")}
                AND NOT coalesce({self._link_is_in()}, FALSE) AND {self._may_have_been_in("l", "link")}
        ) lines ORDER BY part, id"""

    def lost_links(self) -> str:
        """List the links that would be chosen by themselves but lack an end, or an end as it was approved."""
        return f"""SELECT {self._ends_are_in()} IS TRUE, array_agg(l.id::text ORDER BY l.id)
            FROM {self._links(outer=True)}
            WHERE l.project_id = %(project)s AND {self._link_is_in_by_itself()}
                AND ({self._article_is_in("l.source_article_id")} OR {self._article_is_in("l.target_article_id")})
                AND NOT coalesce({self._link_is_in()}, FALSE) {self._changed_link()} GROUP BY 1"""

    # --- what is in the chosen set --------------------------------------------------------------------

    def _article_is_in(self, column: str) -> str:
        conditions = []
        if self._choice.article:
            conditions.append(f"{column} = %(article)s")
        if self._choice.outlet:
            conditions.append(f"{column} IN (SELECT f.id FROM article f WHERE f.outlet_id = %(outlet)s)")
        if self._choice.incident:
            conditions.append(
                f"{column} IN (SELECT f.article_id FROM incident_article f WHERE f.incident_id = %(incident)s)"
            )
        return _all(conditions)

    def _annotations(self, alias: str, *, outer: bool = False) -> str:
        """Name the table and, for the approved set, the approved version as `{alias}v`."""
        if not self._is_approved:
            return f"annotation {alias}"
        join = "LEFT JOIN" if outer else "JOIN"
        return f"annotation {alias} {join} {self._version_of(alias)}"

    def _version_of(self, alias: str) -> str:
        return (
            f"annotation_version {alias}v ON {alias}v.annotation_id = {alias}.id "
            f"AND {alias}v.number = {alias}.approved_version"
        )

    def _links(self, *, outer: bool = False) -> str:
        tables = f"link l {_end('s', 'l.source_id')} {_end('t', 'l.target_id')}"
        if not self._is_approved:
            return tables
        join = "LEFT JOIN" if outer else "JOIN"
        version = "link_version lv ON lv.link_id = l.id AND lv.number = l.approved_version"
        return f"{tables} {join} {version} {join} {self._version_of('s')} {join} {self._version_of('t')}"

    def _is_seen(self, alias: str) -> list[str]:
        conditions = []
        if self._is_approved:
            conditions.append(f"{alias}.approved_version IS NOT NULL")
        if self._choice.states:
            # Also where only approved records are seen: then both must hold.
            # IS TRUE keeps the planner off the index of states, which finds all of them: what is asked for goes by
            # article, and a table that was just filled has no statistics yet that would say so.
            conditions.append(f"({alias}.state = ANY(%(states)s)) IS TRUE")
        if self._sight.approved_only:
            conditions.append(f"{alias}.state = 'approved'")
        if self._sight.own:
            conditions.append(f"%(own)s IN ({alias}.author_id, {alias}.assignee_id)")
        return conditions

    def _annotation_is_in(self, alias: str) -> str:
        conditions = [*self._is_seen(alias), self._article_is_in(f"{alias}.article_id")]
        if self._choice.kinds:
            kind = f"{alias}v.content ->> 'kind'" if self._is_approved else f"{alias}.kind"
            conditions.append(f"{kind} = ANY(%(kinds)s)")
        if self._choice.party:
            named = (
                f"{alias}v.content -> 'parties' ? %(party)s"
                if self._is_approved
                else f"{alias}.parties @> ARRAY[%(party)s::uuid]"
            )
            conditions.append(named)
        return _all(conditions)

    def _annotation_is_chosen(self) -> str:
        if not self._choice.updated_since:
            return self._annotation_is_in("a")
        return _all(
            [
                self._annotation_is_in("a"),
                "(a.updated_at >= %(since)s OR a.id IN (SELECT id FROM export_drawn))",
            ]
        )

    def _link_is_in_by_itself(self) -> str:
        return _all(self._is_seen("l"))

    def _ends_are_in(self) -> str:
        return _all([self._annotation_is_in("s"), self._annotation_is_in("t")])

    def _link_is_in(self) -> str:
        conditions = [self._link_is_in_by_itself(), self._ends_are_in()]
        if self._is_approved:
            conditions += [_as_seen("s", "l.approved_source_version"), _as_seen("t", "l.approved_target_version")]
        return _all(conditions)

    def _link_is_chosen(self) -> str:
        return f"{self._link_is_in()} {self._changed_link()}"

    def _changed_link(self) -> str:
        return f"AND {_LINK_TIME} >= %(since)s" if self._choice.updated_since else ""

    def _may_have_been_in(self, alias: str, record: str) -> str:
        """Leave out what was never shown, so that a gone line tells nothing new."""
        conditions = [f"%(own)s IN ({alias}.author_id, {alias}.assignee_id)"] if self._sight.own else []
        if self._is_approved:
            conditions.append(
                f"EXISTS (SELECT 1 FROM decision e WHERE e.{record}_id = {alias}.id AND e.verdict = 'approve')"
            )
        elif "suggested" not in self._choice.states:
            conditions.append(f"{alias}.state NOT IN ('suggested', 'dismissed')")
        return _all(conditions)

    # --- fields ----------------------------------------------------------------------------------------

    def _article_fields(self) -> str:
        text = ", q.text" if self._choice.with_text else ""
        return f"""'article' AS type, q.id, q.title, q.outlet_id AS outlet, q.url, q.byline, q.language, q.direction,
            {time_text("q.published_at")} AS published_at, {time_text("q.retrieved_at")} AS retrieved_at,
            q.sha256, q.length, q.license, ARRAY(SELECT m.incident_id FROM incident_article m
                WHERE m.article_id = q.id ORDER BY m.incident_id) AS incidents,
            q.supersedes_id AS supersedes, coalesce(c.head, '') AS chain_head{text}"""

    def _annotation_fields(self) -> str:
        if self._is_approved:
            exact = "av.content -> 'exact' AS exact, " if self._choice.with_text else ""
            content = f"""av.content ->> 'kind' AS kind, av.content -> 'segments' AS segments, {exact}
                av.content -> 'attributes' AS attributes, av.content -> 'parties' AS parties,
                av.content ->> 'note' AS note"""
        else:
            exact = "a.exact, " if self._choice.with_text else ""
            content = f"a.kind, a.segments, {exact}a.attributes, a.parties, a.note"
        return f"'annotation' AS type, a.id, a.article_id AS article, {content}, {self._frame('a')}"

    def _link_fields(self) -> str:
        content = (
            "lv.content -> 'attributes' AS attributes, lv.content ->> 'note' AS note"
            if self._is_approved
            else "l.attributes, l.note"
        )
        ends = "l.type AS link_type, l.source_id AS source, l.target_id AS target"
        return f"'link' AS type, l.id, {ends}, {content}, {self._frame('l')}"

    def _frame(self, alias: str) -> str:
        if self._is_approved:
            state = f"'approved' AS state, {alias}v.number AS version"
            updated_at = time_text(f"{alias}v.at")
        else:
            state = f"{alias}.state, {alias}.version"
            updated_at = time_text(f"{alias}.updated_at")
        return f"""{state}, w.name AS author, {self._origin(alias)} AS origin,
            {time_text(f"{alias}.created_at")} AS created_at, {updated_at} AS updated_at"""

    def _origin(self, alias: str) -> str:
        """Write an origin; an annotator of whom only imported files know has a pseudonym, or keeps the one they have.

        `people.stranger_pseudonym` in SQL.
        """
        if self._has_names:
            return f"{alias}.origin"
        name = f"{alias}.origin ->> 'annotator'"
        hashed = f"left(encode(sha256(convert_to(%(stranger_key)s || ':' || ({name}), 'UTF8')), 'hex'), 8)"
        return f"""CASE WHEN {_is_pseudonym(name)} THEN {alias}.origin
            WHEN coalesce({name}, '') = '' THEN {alias}.origin
            ELSE {alias}.origin || jsonb_build_object('annotator', 'annotator-' || {hashed}) END"""

    def _decisions(self, record: str, tables: str, alias: str, condition: str) -> str:
        of_these = f"AND d.verdict = 'approve' AND d.version = {alias}.approved_version" if self._is_approved else ""
        return f"""SELECT 'decision' AS type, d.id, '{record}' AS of, {alias}.id AS record, d.version, d.verdict,
                nullif(d.reason, '') AS reason, d.comment, w.name AS reviewer, {time_text("d.at")} AS at
            FROM {tables} JOIN decision d ON d.{record}_id = {alias}.id
            LEFT JOIN export_person w ON w.id = d.reviewer_id
            WHERE d.article_id = q.id AND {condition} {of_these}"""


_LINK_TIME: Final = "greatest(l.updated_at, s.updated_at, t.updated_at)"


def _end(alias: str, column: str) -> str:
    """Look up the end of a link by its id; as a join, each batch would read the annotations of the whole site."""
    return f"CROSS JOIN LATERAL (SELECT * FROM annotation e WHERE e.id = {column} OFFSET 0) {alias}"


def _is_pseudonym(name: str) -> str:
    """Ask what `people.is_pseudonym` asks, at a tenth of a regular expression's cost.

    An identifier of small letters, digits and `_` is what PostgreSQL does not have to quote.
    """
    return f"'annotator-' || substr(quote_ident('a' || right({name}, 8)), 2) = {name}"


def _as_seen(alias: str, seen: str) -> str:
    """Ask whether the end's approved version is the one the link's approval saw, or says the same."""
    same = " AND ".join(
        f"o.content -> '{name}' = {alias}v.content -> '{name}'" for name in ("kind", "segments", "attributes")
    )
    return f"""({alias}.approved_version = {seen} OR EXISTS (SELECT 1 FROM annotation_version o
        WHERE o.annotation_id = {alias}.id AND o.number = {seen} AND {same}))"""


def _all(conditions: Iterable[str]) -> str:
    found = [condition for condition in conditions if condition != "TRUE"]
    return f"({' AND '.join(found)})" if found else "TRUE"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
