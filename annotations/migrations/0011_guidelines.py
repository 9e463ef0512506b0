"""Guidelines of projects, in versions that are only added."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER guideline_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON guideline_version
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE guideline_version ENABLE ALWAYS TRIGGER guideline_version_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0010_sign_in_counts")]

    operations = [
        migrations.CreateModel(
            name="GuidelineVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "editor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
            ],
            options={
                "db_table": "guideline_version",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "number"), name="guideline_version_number"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="guideline_version_from_one"),
                ],
            },
        ),
        migrations.RunSQL(GUARDS),
    ]
