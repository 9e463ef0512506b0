"""Tells whether records and versions agree, and their content is such as the rules of kinds and links allow."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
from django.utils.translation import gettext_lazy as _

from annotations.queries.doctor_snapshot import Check, Finding, Snapshot, finding
from annotations.rules.kinds import Kind, attribute_errors, party_errors
from annotations.rules.links import LinkType, link_attribute_errors

_ANNOTATION_CONTENT: Final = """jsonb_build_object('kind', r.kind, 'segments', to_jsonb(r.segments),
    'exact', to_jsonb(r.exact), 'attributes', r.attributes, 'parties', to_jsonb(r.parties), 'note', r.note)"""
_LINK_CONTENT: Final = "jsonb_build_object('attributes', r.attributes, 'note', r.note)"

_ANNOTATIONS: Final = """
SELECT id, project_id, 0, kind, attributes::text, to_jsonb(parties)::text FROM annotation
UNION ALL
SELECT annotation_id, project_id, number, content ->> 'kind', (content -> 'attributes')::text,
    (content -> 'parties')::text
FROM annotation_version
"""
_LINKS: Final = """
SELECT id, project_id, 0, type, attributes::text FROM link
UNION ALL
SELECT v.link_id, v.project_id, v.number, l.type, (v.content -> 'attributes')::text
FROM link_version v JOIN link l ON l.id = v.link_id
"""


def check_records(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer records that contradict their versions, the registry or the rules."""
    yield from snapshot.run(_VERSION_CHECKS)
    yield from snapshot.run(_PARTY_CHECKS)
    for identifier, project, number, kind, attributes, parties in snapshot.stream(_ANNOTATIONS):
        for code, detail in _annotation_faults(kind, _read(attributes), _read(parties)):
            yield finding(code, "annotation", identifier, project, _of_version(number) + detail)
    for identifier, project, number, type_, attributes in snapshot.stream(_LINKS):
        if type_ in _TYPES and link_attribute_errors(LinkType(type_), _read(attributes)):
            detail = str(_("Its attributes are not such as its type has."))
            yield finding("attributes_illegal", "link", identifier, project, _of_version(number) + detail)


def _version_checks(table: str, content: str) -> tuple[Check, ...]:
    versions = f"{table}_version"
    return (
        Check(
            "content_differs",
            table,
            _("Its content is not that of its version {0}."),
            f"""SELECT r.id, r.project_id, r.version FROM {table} r
            JOIN {versions} v ON v.{table}_id = r.id AND v.number = r.version
            WHERE v.content IS DISTINCT FROM {content}""",  # noqa: S608 - names of ours
        ),
        Check(
            "version_missing",
            table,
            _("It stands at version {0}, but {1} of these versions are there."),
            f"""SELECT r.id, r.project_id, r.version, count(v.number) FROM {table} r
            LEFT JOIN {versions} v ON v.{table}_id = r.id AND v.number BETWEEN 1 AND r.version
            GROUP BY r.id, r.project_id, r.version HAVING count(DISTINCT v.number) <> r.version""",  # noqa: S608 - likewise
        ),
        Check(
            "version_ahead",
            table,
            _("It stands at version {0}, but there is a version {1}."),
            f"""SELECT r.id, r.project_id, r.version, v.number FROM {table} r
            JOIN {versions} v ON v.{table}_id = r.id AND NOT v.number BETWEEN 1 AND r.version""",  # noqa: S608 - likewise
        ),
    )


_VERSION_CHECKS: Final = (
    *_version_checks("annotation", _ANNOTATION_CONTENT),
    *_version_checks("link", _LINK_CONTENT),
)
_PARTY_CHECKS: Final = (
    Check(
        "party_missing",
        "annotation",
        _("It names the party {0}, which is not in its project."),
        """SELECT a.id, a.project_id, named FROM annotation a CROSS JOIN unnest(a.parties) AS named
        WHERE NOT EXISTS (SELECT FROM party p WHERE p.id = named AND p.project_id = a.project_id)""",
    ),
    Check(
        "party_missing",
        "annotation",
        _("Its approved version {0} names the party {1}, which is not in its project."),
        """SELECT a.id, a.project_id, v.number, named FROM annotation a
        JOIN annotation_version v ON v.annotation_id = a.id AND v.number = a.approved_version
        CROSS JOIN jsonb_array_elements_text(CASE jsonb_typeof(v.content -> 'parties')
            WHEN 'array' THEN v.content -> 'parties' ELSE '[]' END) AS named
        WHERE a.approved_version < a.version
            AND NOT EXISTS (SELECT FROM party p WHERE p.id::text = named AND p.project_id = a.project_id)""",
    ),
)
_KINDS: Final = frozenset(Kind)
_TYPES: Final = frozenset(LinkType)


def _annotation_faults(kind: object, attributes: object, parties: Any) -> Iterator[tuple[str, str]]:
    if kind not in _KINDS:
        yield "kind_illegal", str(_("Its kind is none of ours."))
        return
    if attribute_errors(Kind(str(kind)), attributes):
        yield "attributes_illegal", str(_("Its attributes are not such as its kind has."))
    if not isinstance(parties, list) or party_errors(Kind(str(kind)), [str(party) for party in parties]):
        yield "parties_illegal", str(_("Its parties are not such as its kind may name."))


def _of_version(number: int) -> str:
    return str(_("Version {number}: ")).format(number=number) if number else ""


def _read(written: str | None) -> object:
    return None if written is None else orjson.loads(written)
