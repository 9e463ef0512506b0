"""Create, edit and delete outlets, incidents and parties."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, ProtectedError

from annotations.anchoring.intake import is_language_tag
from annotations.errors import FieldError, InUse, InvalidFields
from annotations.models import (
    Annotation,
    AnnotationVersion,
    Article,
    Incident,
    IncidentArticle,
    Outlet,
    Party,
    PartyAlias,
    Project,
)
from annotations.models.base import VersionedRecord
from annotations.queries.access import Actor, require
from annotations.rules.permissions import Action
from annotations.rules.registry import EXTERNAL_REGISTRIES, ActorType, EntityType, OutletKind, OutletScale
from annotations.services.events import Happening, record_events
from annotations.services.fields import (
    Check,
    anything,
    check_fields,
    check_references,
    hold,
    needed_line,
    one_of,
    optional_line,
    store_changes,
)

Fields = Mapping[str, object]
MAX_ALIASES: Final = 200


def create_outlet(*, actor: Actor, project: Project, fields: Fields) -> Outlet:
    """Add an outlet. Raises: NotAllowed, InvalidFields."""
    created: Outlet = _create(actor, project, Outlet, fields)
    return created


def create_incident(*, actor: Actor, project: Project, fields: Fields) -> Incident:
    """Add an incident. Raises: NotAllowed, InvalidFields."""
    created: Incident = _create(actor, project, Incident, fields)
    return created


def create_party(*, actor: Actor, project: Project, fields: Fields) -> Party:
    """Add a party. Raises: NotAllowed, InvalidFields."""
    created: Party = _create(actor, project, Party, fields)
    return created


def edit_outlet(*, actor: Actor, outlet: Outlet, version: int, changes: Fields) -> Outlet:
    """Change an outlet. Raises: NotAllowed, Stale, InvalidFields."""
    changed: Outlet = _edit(actor, outlet, version, changes)
    return changed


def edit_incident(*, actor: Actor, incident: Incident, version: int, changes: Fields) -> Incident:
    """Change an incident. Raises: NotAllowed, Stale, InvalidFields."""
    changed: Incident = _edit(actor, incident, version, changes)
    return changed


def edit_party(*, actor: Actor, party: Party, version: int, changes: Fields) -> Party:
    """Change a party. Raises: NotAllowed, Stale, InvalidFields."""
    changed: Party = _edit(actor, party, version, changes)
    return changed


def delete_outlet(*, actor: Actor, outlet: Outlet, version: int) -> None:
    """Delete an outlet that nothing refers to. Raises: NotAllowed, Stale, InUse."""
    _delete(actor, outlet, version)


def delete_incident(*, actor: Actor, incident: Incident, version: int) -> None:
    """Delete an incident that no article reports. Raises: NotAllowed, Stale, InUse."""
    _delete(actor, incident, version)


def delete_party(*, actor: Actor, party: Party, version: int) -> None:
    """Delete a party that nothing refers to. Raises: NotAllowed, Stale, InUse."""
    _delete(actor, party, version)


_Part = Callable[[Any, Any], bool]


def _create(actor: Actor, project: Project, model: type[Any], fields: Fields) -> Any:
    require(actor, Action.EDIT_REGISTRY, project.id)
    _check(model, project.id, fields, _NEEDED[model])
    parts, columns = _apart(fields)
    with transaction.atomic():
        record = model.objects.create(project=project, **columns)
        for name, value in parts.items():
            _PARTS[name](record, value)
        _happened(actor, record, "created", list(fields))
    return record


def _edit(actor: Actor, record: Any, version: int, changes: Fields) -> Any:
    require(actor, Action.EDIT_REGISTRY, record.project_id)
    parts, columns = _apart(changes)
    with transaction.atomic():
        held = hold(type(record), record.pk, version)
        _check(type(held), held.project_id, changes, ())
        _check_loop(held, changes)
        _check_dates(held, changes)
        replaced = [name for name, value in parts.items() if _PARTS[name](held, value)]
        changed = store_changes(held, columns, also_changed=bool(replaced))
        if changed or replaced:
            _happened(actor, held, "edited", [*changed, *replaced])
    return held


def _delete(actor: Actor, record: VersionedRecord, version: int) -> None:
    require(actor, Action.DELETE_REGISTRY, record.project_id)  # type: ignore[attr-defined]
    with transaction.atomic():
        held = hold(type(record), record.pk, version)
        if isinstance(held, Incident) and IncidentArticle.objects.filter(incident=held).exists():
            raise InUse
        if isinstance(held, Party) and _is_in_approved_version(held):
            raise InUse
        pk = held.pk
        try:
            with transaction.atomic():
                held.delete()
        except (ProtectedError, IntegrityError) as refusal:
            raise InUse from refusal
        held.pk = pk
        _happened(actor, held, "deleted", [])


def _check(model: type[models.Model], project_id: UUID, fields: Fields, needed: tuple[str, ...]) -> None:
    check_fields(fields, CHECKS[model], needed)
    references: dict[str, tuple[type[models.Model], list[object]]] = {}
    for name, (other, many) in _REFERENCES.items():
        if name in fields:
            value = fields[name]
            references[name] = (other, list(value) if many and isinstance(value, list | tuple) else [value])
    check_references(project_id, references)
    if model is Incident:
        _check_dates(None, fields)


def _apart(fields: Fields) -> tuple[dict[str, object], dict[str, object]]:
    """Part what stands in tables of its own from the columns."""
    parts = {name: value for name, value in fields.items() if name in _PARTS}
    columns = {
        f"{name}_id" if name in _REFERENCES else name: value for name, value in fields.items() if name not in _PARTS
    }
    return parts, columns


def _is_in_approved_version(party: Party) -> bool:
    """Say whether an approved version names a party that its edited record does not; the database knows the rest."""
    older = Annotation.objects.filter(project_id=party.project_id, approved_version__lt=F("version"))
    versions = AnnotationVersion.objects.filter(
        annotation__in=older, number=F("annotation__approved_version"), content__parties__contains=[str(party.id)]
    )
    return versions.exists()


def _replace_aliases(party: Party, aliases: Any) -> bool:
    wanted = [(alias["text"], alias.get("language", "")) for alias in aliases]
    present = list(party.aliases.values_list("text", "language"))
    if present == wanted:
        return False
    party.aliases.all().delete()
    PartyAlias.objects.bulk_create(
        [
            PartyAlias(project_id=party.project_id, party=party, text=text, language=language, position=position)
            for position, (text, language) in enumerate(wanted)
        ]
    )
    return True


def _replace_articles(incident: Incident, articles: Any) -> bool:
    present = IncidentArticle.objects.filter(incident=incident)
    had, wanted = set(present.values_list("article_id", flat=True)), set(articles)
    if had == wanted:
        return False
    present.exclude(article_id__in=wanted).delete()
    IncidentArticle.objects.bulk_create(
        [IncidentArticle(project_id=incident.project_id, incident=incident, article_id=pk) for pk in wanted - had]
    )
    return True


def _check_loop(held: object, changes: Fields) -> None:
    """Refuse a parent that has the party itself among its own parents. Raises: InvalidFields."""
    parent = changes.get("parent")
    if not isinstance(held, Party) or parent is None:
        return
    parents = dict(Party.objects.filter(project_id=held.project_id).values_list("id", "parent_id"))
    step: object = parent
    for _ in range(len(parents) + 1):
        if step == held.id:
            raise InvalidFields([FieldError("parent", "invalid", "A party cannot be part of itself.")])
        step = parents.get(step) if isinstance(step, UUID) else None


def _check_dates(held: object, fields: Fields) -> None:
    """Refuse an incident that ends before it begins. Raises: InvalidFields."""
    if held is not None and not isinstance(held, Incident):
        return
    first: Any = fields.get("date_from", getattr(held, "date_from", None))
    last: Any = fields.get("date_to", getattr(held, "date_to", None))
    if first and last and first > last:
        raise InvalidFields([FieldError("date_to", "invalid", "An incident cannot end before it begins.")])


def _happened(actor: Actor, record: Any, verb: str, fields: list[str]) -> None:
    what = record._meta.db_table
    happening = Happening(f"{what}.{verb}", record.pk, what, None, {"fields": sorted(fields)})
    record_events(actor=actor.user, project_id=record.project_id, happenings=[happening])


def _aliases(field: str, value: object) -> list[FieldError]:
    if not isinstance(value, list | tuple):
        return [FieldError(field, "invalid_type", "Aliases are a list.")]
    if len(value) > MAX_ALIASES:
        return [FieldError(field, "too_long", f"At most {MAX_ALIASES} aliases.")]
    found: list[FieldError] = []
    for index, alias in enumerate(value):
        name = f"{field}[{index}]"
        if not isinstance(alias, Mapping) or not set(alias) <= {"text", "language"} or "text" not in alias:
            found.append(FieldError(name, "invalid", 'An alias is {"text", "language"}.'))
            continue
        found += needed_line(f"{name}.text", alias["text"])
        language = alias.get("language", "")
        if not isinstance(language, str) or (language and not is_language_tag(language)):
            found.append(FieldError(f"{name}.language", "invalid", "A language is a tag such as en or fa-AF."))
    return found


def _external_ids(field: str, value: object) -> list[FieldError]:
    if not isinstance(value, Mapping):
        return [FieldError(field, "invalid_type", "External ids are an object.")]
    found: list[FieldError] = []
    for name, text in value.items():
        if name not in EXTERNAL_REGISTRIES:
            found.append(FieldError(f"{field}.{name}", "unknown_field", "One of: wikidata, acled, ucdp."))
        else:
            found += needed_line(f"{field}.{name}", text)
    return found


_PARTS: Final[Mapping[str, _Part]] = {"aliases": _replace_aliases, "articles": _replace_articles}
_REFERENCES: Final[Mapping[str, tuple[type[models.Model], bool]]] = {
    "party": (Party, False),
    "parent": (Party, False),
    "articles": (Article, True),
}
_NEEDED: Final[Mapping[type[models.Model], tuple[str, ...]]] = {
    Outlet: ("name",),
    Incident: ("title",),
    Party: ("name", "entity_type"),
}
CHECKS: Final[Mapping[type[models.Model], Mapping[str, Check]]] = {
    Outlet: {
        "name": needed_line,
        "domain": optional_line,
        "country": optional_line,
        "kind": one_of(OutletKind),
        "scale": one_of(OutletScale),
        "party": anything,
    },
    Incident: {
        "title": needed_line,
        "place": optional_line,
        "date_from": anything,
        "date_to": anything,
        "articles": anything,
    },
    Party: {
        "name": needed_line,
        "entity_type": one_of(EntityType, may_be_empty=False),
        "actor_type": one_of(ActorType),
        "parent": anything,
        "aliases": _aliases,
        "external_ids": _external_ids,
    },
}
