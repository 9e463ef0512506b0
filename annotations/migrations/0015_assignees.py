"""Who goes on with a record after its author left the project."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def assignee() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0014_invitations")]

    operations = [
        operation
        for model in ("annotation", "link")
        for operation in (
            migrations.AddField(model, "assignee", assignee()),
            migrations.AddIndex(
                model,
                models.Index(
                    condition=models.Q(("assignee__isnull", False)),
                    fields=["project", "assignee", "id"],
                    name=f"{model}_by_assignee",
                ),
            ),
        )
    ]
