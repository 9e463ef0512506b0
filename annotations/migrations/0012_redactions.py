"""Redactions by two people: the guards of texts and append-only tables let exactly the masked places pass.

A row passes only inside the transaction that wrote its redaction, and only when it becomes what the guards compute
themselves from the old row and the places (newsdesk_redacted).
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION newsdesk_masked(whole text, segments integer[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    piece integer[];
BEGIN
    FOREACH piece SLICE 1 IN ARRAY segments LOOP
        IF piece[1] < 0 OR piece[2] <= piece[1] OR piece[2] > char_length(whole) THEN
            RAISE EXCEPTION 'a place to be masked is not in its text' USING ERRCODE = 'check_violation';
        END IF;
        whole := overlay(whole placing repeat('█', piece[2] - piece[1]) FROM piece[1] + 1 FOR piece[2] - piece[1]);
    END LOOP;
    RETURN whole;
END $$;

-- The row with everything masked that the redactions of this transaction name in it.
CREATE FUNCTION newsdesk_redacted(changed text, key uuid, nth integer, content jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT p.path, p.segments FROM redaction_place p JOIN redaction r ON r.id = p.redaction_id
        WHERE r.transaction_number = pg_current_xact_id()::text::bigint
            AND p.place_table = changed AND p.record = key AND p.number = nth
    LOOP
        content := jsonb_set(
            content, place.path, to_jsonb(newsdesk_masked(content #>> place.path, place.segments)), false);
    END LOOP;
    RETURN content;
END $$;

CREATE OR REPLACE FUNCTION newsdesk_keep_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS DISTINCT FROM OLD.text OR NEW.sha256 <> OLD.sha256 OR NEW.length <> OLD.length
        OR NEW.project_id <> OLD.project_id THEN
        IF NEW.length = OLD.length AND NEW.project_id = OLD.project_id AND NEW.text <> OLD.text
            AND NEW.sha256 = encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')
            AND NEW.text = (
                SELECT newsdesk_masked(OLD.text, p.segments) FROM redaction_place p
                JOIN redaction r ON r.id = p.redaction_id
                WHERE r.transaction_number = pg_current_xact_id()::text::bigint
                    AND p.place_table = 'article' AND p.record = OLD.id AND p.path = '{text}') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the text of a stored article never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION newsdesk_keep_annotation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed boolean := (NEW.kind, NEW.segments, NEW.exact, NEW.attributes, NEW.parties, NEW.note)
        IS DISTINCT FROM (OLD.kind, OLD.segments, OLD.exact, OLD.attributes, OLD.parties, OLD.note);
BEGIN
    IF changed AND NEW.version = OLD.version AND to_jsonb(NEW) - 'updated_at'
        = newsdesk_redacted('annotation', OLD.id, 0, to_jsonb(OLD)) - 'updated_at' THEN
        RETURN NEW;
    END IF;
    IF (NEW.project_id, NEW.article_id) IS DISTINCT FROM (OLD.project_id, OLD.article_id)
        OR (OLD.author_id IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id)
        OR NEW.version <> OLD.version + (CASE WHEN changed THEN 1 ELSE 0 END) THEN
        RAISE EXCEPTION 'a change of content makes the next version; author and article stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION newsdesk_keep_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed boolean := (NEW.attributes, NEW.note) IS DISTINCT FROM (OLD.attributes, OLD.note);
BEGIN
    IF changed AND NEW.version = OLD.version AND to_jsonb(NEW) - 'updated_at'
        = newsdesk_redacted('link', OLD.id, 0, to_jsonb(OLD)) - 'updated_at' THEN
        RETURN NEW;
    END IF;
    IF (NEW.project_id, NEW.type, NEW.source_id, NEW.target_id)
            IS DISTINCT FROM (OLD.project_id, OLD.type, OLD.source_id, OLD.target_id)
        OR (OLD.author_id IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id)
        OR NEW.version <> OLD.version + (CASE WHEN changed THEN 1 ELSE 0 END) THEN
        RAISE EXCEPTION 'a change of content makes the next version; author, type and ends stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- Rows that are kept as they are, but for what a redaction masks in them.
CREATE FUNCTION newsdesk_keep_or_mask() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := to_jsonb(OLD);
    key uuid := coalesce(old_row ->> 'id', old_row ->> 'annotation_id', old_row ->> 'link_id')::uuid;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD AND to_jsonb(NEW)
        = newsdesk_redacted(TG_TABLE_NAME, key, coalesce((old_row ->> 'number')::integer, 0), old_row) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are kept as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

-- A request ends once; nothing else of it changes.
CREATE FUNCTION newsdesk_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.closed_as <> ''
        AND to_jsonb(NEW) - 'closed_at' - 'closed_as' = to_jsonb(OLD) - 'closed_at' - 'closed_as' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD
        AND to_jsonb(NEW) = newsdesk_redacted('redaction_request', OLD.id, 0, to_jsonb(OLD)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are kept as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

-- A payload may go with its salt when its event tells of what this transaction masks.
CREATE FUNCTION newsdesk_keep_payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM event e JOIN event_chain c ON c.id = e.chain_id
        JOIN redaction r ON r.transaction_number = pg_current_xact_id()::text::bigint
        WHERE e.id = OLD.event_id AND (c.article_id = r.article_id OR EXISTS (
            SELECT 1 FROM redaction_place p WHERE p.redaction_id = r.id AND p.record = e.subject))) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are kept as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE FUNCTION newsdesk_check_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.transaction_number := pg_current_xact_id()::text::bigint;
    IF NEW.closed_at IS NOT NULL OR NEW.closed_as <> '' OR NOT EXISTS (
        SELECT 1 FROM membership m WHERE m.user_id = NEW.requested_by_id AND m.project_id = NEW.project_id
            AND m.role = 'admin') THEN
        RAISE EXCEPTION 'an admin of the project asks for a redaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- The request was stored before, by somebody else, and says the same.
CREATE FUNCTION newsdesk_check_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.transaction_number := pg_current_xact_id()::text::bigint;
    IF NOT EXISTS (
        SELECT 1 FROM redaction_request q WHERE q.id = NEW.request_id AND q.closed_at IS NULL
            AND q.transaction_number <> NEW.transaction_number
            AND (q.project_id, q.article_id, q.segments, q.reason, q.requested_by_id)
                = (NEW.project_id, NEW.article_id, NEW.segments, NEW.reason, NEW.requested_by_id)
    ) OR NOT EXISTS (
        SELECT 1 FROM membership m WHERE m.user_id = NEW.confirmed_by_id AND m.project_id = NEW.project_id
            AND m.role IN ('reviewer', 'admin')
    ) THEN
        RAISE EXCEPTION 'a redaction is confirmed by a second person, as it was asked for'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- A place lies in the passage itself, or is one that the request says is to be masked too.
CREATE FUNCTION newsdesk_check_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r redaction;
    start integer;
    piece integer[];
    is_asked boolean;
BEGIN
    SELECT * INTO r FROM redaction
    WHERE id = NEW.redaction_id AND transaction_number = pg_current_xact_id()::text::bigint;
    IF r.id IS NULL THEN
        is_asked := false;
    ELSIF NEW.field <> '' THEN
        is_asked := split_part(NEW.field, '.', 1) = ANY (NEW.path) AND EXISTS (
            SELECT 1 FROM redaction_request q, jsonb_array_elements(q.choices) AS c
            WHERE q.id = r.request_id AND c ->> 'what' = replace(NEW.place_table, '_version', '')
                AND c ->> 'record' = NEW.record::text AND c ->> 'field' = NEW.field AND (c ->> 'mask')::boolean);
    ELSIF NEW.place_table = 'article' THEN
        is_asked := NEW.record = r.article_id AND NEW.path = '{text}' AND NEW.segments = r.segments;
    ELSE
        IF NEW.place_table = 'annotation' AND NEW.path[1] = 'exact' THEN
            SELECT segments[NEW.path[2]::integer + 1][1] INTO start FROM annotation
            WHERE id = NEW.record AND article_id = r.article_id;
        ELSIF NEW.place_table = 'annotation_version' AND NEW.path[2] = 'exact' THEN
            SELECT content -> 'segments' -> NEW.path[3]::integer ->> 0 INTO start FROM annotation_version
            WHERE annotation_id = NEW.record AND number = NEW.number AND article_id = r.article_id;
        ELSIF NEW.place_table = 'decision' AND NEW.path[2] = 'exact' THEN
            SELECT proposal -> 'segments' -> NEW.path[3]::integer ->> 0 INTO start FROM decision
            WHERE id = NEW.record AND article_id = r.article_id;
        END IF;
        is_asked := start IS NOT NULL;
        FOREACH piece SLICE 1 IN ARRAY NEW.segments LOOP
            is_asked := is_asked AND EXISTS (
                SELECT 1 FROM generate_subscripts(r.segments, 1) AS i
                WHERE r.segments[i][1] <= start + piece[1] AND start + piece[2] <= r.segments[i][2]);
        END LOOP;
    END IF;
    IF is_asked IS NOT TRUE THEN
        RAISE EXCEPTION 'nobody asked to mask this place'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- Who read a text before it was redacted may write its old words after: only then are they compared once more.
CREATE FUNCTION newsdesk_check_exact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM redaction WHERE article_id = NEW.article_id) AND EXISTS (
        SELECT 1 FROM article a, generate_subscripts(NEW.segments, 1) AS i
        WHERE a.id = NEW.article_id
            AND substr(a.text, NEW.segments[i][1] + 1, NEW.segments[i][2] - NEW.segments[i][1]) <> NEW.exact[i]) THEN
        RAISE EXCEPTION 'the text at a segment is not its exact'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""

# Tables whose rows are looked at one by one from now on, and the function that looks.
KEPT = {
    "annotation_version": "newsdesk_keep_or_mask",
    "link_version": "newsdesk_keep_or_mask",
    "decision": "newsdesk_keep_or_mask",
    "comment": "newsdesk_keep_or_mask",
    "redaction": "newsdesk_keep_or_mask",
    "guideline_version": "newsdesk_keep_or_mask",
    "event_payload": "newsdesk_keep_payload",
}

NEW_GUARDS = """
ALTER TABLE redaction_request ADD CONSTRAINT redaction_request_article_fk
    FOREIGN KEY (project_id, article_id) REFERENCES article (project_id, id);
CREATE TRIGGER redaction_request_kept BEFORE UPDATE OR DELETE ON redaction_request
    FOR EACH ROW EXECUTE FUNCTION newsdesk_keep_request();
ALTER TABLE redaction_request ENABLE ALWAYS TRIGGER redaction_request_kept;
CREATE TRIGGER redaction_request_not_truncated BEFORE TRUNCATE ON redaction_request
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE redaction_request ENABLE ALWAYS TRIGGER redaction_request_not_truncated;
CREATE TRIGGER redaction_request_by_admin BEFORE INSERT ON redaction_request
    FOR EACH ROW EXECUTE FUNCTION newsdesk_check_request();
ALTER TABLE redaction_request ENABLE ALWAYS TRIGGER redaction_request_by_admin;
CREATE TRIGGER redaction_by_two BEFORE INSERT ON redaction
    FOR EACH ROW EXECUTE FUNCTION newsdesk_check_redaction();
ALTER TABLE redaction ENABLE ALWAYS TRIGGER redaction_by_two;
CREATE TRIGGER redaction_place_asked BEFORE INSERT ON redaction_place
    FOR EACH ROW EXECUTE FUNCTION newsdesk_check_place();
ALTER TABLE redaction_place ENABLE ALWAYS TRIGGER redaction_place_asked;
CREATE TRIGGER redaction_place_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redaction_place
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();
ALTER TABLE redaction_place ENABLE ALWAYS TRIGGER redaction_place_append_only;
CREATE TRIGGER annotation_matches_text AFTER INSERT OR UPDATE OF segments, exact ON annotation
    FOR EACH ROW EXECUTE FUNCTION newsdesk_check_exact();
ALTER TABLE annotation ENABLE ALWAYS TRIGGER annotation_matches_text;
"""


def kept() -> str:
    """Make the append-only guards look at rows; TRUNCATE stays refused as it was."""
    return "\n".join(
        f"DROP TRIGGER {table}_append_only ON {table};\n"
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}();\n"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;\n"
        f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_refuse();\n"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_not_truncated;"
        for table, function in KEPT.items()
    )


def reference(to: str, *, is_checked: bool, related_name: str = "+") -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        db_constraint=is_checked, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to
    )


def pairs() -> "django.contrib.postgres.fields.ArrayField[object, object]":
    inner = django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=2)
    return django.contrib.postgres.fields.ArrayField(base_field=inner, size=None)


def key() -> "models.UUIDField[object, object]":
    return models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0011_guidelines")]

    # No redaction could be made before, so the table is empty and needs no values for its new columns.
    operations = [
        migrations.CreateModel(
            name="RedactionRequest",
            fields=[
                ("id", key()),
                ("segments", pairs()),
                ("reason", models.TextField()),
                ("choices", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("transaction_number", models.BigIntegerField(default=0)),
                ("closed_as", models.CharField(blank=True, default="", max_length=10)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("article", reference("annotations.article", is_checked=False)),
                ("project", reference("annotations.project", is_checked=False)),
                ("requested_by", reference(settings.AUTH_USER_MODEL, is_checked=True)),
            ],
            options={"db_table": "redaction_request"},
        ),
        migrations.AddField("redaction", "counts", models.JSONField(default=dict)),
        migrations.AddField("redaction", "old_digest", models.CharField(default="", max_length=64), False),
        migrations.AddField("redaction", "transaction_number", models.BigIntegerField(default=0)),
        migrations.AddField(
            "redaction",
            "request",
            models.OneToOneField(
                default=uuid_utils.compat.uuid7,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redaction",
                to="annotations.redactionrequest",
            ),
            False,
        ),
        migrations.CreateModel(
            name="RedactionPlace",
            fields=[
                ("id", key()),
                ("place_table", models.CharField(max_length=30)),
                ("record", models.UUIDField()),
                ("number", models.PositiveIntegerField(default=0)),
                ("path", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("field", models.CharField(blank=True, default="", max_length=100)),
                ("segments", pairs()),
                ("redaction", reference("annotations.redaction", is_checked=True, related_name="places")),
            ],
            options={
                "db_table": "redaction_place",
                "indexes": [models.Index(fields=["place_table", "record"], name="redaction_place_record")],
            },
        ),
        migrations.AddConstraint(
            "redactionrequest",
            models.CheckConstraint(
                condition=models.Q(("closed_as__in", ["confirmed", "refused", "withdrawn", ""])),
                name="redaction_request_closing",
            ),
        ),
        migrations.RunSQL(FUNCTIONS),
        migrations.RunSQL(kept() + NEW_GUARDS),
    ]
