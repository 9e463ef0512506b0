"""Acts of the workbench that can be undone."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

GUARDS = """
ALTER TABLE undo_step ADD CONSTRAINT undo_step_article_fk
    FOREIGN KEY (project_id, article_id) REFERENCES article (project_id, id);
"""


def reference(to: str) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0007_similar_party_names")]

    operations = [
        migrations.CreateModel(
            name="UndoStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("changes", models.JSONField()),
                ("is_undone", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("article", reference("annotations.article")),
                ("project", reference("annotations.project")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "undo_step"},
        ),
        migrations.AddIndex(
            model_name="undostep",
            index=models.Index(fields=["user", "article", "id"], name="undo_step_by_person"),
        ),
        migrations.AddConstraint(
            model_name="undostep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "tagged",
                            "kind",
                            "span",
                            "note",
                            "attribute",
                            "parties",
                            "removed",
                            "linked",
                            "unlinked",
                            "mentions",
                        ],
                    )
                ),
                name="undo_step_kind",
            ),
        ),
        migrations.RunSQL(GUARDS),
    ]
