"""Closed sets of the registry records: outlets and parties (docs/data-model.md#records)."""

from enum import StrEnum


class OutletKind(StrEnum):
    """What sort of source an outlet is."""

    TRADITIONAL = "traditional"
    REPORT = "report"
    LOCAL_PARTNER = "local_partner"
    NEW_MEDIA = "new_media"


class OutletScale(StrEnum):
    """How far an outlet reaches."""

    INTERNATIONAL = "international"
    NATIONAL = "national"
    SUBNATIONAL = "subnational"


class EntityType(StrEnum):
    """What a party is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    PLACE_AS_ACTOR = "place_as_actor"


class ActorType(StrEnum):
    """What part a party plays: ACLED's eight classes and five of ours."""

    STATE_FORCES = "state_forces"
    REBEL_GROUP = "rebel_group"
    POLITICAL_MILITIA = "political_militia"
    IDENTITY_MILITIA = "identity_militia"
    RIOTERS = "rioters"
    PROTESTERS = "protesters"
    CIVILIANS = "civilians"
    EXTERNAL_FORCES = "external_forces"
    MEDIA = "media"
    POLITICAL = "political"
    INTERGOVERNMENTAL = "intergovernmental"
    CIVIL_SOCIETY = "civil_society"
    OTHER = "other"


EXTERNAL_REGISTRIES = ("wikidata", "acled", "ucdp")
