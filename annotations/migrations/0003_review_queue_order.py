"""The queue's order: by article, then by place in the text; links by their source's article, then by age."""

from django.db import migrations

INDEXES = """
CREATE INDEX annotation_waiting ON annotation (project_id, article_id, (segments[1][1]), id) WHERE state = 'submitted';
CREATE INDEX annotation_waiting_by_author ON annotation (project_id, author_id, article_id) WHERE state = 'submitted';
CREATE INDEX annotation_waiting_by_change ON annotation (project_id, updated_at) WHERE state = 'submitted';
CREATE INDEX annotation_by_topic ON annotation (project_id, (attributes -> 'topic'))
    WHERE kind IN ('claim', 'counterclaim');
CREATE INDEX link_waiting ON link (project_id, source_article_id, id) WHERE state = 'submitted';
CREATE INDEX link_waiting_by_author ON link (project_id, author_id, source_article_id) WHERE state = 'submitted';
CREATE INDEX link_waiting_by_change ON link (project_id, updated_at) WHERE state = 'submitted';
CREATE INDEX annotation_sent_back ON annotation (project_id, author_id, id)
    WHERE state IN ('returned', 'rejected', 'withdrawn');
CREATE INDEX link_sent_back ON link (project_id, author_id, id)
    WHERE state IN ('returned', 'rejected', 'withdrawn');
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0002_guards")]

    operations = [migrations.RunSQL(INDEXES)]
