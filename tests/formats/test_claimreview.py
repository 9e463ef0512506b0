"""ClaimReview: approved claims only, with who makes and who disputes them."""

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from pyld import jsonld

from annotations.formats.claimreview import CLAIM_REVIEW
from tests.formats.documents import documents, written

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def graph_of(document):
    return json.loads(written(CLAIM_REVIEW, document)[0])["@graph"]


def approved(document):
    return replace(
        document,
        annotations=tuple(replace(annotation, state="approved") for annotation in document.annotations),
        links=tuple(replace(link, state="approved") for link in document.links),
    )


def stored_context(url, _options):
    assert url == "https://schema.org"
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": {"@vocab": "https://schema.org/"}}}


@SLOW
@given(documents())
def test_only_claims_that_a_reviewer_approved_are_written(document):
    content, losses = written(CLAIM_REVIEW, document)

    claims = [one for one in document.annotations if one.kind in {"claim", "counterclaim"}]
    found = {review["@id"] for review in json.loads(content)["@graph"]}
    assert found == {f"urn:uuid:{claim.id}" for claim in claims if claim.state == "approved"}
    left_out = {record for loss in losses if loss.what == "not_approved" for record in loss.ids}
    assert left_out == {claim.id for claim in claims if claim.state != "approved"}
    assert {loss.what for loss in losses} <= {loss.what for loss in CLAIM_REVIEW.losses}


def test_claims_of_a_real_article_name_their_claimants_and_disputes(panjshir):
    reviews = graph_of(approved(panjshir))

    claims = {review["itemReviewed"]["@id"] for review in reviews}
    disputing = [review["itemReviewed"] for review in reviews if "nd:disputes" in review["itemReviewed"]]
    assert len(disputing) == len({link.source for link in panjshir.links if link.link_type == "disputes"})
    assert all(set(claim["nd:disputes"]) <= claims for claim in disputing)
    names = {person["name"] for review in reviews for person in review["itemReviewed"].get("author", [])}
    assert "Taliban" in names
    assert {review["itemReviewed"]["appearance"]["publisher"]["name"] for review in reviews} == {"RT"}
    assert all(review["claimReviewed"] for review in reviews)


def test_processor_reads_types_and_links(panjshir):
    sent = json.loads(written(CLAIM_REVIEW, approved(panjshir))[0])

    expanded = jsonld.expand(sent, {"documentLoader": stored_context})

    assert len(expanded) == len(sent["@graph"])
    assert all(review["@type"] == ["https://schema.org/ClaimReview"] for review in expanded)
    claims = [review["https://schema.org/itemReviewed"][0] for review in expanded]
    assert any("urn:newsdesk:terms#disputes" in claim for claim in claims)


def test_set_without_articles_is_an_empty_graph(empty):
    assert graph_of(empty) == []
