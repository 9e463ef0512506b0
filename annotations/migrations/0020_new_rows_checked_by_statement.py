"""Parties and words of new annotations are looked up once a statement; asking for each row cost an import a tenth.

A later change of one record is still asked row by row, by the functions of 0002 and 0012.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION newsdesk_check_added_parties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM party WHERE id IN (SELECT unnest(a.parties) FROM added a) ORDER BY id FOR KEY SHARE;
    IF EXISTS (
        SELECT 1 FROM added a WHERE cardinality(a.parties) > 0 AND cardinality(a.parties) <> (
            SELECT count(*) FROM party p WHERE p.id = ANY(a.parties) AND p.project_id = a.project_id)) THEN
        RAISE EXCEPTION 'a party of the mention is not in this project'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'annotation_parties', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION newsdesk_check_added_exact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added n JOIN article a ON a.id = n.article_id, generate_subscripts(n.segments, 1) AS i
        WHERE n.article_id IN (SELECT r.article_id FROM redaction r)
            AND substr(a.text, n.segments[i][1] + 1, n.segments[i][2] - n.segments[i][1]) <> n.exact[i]) THEN
        RAISE EXCEPTION 'the text at a segment is not its exact'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'annotation_matches_text', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
DROP TRIGGER annotation_parties ON annotation;
CREATE TRIGGER annotation_parties BEFORE UPDATE OF parties ON annotation
    FOR EACH ROW WHEN (cardinality(NEW.parties) > 0) EXECUTE FUNCTION newsdesk_check_parties();
ALTER TABLE annotation ENABLE ALWAYS TRIGGER annotation_parties;
CREATE TRIGGER annotation_added_parties AFTER INSERT ON annotation REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_check_added_parties();
ALTER TABLE annotation ENABLE ALWAYS TRIGGER annotation_added_parties;

DROP TRIGGER annotation_matches_text ON annotation;
CREATE TRIGGER annotation_matches_text AFTER UPDATE OF segments, exact ON annotation
    FOR EACH ROW EXECUTE FUNCTION newsdesk_check_exact();
ALTER TABLE annotation ENABLE ALWAYS TRIGGER annotation_matches_text;
CREATE TRIGGER annotation_added_text AFTER INSERT ON annotation REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION newsdesk_check_added_exact();
ALTER TABLE annotation ENABLE ALWAYS TRIGGER annotation_added_text;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0019_topic_statistics")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS)]
