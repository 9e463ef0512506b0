"""How often each topic occurs: without it PostgreSQL takes every topic for a rare one and sorts the commonest."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("annotations", "0018_people_checked_by_statement")]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS annotation_topic ON (attributes -> 'topic') FROM annotation",
            "DROP STATISTICS annotation_topic",
        )
    ]
