"""Guards that were taken away, weakened or switched off."""

import pytest

from tests.queries.planting import Owner, examine

pytestmark = pytest.mark.django_db(transaction=True)
Capsys = pytest.CaptureFixture[str]

_HARMLESS = (
    "CREATE OR REPLACE FUNCTION newsdesk_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END $$"
)


def test_every_kind_of_weakened_guard_is_found(owner: Owner, capsys: Capsys) -> None:
    owner.run("ALTER TABLE article DISABLE TRIGGER article_text_immutable")
    owner.afterwards("ALTER TABLE article ENABLE ALWAYS TRIGGER article_text_immutable")
    owner.run("ALTER TABLE decision ENABLE TRIGGER decision_by_another")
    owner.afterwards("ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_by_another")
    owner.run("DROP TRIGGER party_in_use ON party")
    owner.afterwards(
        "CREATE TRIGGER party_in_use BEFORE DELETE ON party FOR EACH ROW EXECUTE FUNCTION newsdesk_keep_used_party(); "
        "ALTER TABLE party ENABLE ALWAYS TRIGGER party_in_use"
    )
    owner.run("DROP TRIGGER link_content ON link")
    owner.run("CREATE TRIGGER link_content BEFORE DELETE ON link FOR EACH ROW EXECUTE FUNCTION newsdesk_keep_link()")
    owner.run("ALTER TABLE link ENABLE ALWAYS TRIGGER link_content")
    owner.afterwards(
        "DROP TRIGGER link_content ON link; "
        "CREATE TRIGGER link_content BEFORE UPDATE ON link FOR EACH ROW EXECUTE FUNCTION newsdesk_keep_link(); "
        "ALTER TABLE link ENABLE ALWAYS TRIGGER link_content"
    )
    owner.run("CREATE TRIGGER stray BEFORE UPDATE ON outlet FOR EACH ROW EXECUTE FUNCTION newsdesk_refuse()")
    owner.run("ALTER TABLE outlet ENABLE ALWAYS TRIGGER stray")
    owner.afterwards("DROP TRIGGER stray ON outlet")
    assert examine(capsys).guards == {
        ("guard_disabled", "article.article_text_immutable"),
        ("guard_disabled", "decision.decision_by_another"),
        ("guard_missing", "party.party_in_use"),
        ("guard_changed", "link.link_content"),
        ("guard_unknown", "outlet.stray"),
    }


def test_a_function_made_harmless_is_found(owner: Owner, capsys: Capsys) -> None:
    ((definition,),) = owner.run("SELECT pg_get_functiondef('newsdesk_refuse'::regproc)")
    owner.run(_HARMLESS)
    owner.afterwards(definition)
    assert examine(capsys).guards == {("guard_changed", "newsdesk_refuse")}


def test_every_kind_of_weakened_constraint_is_found(owner: Owner, capsys: Capsys) -> None:
    owner.drop_constraint("annotation", "annotation_kind")
    owner.run("ALTER TABLE annotation ADD CONSTRAINT annotation_kind CHECK (true)")
    owner.drop_constraint("decision", "decision_four_eyes")
    owner.drop_constraint("link", "link_source_source_article_fk")
    owner.run(
        "ALTER TABLE link ADD CONSTRAINT link_source_source_article_fk "
        "FOREIGN KEY (source_id) REFERENCES annotation (id)"
    )
    owner.drop_constraint("outlet", "outlet_party_fk")
    owner.run(
        "ALTER TABLE outlet ADD CONSTRAINT outlet_party_fk "
        "FOREIGN KEY (project_id, party_id) REFERENCES party (project_id, id) NOT VALID"
    )
    owner.drop_constraint("event_payload", "event_payload_pkey")
    assert examine(capsys).guards == {
        ("guard_changed", "annotation.annotation_kind"),
        ("guard_missing", "decision.decision_four_eyes"),
        ("guard_changed", "link.link_source_source_article_fk"),
        ("guard_not_validated", "outlet.outlet_party_fk"),
        ("guard_missing", "event_payload.PRIMARY KEY (event_id)"),
    }


def test_every_kind_of_weakened_index_is_found(owner: Owner, capsys: Capsys) -> None:
    owner.drop_index("annotation_once")
    owner.drop_index("link_once")
    owner.run("CREATE INDEX link_once ON link (source_id, target_id, type)")
    owner.drop_index("link_one_cue")
    owner.run("CREATE UNIQUE INDEX link_one_cue ON link (source_id) WHERE type = 'cued_by'")
    owner.run("ALTER TABLE link ALTER note DROP NOT NULL")
    owner.afterwards("ALTER TABLE link ALTER note SET NOT NULL")
    assert examine(capsys).guards == {
        ("guard_missing", "annotation.annotation_once"),
        ("guard_changed", "link.link_once"),
        ("guard_changed", "link.link_one_cue"),
        ("guard_changed", "link.note"),
    }
