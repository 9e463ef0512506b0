"""Parties, outlets and incidents of an import: few, so they are taken as a whole, before anything that names them."""

from collections.abc import Sequence
from datetime import date
from typing import Final, cast
from uuid import UUID

from uuid_utils.compat import uuid7

from annotations.errors import FieldError, InvalidFields
from annotations.formats import document
from annotations.formats.codec import Item
from annotations.models import Incident, Outlet, Party, PartyAlias, Project
from annotations.services.exchange_checks import check_incident, check_outlet, check_party
from annotations.services.exchange_match import StoredRegistry
from annotations.services.exchange_tally import Tally

_BATCH: Final = 500
_Record = document.Party | document.Outlet | document.Incident
_Sort = type[document.Party] | type[document.Outlet] | type[document.Incident]


class Registry:
    """The registry lines of a file, checked; `ids` leads from the ids of the good ones to ours."""

    def __init__(self, project: Project, items: Sequence[Item], tally: Tally) -> None:
        """Check all lines and recognise what is there."""
        self._project, self._tally = project, tally
        self._stored = StoredRegistry(project)
        self.taken: set[str] = set()
        self.ids: dict[_Sort, dict[str, UUID]] = {document.Party: {}, document.Outlet: {}, document.Incident: {}}
        self.new_incidents: set[str] = set()
        self._new: dict[_Sort, list[_Record]] = {document.Party: [], document.Outlet: [], document.Incident: []}
        by_sort: dict[_Sort, list[Item]] = {sort: [] for sort in self.ids}
        for item in items:
            record = cast(_Record, item.record)
            if record.id in self.taken:
                tally.refuse(item.line, "duplicate_id", "id: An earlier line has this id.")
            else:
                self.taken.add(record.id)
                by_sort[type(record)].append(item)
        for item in by_sort[document.Party]:
            tally.try_line(item, self._party)
        self._settle_parents({cast(_Record, item.record).id: item.line for item in by_sort[document.Party]})
        for item in by_sort[document.Outlet]:
            tally.try_line(item, self._outlet)
        for item in by_sort[document.Incident]:
            tally.try_line(item, self._incident)

    def check(self, name: str, sort: _Sort, ids: Sequence[str | None]) -> None:
        """Refuse references that lead to no good line. Raises: InvalidFields."""
        known = self.ids[sort]
        for found in ids:
            if found is not None and found not in known:
                raise missing(name, found)

    def write(self) -> None:
        """Store what is new."""
        for sort, word in ((document.Party, "party"), (document.Outlet, "outlet"), (document.Incident, "incident")):
            self._tally.new[word] = len(self._new[sort])
        parties = [record for record in self._new[document.Party] if isinstance(record, document.Party)]
        outlets = [record for record in self._new[document.Outlet] if isinstance(record, document.Outlet)]
        incidents = [record for record in self._new[document.Incident] if isinstance(record, document.Incident)]
        Party.objects.bulk_create(map(self._party_row, parties), batch_size=_BATCH)
        PartyAlias.objects.bulk_create(
            [alias for party in parties for alias in self._alias_rows(party)], batch_size=_BATCH
        )
        Outlet.objects.bulk_create(map(self._outlet_row, outlets), batch_size=_BATCH)
        Incident.objects.bulk_create(map(self._incident_row, incidents), batch_size=_BATCH)

    def mapping(self) -> dict[str, str]:
        """Lead from the file's ids to ours."""
        return {file_id: str(pk) for ids in self.ids.values() for file_id, pk in ids.items()}

    def told(self) -> dict[str, list[str]]:
        """List the ids of what is new, for the event."""
        words = {"parties": document.Party, "outlets": document.Outlet, "incidents": document.Incident}
        return {word: [str(self.ids[sort][record.id]) for record in self._new[sort]] for word, sort in words.items()}

    def is_new(self) -> bool:
        """Whether any record is new."""
        return any(self._new.values())

    # --- checks ---------------------------------------------------------------------------------------

    def _party(self, item: Item) -> None:
        party = cast(document.Party, item.record)
        check_party(party)
        self._take(party, self._stored.party(party.name, party.entity_type))

    def _outlet(self, item: Item) -> None:
        outlet = cast(document.Outlet, item.record)
        check_outlet(outlet)
        self.check("party", document.Party, [outlet.party])
        self._take(outlet, self._stored.outlet(outlet.name))

    def _incident(self, item: Item) -> None:
        incident = cast(document.Incident, item.record)
        check_incident(incident)
        if self._take(incident, self._stored.incident(incident.title)):
            self.new_incidents.add(incident.id)

    def _take(self, record: _Record, present: UUID | None) -> bool:
        """Map a record's id; say whether the record is new."""
        self.ids[type(record)][record.id] = present or uuid7()
        if present is not None:
            self._tally.already_there += 1
            return False
        self._new[type(record)].append(record)
        return True

    def _settle_parents(self, lines: dict[str, int]) -> None:
        """Refuse new parties whose parent is missing or leads back to them, until none is left."""
        good = self.ids[document.Party]
        while True:
            parties = [party for party in self._new[document.Party] if isinstance(party, document.Party)]
            parents = {party.id: party.parent for party in parties}
            bad = {party.id for party in parties if not _has_good_parent(party, parents, good)}
            if not bad:
                return
            self._new[document.Party] = [party for party in parties if party.id not in bad]
            for party_id in bad:
                del good[party_id]
                detail = "parent: There is no such party, or it leads back to this."
                self._tally.refuse(lines[party_id], "not_found", detail)

    # --- rows -----------------------------------------------------------------------------------------

    def _party_row(self, party: document.Party) -> Party:
        ids = self.ids[document.Party]
        return Party(
            id=ids[party.id],
            project=self._project,
            name=party.name,
            entity_type=party.entity_type,
            actor_type=party.actor_type or "",
            parent_id=ids[party.parent] if party.parent is not None else None,
            external_ids=dict(party.external_ids),
        )

    def _alias_rows(self, party: document.Party) -> list[PartyAlias]:
        return [
            PartyAlias(
                project=self._project,
                party_id=self.ids[document.Party][party.id],
                text=alias.text,
                language=alias.language,
                position=position,
            )
            for position, alias in enumerate(party.aliases)
        ]

    def _outlet_row(self, outlet: document.Outlet) -> Outlet:
        return Outlet(
            id=self.ids[document.Outlet][outlet.id],
            project=self._project,
            name=outlet.name,
            domain=outlet.domain,
            country=outlet.country,
            kind=outlet.kind or "",
            scale=outlet.scale or "",
            party_id=self.ids[document.Party][outlet.party] if outlet.party is not None else None,
        )

    def _incident_row(self, incident: document.Incident) -> Incident:
        return Incident(
            id=self.ids[document.Incident][incident.id],
            project=self._project,
            title=incident.title,
            place=incident.place,
            date_from=_date(incident.date_from),
            date_to=_date(incident.date_to),
        )


def missing(name: str, file_id: str) -> InvalidFields:
    """Make the refusal of a reference that leads to no good line."""
    detail = f"There is no line with the id {file_id[:100]} among the good ones."
    return InvalidFields([FieldError(name, "not_found", detail)])


def _has_good_parent(party: document.Party, parents: dict[str, str | None], good: dict[str, UUID]) -> bool:
    if party.parent is not None and party.parent not in good:
        return False
    step, steps = party.parent, 0
    while step is not None and steps <= len(parents):
        if step == party.id:
            return False
        step, steps = parents.get(step), steps + 1
    return True


def _date(text: str | None) -> date | None:
    return None if text is None or text == "" else date.fromisoformat(text)
