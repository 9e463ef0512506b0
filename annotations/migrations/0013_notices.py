"""Who wants mail and how far it has told; whether somebody has noticed an article that was given to them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0012_redactions")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="MailSettings",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="mail_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("digest", models.CharField(default="off", max_length=10)),
                ("told_until", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "mail_settings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__in", ["off", "daily", "weekly"])), name="mail_settings_digest"
                    )
                ],
            },
        ),
    ]
