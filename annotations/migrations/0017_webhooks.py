"""Webhooks with their log; and how a project reads the names of foreign files."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

# A message stays with an address of its own project.
GUARDS = """
ALTER TABLE webhook_delivery ADD CONSTRAINT webhook_delivery_webhook_fk
    FOREIGN KEY (project_id, webhook_id) REFERENCES webhook (project_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0016_releases")]

    operations = [
        migrations.AddField(model_name="import", name="unknown", field=models.JSONField(default=dict)),
        migrations.CreateModel(
            name="ImportNames",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("format", models.CharField(max_length=30)),
                ("labels", models.JSONField(default=dict)),
                ("relations", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                "db_table": "import_names",
                "constraints": [models.UniqueConstraint(fields=("project", "format"), name="import_names_once")],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.CharField(max_length=2000)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None),
                ),
                ("salt", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="webhooks", to="annotations.project"
                    ),
                ),
            ],
            options={
                "db_table": "webhook",
                "constraints": [models.UniqueConstraint(fields=("project", "id"), name="webhook_in_project")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("topic", models.CharField(max_length=10)),
                ("body", models.TextField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("status", models.PositiveIntegerField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=20)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.project",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="annotations.webhook",
                    ),
                ),
            ],
            options={
                "db_table": "webhook_delivery",
                "indexes": [
                    models.Index(fields=["webhook", "id"], name="webhook_delivery_by_webhook"),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_at"], name="webhook_delivery_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "delivered", "failed"])),
                        name="webhook_delivery_state",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS),
    ]
