"""Releases: named, numbered exports that nobody changes."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

# What was released stays as it was released, but for what a redaction masks in its own transaction.
GUARDS = """
CREATE FUNCTION newsdesk_keep_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'name' - 'manifest' - 'texts' = to_jsonb(OLD) - 'name' - 'manifest' - 'texts'
        AND EXISTS (SELECT 1 FROM redaction r WHERE r.project_id = OLD.project_id
            AND r.transaction_number = pg_current_xact_id()::text::bigint) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are kept as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

-- The parts are stored before their release; once it is there, nothing is added either.
CREATE FUNCTION newsdesk_keep_release_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.release_id ELSE NEW.release_id END;
    is_released boolean := EXISTS (SELECT 1 FROM release WHERE id = owner);
    is_redacted boolean := EXISTS (SELECT 1 FROM release l JOIN redaction r ON r.project_id = l.project_id
        WHERE l.id = owner AND r.transaction_number = pg_current_xact_id()::text::bigint);
BEGIN
    IF TG_OP = 'INSERT' AND (is_redacted OR NOT is_released) THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND is_redacted AND (NEW.release_id, NEW.number) = (OLD.release_id, OLD.number) THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' AND is_redacted THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are kept as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER release_kept BEFORE UPDATE OR DELETE ON release
    FOR EACH ROW EXECUTE FUNCTION newsdesk_keep_release();
ALTER TABLE release ENABLE ALWAYS TRIGGER release_kept;
CREATE TRIGGER release_not_truncated BEFORE TRUNCATE ON release
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE release ENABLE ALWAYS TRIGGER release_not_truncated;
CREATE TRIGGER release_part_kept BEFORE INSERT OR UPDATE OR DELETE ON release_part
    FOR EACH ROW EXECUTE FUNCTION newsdesk_keep_release_part();
ALTER TABLE release_part ENABLE ALWAYS TRIGGER release_part_kept;
CREATE TRIGGER release_part_not_truncated BEFORE TRUNCATE ON release_part
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE release_part ENABLE ALWAYS TRIGGER release_part_not_truncated;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0015_assignees")]

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
