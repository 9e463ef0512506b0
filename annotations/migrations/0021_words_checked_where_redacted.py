"""Words of new annotations are compared with the text in redacted articles alone, each article found by its key.

The plan of 0020 was made while the table of articles was still empty: a long import went through the whole table for
each of its annotations.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION newsdesk_check_added_exact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    redacted uuid;
    words text;
BEGIN
    FOR redacted IN
        SELECT DISTINCT n.article_id FROM added n WHERE n.article_id IN (SELECT r.article_id FROM redaction r)
    LOOP
        SELECT text INTO words FROM article WHERE id = redacted;
        IF EXISTS (
            SELECT 1 FROM added n, generate_subscripts(n.segments, 1) AS i WHERE n.article_id = redacted
                AND substr(words, n.segments[i][1] + 1, n.segments[i][2] - n.segments[i][1]) <> n.exact[i]) THEN
            RAISE EXCEPTION 'the text at a segment is not its exact'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'annotation_matches_text', TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0020_new_rows_checked_by_statement")]

    operations = [migrations.RunSQL(FUNCTION)]
