"""A proposal on a decision that asks for changes: what the reviewer would write instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0003_review_queue_order")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="proposal",
            field=models.JSONField(null=True),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proposal__isnull", True),
                    models.Q(("annotation__isnull", False), ("verdict", "request_changes")),
                    _connector="OR",
                ),
                name="decision_proposal",
            ),
        ),
    ]
