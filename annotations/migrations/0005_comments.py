"""Threads on annotations and links, and how far each person has read."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

# What a thread or a mark of reading refers to stays in its project; what was said stays as it was said.
GUARDS = """
ALTER TABLE comment ADD CONSTRAINT comment_annotation_article_fk
    FOREIGN KEY (project_id, annotation_id, article_id) REFERENCES annotation (project_id, id, article_id);
ALTER TABLE comment ADD CONSTRAINT comment_link_article_fk
    FOREIGN KEY (project_id, link_id, article_id) REFERENCES link (project_id, id, source_article_id);
ALTER TABLE record_seen ADD CONSTRAINT record_seen_annotation_fk
    FOREIGN KEY (annotation_id, version) REFERENCES annotation_version (annotation_id, number);
ALTER TABLE record_seen ADD CONSTRAINT record_seen_link_fk
    FOREIGN KEY (link_id, version) REFERENCES link_version (link_id, number);
CREATE TRIGGER comment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON comment
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE comment ENABLE ALWAYS TRIGGER comment_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0004_decision_proposal")]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("act", models.CharField(default="said", max_length=10)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "mentions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "comment",
            },
        ),
        migrations.CreateModel(
            name="RecordSeen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("before", models.PositiveIntegerField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "record_seen",
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="annotation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="annotations.annotation",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="article",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.article",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="link",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="annotations.link",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.project",
            ),
        ),
        migrations.AddField(
            model_name="recordseen",
            name="annotation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.annotation",
            ),
        ),
        migrations.AddField(
            model_name="recordseen",
            name="link",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.link",
            ),
        ),
        migrations.AddField(
            model_name="recordseen",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotations.project",
            ),
        ),
        migrations.AddField(
            model_name="recordseen",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["annotation", "id"], name="comment_by_annotation"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["link", "id"], name="comment_by_link"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["project", "author", "id"], name="comment_by_author"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=django.contrib.postgres.indexes.GinIndex(fields=["mentions"], name="comment_by_mention"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("annotation__isnull", False), ("link__isnull", True)),
                    models.Q(("annotation__isnull", True), ("link__isnull", False)),
                    _connector="OR",
                ),
                name="comment_on_one_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", ["said", "resolved"])), name="comment_act"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "said"), _negated=True), models.Q(("text", ""), _negated=True), _connector="OR"
                ),
                name="comment_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordseen",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("annotation__isnull", False), ("link__isnull", True)),
                    models.Q(("annotation__isnull", True), ("link__isnull", False)),
                    _connector="OR",
                ),
                name="record_seen_one_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordseen",
            constraint=models.UniqueConstraint(
                condition=models.Q(("annotation__isnull", False)),
                fields=("annotation", "user"),
                name="record_seen_annotation",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordseen",
            constraint=models.UniqueConstraint(
                condition=models.Q(("link__isnull", False)), fields=("link", "user"), name="record_seen_link"
            ),
        ),
        migrations.RunSQL(GUARDS),
    ]
