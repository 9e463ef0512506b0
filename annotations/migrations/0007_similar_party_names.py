"""Indexes for party names that are nearly the same."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("annotations", "0006_assignments")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="party",
            index=GinIndex(fields=["name"], name="party_name_similar", opclasses=["gin_trgm_ops"]),
        ),
        migrations.AddIndex(
            model_name="partyalias",
            index=GinIndex(fields=["text"], name="party_alias_similar", opclasses=["gin_trgm_ops"]),
        ),
    ]
