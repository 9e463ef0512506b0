"""Guards that cost a bulk write its time: an author is looked up once a statement, an approval where there is one.

People are never deleted and never get another id, so somebody who is there when a record is written stays there:
asking once for all rows of a statement holds as much as a foreign key that asks for each row.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_UNKNOWN = """
        RAISE EXCEPTION 'there is no such person'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;"""

FUNCTIONS = f"""
CREATE FUNCTION newsdesk_check_authors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a WHERE a.author_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM "user" u WHERE u.id = a.author_id)) THEN{_UNKNOWN}
    RETURN NULL;
END $$;

CREATE FUNCTION newsdesk_check_editors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM "user" u WHERE u.id = a.editor_id)) THEN{_UNKNOWN}
    RETURN NULL;
END $$;

CREATE FUNCTION newsdesk_check_new_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.author_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "user" u WHERE u.id = NEW.author_id) THEN{_UNKNOWN}
    RETURN NEW;
END $$;

CREATE FUNCTION newsdesk_check_new_editor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM "user" u WHERE u.id = NEW.editor_id) THEN{_UNKNOWN}
    RETURN NEW;
END $$;
"""  # noqa: S608 - constants only

PEOPLE = """
CREATE TRIGGER user_never_deleted BEFORE DELETE OR TRUNCATE ON "user"
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE "user" ENABLE ALWAYS TRIGGER user_never_deleted;
CREATE TRIGGER user_keeps_id BEFORE UPDATE OF id ON "user"
    FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE "user" ENABLE ALWAYS TRIGGER user_keeps_id;
"""


def authors(table: str) -> str:
    """The triggers that look for the authors of annotations or links."""
    return f"""
CREATE TRIGGER {table}_author AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_check_authors();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_author;
CREATE TRIGGER {table}_new_author BEFORE UPDATE OF author_id ON {table}
    FOR EACH ROW WHEN (NEW.author_id IS DISTINCT FROM OLD.author_id) EXECUTE FUNCTION newsdesk_check_new_author();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_new_author;
"""


def editors(table: str) -> str:
    """The triggers that look for the editors of versions."""
    return f"""
CREATE TRIGGER {table}_known_editor AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_check_editors();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_known_editor;
CREATE TRIGGER {table}_new_editor BEFORE UPDATE OF editor_id ON {table}
    FOR EACH ROW WHEN (NEW.editor_id <> OLD.editor_id) EXECUTE FUNCTION newsdesk_check_new_editor();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_new_editor;
"""


def approvals(table: str) -> str:
    """The guard of 0002, asked only where a version is approved: the function lets all others through anyway."""
    return f"""
DROP TRIGGER {table}_approval ON {table};
CREATE TRIGGER {table}_approval BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW WHEN (NEW.approved_version IS NOT NULL) EXECUTE FUNCTION newsdesk_check_approval();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_approval;
"""


def person(model: str, name: str, *, may_be_null: bool = False) -> migrations.AlterField:
    """Leave a reference to a person to the triggers."""
    field = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=may_be_null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )
    return migrations.AlterField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0017_webhooks")]

    operations = [
        migrations.RunSQL(FUNCTIONS + PEOPLE),
        migrations.RunSQL(authors("annotation") + authors("link")),
        migrations.RunSQL(editors("annotation_version") + editors("link_version")),
        migrations.RunSQL(approvals("annotation") + approvals("link")),
        person("annotation", "author", may_be_null=True),
        person("link", "author", may_be_null=True),
        person("annotationversion", "editor"),
        person("linkversion", "editor"),
    ]
