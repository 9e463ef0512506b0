"""Faults of records and versions beside those of the promise: content, versions, parties, states, references."""

from collections.abc import Callable

import pytest

from tests.factories import make_article, make_party, make_project
from tests.queries.conftest import Site
from tests.queries.planting import Owner, copy_of, examine

pytestmark = pytest.mark.django_db(transaction=True)
Capsys = pytest.CaptureFixture[str]


def test_a_repeated_annotation_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    owner.drop_index("annotation_once")
    owner.drop_constraint("annotation", "annotation_id_version_fk")
    with owner.without_triggers("annotation"):
        owner.run(copy_of("annotation", id="gen_random_uuid()"), {"id": site.case.claim.id})
    assert "duplicate_annotation" in examine(capsys).codes


def test_a_party_of_another_project_is_found(site: Site, owner: Owner, capsys: Capsys) -> None:
    party = make_party(site.world.zoe, make_project(site.world.zoe))
    with owner.without_triggers("annotation"):
        owner.run("UPDATE annotation SET parties = %s WHERE id = %s", [[party.id], site.case.speaker.id])
    assert examine(capsys).ids("party_missing") == {str(site.case.speaker.id)}


def test_an_article_under_an_outlet_of_another_project_is_found(site: Site, unguarded: Owner, capsys: Capsys) -> None:
    article = make_article(site.world.zoe, make_project(site.world.zoe))
    unguarded.run("UPDATE article SET outlet_id = %s WHERE id = %s", [site.world.outlet.id, article.id])
    assert examine(capsys).ids("reference_broken") == {str(article.id)}


def test_no_finding_repeats_the_text(site: Site, unguarded: Owner, capsys: Capsys) -> None:
    unguarded.run("UPDATE article SET text = text || ' And so on.'")
    unguarded.run("UPDATE annotation SET exact = exact || exact, note = 'secret'")
    told = str(examine(capsys).findings)
    assert "bridge" not in told
    assert "secret" not in told


@pytest.fixture
def look(capsys: Capsys) -> Callable[..., object]:
    """Run the doctor, for tests that run it twice."""
    return lambda: examine(capsys)


def test_looking_changes_nothing(site: Site, unguarded: Owner, look: Callable[..., object]) -> None:
    unguarded.run("UPDATE annotation SET note = 'another'")
    assert look() == look()
