"""Each person's keys for the workbench."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0008_undo_steps")]

    operations = [
        migrations.CreateModel(
            name="KeySettings",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="key_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("keys", models.JSONField(default=dict)),
                ("has_single_keys", models.BooleanField(default=True)),
            ],
            options={"db_table": "key_settings"},
        ),
    ]
