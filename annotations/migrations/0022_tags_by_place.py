"""The tags of a place in the text, found without looking through all tags of its article."""

from django.db import migrations

INDEX = """
CREATE INDEX annotation_by_place
    ON annotation (article_id, (segments[1][1]), (segments[array_upper(segments, 1)][2]));
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0021_words_checked_where_redacted")]

    operations = [migrations.RunSQL(INDEX)]
