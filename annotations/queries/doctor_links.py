"""Tells whether every link may join what it joins: the matrix of rules/links.py over all links."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from annotations.errors import NewsdeskError, OtherProject
from annotations.queries.doctor_snapshot import Finding, Snapshot, finding
from annotations.rules.kinds import Kind
from annotations.rules.links import End, LinkType, check_ends
from annotations.rules.review import NOT_LIVING, State

_LINKS: Final = """
SELECT l.id, l.project_id, l.type, l.state,
    l.source_article_id IS NOT DISTINCT FROM s.article_id AND l.target_article_id IS NOT DISTINCT FROM t.article_id,
    s.id, s.project_id, s.article_id, s.kind, s.segments, s.state,
    t.id, t.project_id, t.article_id, t.kind, t.segments, t.state
FROM link l LEFT JOIN annotation s ON s.id = l.source_id LEFT JOIN annotation t ON t.id = l.target_id
"""
_KINDS: Final = frozenset(Kind)
_TYPES: Final = frozenset(LinkType)


def check_links(snapshot: Snapshot) -> Iterator[Finding]:
    """Answer links that leave their project, whose ends are gone, or that living may not join what they join."""
    for row in snapshot.stream(_LINKS):
        identifier, project, type_, state, has_articles, *ends = row
        for code, detail in _link_faults(project, (type_, state, has_articles), ends[:6], ends[6:]):
            yield finding(code, "link", identifier, project, detail)


def _link_faults(
    project: object, link: tuple[str, str, bool], source: Sequence[Any], target: Sequence[Any]
) -> Iterator[tuple[str, str]]:
    type_, state, has_articles = link
    if source[0] is None or target[0] is None:
        yield "end_missing", _("One of its ends is not there.")
        return
    if source[1] != target[1] or source[1] != project:
        yield OtherProject.code, _("It and its ends are not all in one project.")
        return
    if not has_articles:
        yield "article_differs", _("It stands under other articles than its ends.")
    # A kind or type of none of ours is told by doctor_rows.py.
    if state in NOT_LIVING or type_ not in _TYPES or source[3] not in _KINDS or target[3] not in _KINDS:
        return
    try:
        check_ends(LinkType(type_), _end(source), _end(target))
    except NewsdeskError as refusal:
        yield (
            refusal.code,
            _("A {type} link may not join this {source} to this {target}.").format(
                type=type_, source=source[3], target=target[3]
            ),
        )
    if State.WITHDRAWN in {source[5], target[5]}:
        yield "end_withdrawn", _("It lives, but one of its ends is withdrawn.")


def _end(row: Sequence[Any]) -> End:
    identifier, project, article, kind, segments, _state = row
    return End(identifier, project, article, Kind(kind), segments)
