"""Parties and their aliases: all names of one actor together."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from annotations.models.base import Record, VersionedRecord, one_of, unique_in_project
from annotations.models.projects import Project
from annotations.rules.registry import ActorType, EntityType


class Party(VersionedRecord):
    """An actor. References to other parties stay in the project by composite foreign keys (0002)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parties")
    name = models.CharField(max_length=500)
    entity_type = models.CharField(max_length=20)
    actor_type = models.CharField(max_length=20, blank=True, default="")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", db_constraint=False
    )
    external_ids = models.JSONField(default=dict)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_constraint=False
    )

    class Meta:
        db_table = "party"
        constraints = [
            unique_in_project("party"),
            one_of("entity_type", EntityType, "party_entity_type"),
            one_of("actor_type", ActorType, "party_actor_type", may_be_empty=True),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")) & ~models.Q(merged_into=models.F("id")),
                name="party_not_its_own_parent",
            ),
        ]
        # For names that are nearly the same (pg_trgm).
        indexes = [GinIndex(fields=["name"], name="party_name_similar", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.name


class PartyAlias(Record):
    """Another name of a party, in one language."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases", db_constraint=False)
    text = models.CharField(max_length=500)
    language = models.CharField(max_length=35, blank=True, default="")
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "party_alias"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["party", "position"], name="party_alias_position")]
        indexes = [
            models.Index(fields=["project", "text"], name="party_alias_text"),
            GinIndex(fields=["text"], name="party_alias_similar", opclasses=["gin_trgm_ops"]),
        ]
