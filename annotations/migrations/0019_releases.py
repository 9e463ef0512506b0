"""Releases: named, numbered exports that nobody changes."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

# What was released stays as it was released.
GUARDS = """
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON release
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE release ENABLE ALWAYS TRIGGER release_append_only;
CREATE TRIGGER release_part_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON release_part
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE release_part ENABLE ALWAYS TRIGGER release_part_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0010_sign_in_counts")]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=500)),
                ("filters", models.JSONField(default=dict)),
                ("manifest", models.JSONField()),
                ("texts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="annotations.project"
                    ),
                ),
            ],
            options={
                "db_table": "release",
            },
        ),
        migrations.CreateModel(
            name="ReleasePart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "release_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "release",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="annotations.release",
                    ),
                ),
            ],
            options={
                "db_table": "release_part",
            },
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("project", "number"), name="release_number"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("project", "name"), name="release_name"),
        ),
        migrations.RunSQL(GUARDS),
    ]
