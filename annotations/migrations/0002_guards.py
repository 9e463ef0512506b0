"""What a database can hold by itself: one project, immutable text, append-only tables, four eyes.

Every guard fires ALWAYS, also where replication settings would skip it; the role of the application
owns nothing, so it can neither drop nor disable one. `manage.py doctor` compares this list with the
database (annotations/queries/doctor*.py).
"""

from django.db import migrations

# Table, columns, table referred to, columns there, and whether it is checked at the end only.
FOREIGN_KEYS = [
    ("party", "project_id, parent_id", "party", "project_id, id", True),
    ("party", "project_id, merged_into_id", "party", "project_id, id", True),
    ("party_alias", "project_id, party_id", "party", "project_id, id", False),
    ("outlet", "project_id, party_id", "party", "project_id, id", False),
    ("article", "project_id, outlet_id", "outlet", "project_id, id", False),
    ("article", "project_id, supersedes_id", "article", "project_id, id", True),
    ("article_passage", "project_id, article_id", "article", "project_id, id", False),
    ("incident_article", "project_id, incident_id", "incident", "project_id, id", False),
    ("incident_article", "project_id, article_id", "article", "project_id, id", False),
    ("annotation", "project_id, article_id", "article", "project_id, id", False),
    ("annotation", "id, version", "annotation_version", "annotation_id, number", True),
    ("annotation_version", "project_id, annotation_id, article_id", "annotation", "project_id, id, article_id", False),
    ("link", "project_id, source_id, source_article_id", "annotation", "project_id, id, article_id", False),
    ("link", "project_id, target_id, target_article_id", "annotation", "project_id, id, article_id", False),
    ("link", "id, version", "link_version", "link_id, number", True),
    ("link_version", "project_id, link_id, article_id", "link", "project_id, id, source_article_id", False),
    ("decision", "project_id, annotation_id, article_id", "annotation", "project_id, id, article_id", False),
    ("decision", "project_id, link_id, article_id", "link", "project_id, id, source_article_id", False),
    (
        "decision",
        "annotation_id, version, version_editor_id",
        "annotation_version",
        "annotation_id, number, editor_id",
        False,
    ),
    ("decision", "link_id, version, version_editor_id", "link_version", "link_id, number, editor_id", False),
    ("event_chain", "project_id, article_id", "article", "project_id, id", False),
    ("event", "project_id, chain_id", "event_chain", "project_id, id", False),
    ("redaction", "project_id, article_id", "article", "project_id, id", False),
]

APPEND_ONLY = ["annotation_version", "link_version", "decision", "event", "event_payload", "redaction"]
NEVER_DELETED = ["article", "annotation", "link", "event_chain"]

FUNCTIONS = """
CREATE FUNCTION newsdesk_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are kept as they are', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE FUNCTION newsdesk_segments_valid(segments integer[], exact text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    n integer := array_length(segments, 1);
    last_end integer := -1;
BEGIN
    IF n IS NULL OR n > 50 OR array_length(segments, 2) <> 2 OR cardinality(exact) <> n THEN
        RETURN false;
    END IF;
    FOR i IN 1..n LOOP
        -- ordered and not touching; never empty; as long as its text
        IF segments[i][1] <= last_end OR segments[i][2] <= segments[i][1]
            OR char_length(exact[i]) <> segments[i][2] - segments[i][1] THEN
            RETURN false;
        END IF;
        last_end := segments[i][2];
    END LOOP;
    RETURN true;
END $$;

CREATE FUNCTION newsdesk_keep_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS DISTINCT FROM OLD.text OR NEW.sha256 <> OLD.sha256 OR NEW.length <> OLD.length
        OR NEW.project_id <> OLD.project_id THEN
        RAISE EXCEPTION 'the text of a stored article never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newsdesk_check_parties() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found integer;
BEGIN
    PERFORM 1 FROM party WHERE project_id = NEW.project_id AND id = ANY(NEW.parties) FOR KEY SHARE;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found <> cardinality(NEW.parties) THEN
        RAISE EXCEPTION 'a party of the mention is not in this project'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newsdesk_keep_used_party() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotation WHERE kind = 'party' AND parties @> ARRAY[OLD.id]) THEN
        RAISE EXCEPTION 'annotations name this party'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION newsdesk_check_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writer uuid;
    approved integer;
    is_barred boolean;
BEGIN
    IF NEW.annotation_id IS NOT NULL THEN
        SELECT author_id INTO writer FROM annotation WHERE id = NEW.annotation_id;
    ELSE
        SELECT author_id INTO writer FROM link WHERE id = NEW.link_id;
    END IF;
    -- the last version approved before this one, unless that approval was revoked
    SELECT coalesce(max(d.version), 0) INTO approved FROM decision d
    WHERE (d.annotation_id = NEW.annotation_id OR d.link_id = NEW.link_id)
        AND d.version < NEW.version AND d.verdict = 'approve'
        AND NOT EXISTS (
            SELECT 1 FROM decision r
            WHERE (r.annotation_id = NEW.annotation_id OR r.link_id = NEW.link_id)
                AND r.version = d.version AND r.verdict <> 'approve' AND (r.at, r.id) > (d.at, d.id));
    IF NEW.annotation_id IS NOT NULL THEN
        is_barred := EXISTS (
            SELECT 1 FROM annotation_version v WHERE v.annotation_id = NEW.annotation_id
                AND v.number > approved AND v.number <= NEW.version AND v.editor_id = NEW.reviewer_id);
    ELSE
        is_barred := EXISTS (
            SELECT 1 FROM link_version v WHERE v.link_id = NEW.link_id
                AND v.number > approved AND v.number <= NEW.version AND v.editor_id = NEW.reviewer_id);
    END IF;
    IF is_barred OR NEW.reviewer_id = writer THEN
        RAISE EXCEPTION 'nobody decides on their own work'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newsdesk_check_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    verdict_in_force text;
BEGIN
    IF NEW.approved_version IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.approved_version IS NOT DISTINCT FROM OLD.approved_version THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'annotation' THEN
        SELECT d.verdict INTO verdict_in_force FROM decision d
        WHERE d.annotation_id = NEW.id AND d.version = NEW.approved_version ORDER BY d.at DESC, d.id DESC LIMIT 1;
    ELSE
        SELECT d.verdict INTO verdict_in_force FROM decision d
        WHERE d.link_id = NEW.id AND d.version = NEW.approved_version ORDER BY d.at DESC, d.id DESC LIMIT 1;
    END IF;
    IF verdict_in_force IS DISTINCT FROM 'approve' THEN
        RAISE EXCEPTION 'no approving decision on this version'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newsdesk_keep_annotation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed boolean := (NEW.kind, NEW.segments, NEW.exact, NEW.attributes, NEW.parties, NEW.note)
        IS DISTINCT FROM (OLD.kind, OLD.segments, OLD.exact, OLD.attributes, OLD.parties, OLD.note);
BEGIN
    IF (NEW.project_id, NEW.article_id) IS DISTINCT FROM (OLD.project_id, OLD.article_id)
        OR (OLD.author_id IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id)
        OR NEW.version <> OLD.version + (CASE WHEN changed THEN 1 ELSE 0 END) THEN
        RAISE EXCEPTION 'a change of content makes the next version; author and article stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newsdesk_keep_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed boolean := (NEW.attributes, NEW.note) IS DISTINCT FROM (OLD.attributes, OLD.note);
BEGIN
    IF (NEW.project_id, NEW.type, NEW.source_id, NEW.target_id)
            IS DISTINCT FROM (OLD.project_id, OLD.type, OLD.source_id, OLD.target_id)
        OR (OLD.author_id IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id)
        OR NEW.version <> OLD.version + (CASE WHEN changed THEN 1 ELSE 0 END) THEN
        RAISE EXCEPTION 'a change of content makes the next version; author, type and ends stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
"""

# Name, table, moment, level and function of each trigger.
TRIGGERS = [
    *[
        (f"{table}_append_only", table, "BEFORE UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "newsdesk_refuse")
        for table in APPEND_ONLY
    ],
    *[
        (f"{table}_never_deleted", table, "BEFORE DELETE OR TRUNCATE", "STATEMENT", "newsdesk_refuse")
        for table in NEVER_DELETED
    ],
    (
        "article_text_immutable",
        "article",
        "BEFORE UPDATE OF text, sha256, length, project_id",
        "ROW",
        "newsdesk_keep_text",
    ),
    ("annotation_content", "annotation", "BEFORE UPDATE", "ROW", "newsdesk_keep_annotation"),
    ("annotation_approval", "annotation", "BEFORE INSERT OR UPDATE", "ROW", "newsdesk_check_approval"),
    ("link_content", "link", "BEFORE UPDATE", "ROW", "newsdesk_keep_link"),
    ("link_approval", "link", "BEFORE INSERT OR UPDATE", "ROW", "newsdesk_check_approval"),
    ("decision_by_another", "decision", "BEFORE INSERT", "ROW", "newsdesk_check_decision"),
    ("party_in_use", "party", "BEFORE DELETE", "ROW", "newsdesk_keep_used_party"),
]

PARTIES = """
CREATE TRIGGER annotation_parties BEFORE INSERT OR UPDATE OF parties ON annotation
    FOR EACH ROW WHEN (cardinality(NEW.parties) > 0) EXECUTE FUNCTION newsdesk_check_parties();
ALTER TABLE annotation ENABLE ALWAYS TRIGGER annotation_parties;
"""


def foreign_key_name(table: str, columns: str) -> str:
    """The name of one composite foreign key: the table and the column that gives it its sense."""
    names = [column.removesuffix("_id") for column in columns.split(", ") if column != "project_id"]
    return f"{table}_{'_'.join(names)}_fk"


def foreign_keys() -> str:
    """All composite foreign keys as SQL."""
    statements = []
    for table, columns, other, other_columns, deferred in FOREIGN_KEYS:
        when = " DEFERRABLE INITIALLY DEFERRED" if deferred else ""
        statements.append(
            f"ALTER TABLE {table} ADD CONSTRAINT {foreign_key_name(table, columns)} "
            f"FOREIGN KEY ({columns}) REFERENCES {other} ({other_columns}){when};"
        )
    return "\n".join(statements)


def triggers() -> str:
    """All triggers as SQL, each firing always."""
    statements = []
    for name, table, when, each, function in TRIGGERS:
        statements.append(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}();\n"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
        )
    return "\n".join(statements)


UNIQUE_LIVING = """
CREATE UNIQUE INDEX annotation_once ON annotation (
    article_id, author_id, kind, segments,
    md5(coalesce(attributes ->> 'paraphrase', '')), coalesce(origin ->> 'annotator', '')
) WHERE state NOT IN ('withdrawn', 'rejected', 'dismissed');
ALTER TABLE annotation ADD CONSTRAINT annotation_segments CHECK (newsdesk_segments_valid(segments, exact));
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_records")]

    operations = [
        migrations.RunSQL(FUNCTIONS),
        migrations.RunSQL(UNIQUE_LIVING),
        migrations.RunSQL(foreign_keys()),
        migrations.RunSQL(triggers() + PARTIES),
    ]
