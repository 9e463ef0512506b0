"""GraphML as networkx reads it: every annotation a node, every link an edge of its own."""

import io
from dataclasses import replace

import networkx as nx
from hypothesis import HealthCheck, given, settings

from annotations.formats.graphml import GRAPHML
from tests.formats.documents import documents, written

SLOW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def graph_of(document):
    return nx.read_graphml(io.BytesIO(written(GRAPHML, document)[0]), force_multigraph=True)


@SLOW
@given(documents())
def test_networkx_reads_every_record(document):
    graph = graph_of(document)

    nodes = {annotation.id for annotation in document.annotations} | {party.id for party in document.parties}
    assert set(graph.nodes) == nodes
    mentions = {f"{one.id}/refers_to/{party}" for one in document.annotations for party in one.parties}
    assert {key for *_ends, key in graph.edges(keys=True)} == {link.id for link in document.links} | mentions
    for source, target, key, values in graph.edges(keys=True, data=True):
        assert values["type"] == "refers_to" or (source, target, values["type"]) in {
            (link.source, link.target, link.link_type) for link in document.links if link.id == key
        }


@SLOW
@given(documents())
def test_words_stay_but_for_control_characters(document):
    _content, losses = written(GRAPHML, document)
    graph = graph_of(document)

    changed = {record for loss in losses if loss.what == "control_characters" for record in loss.ids}
    assert {loss.what for loss in losses} <= {loss.what for loss in GRAPHML.losses}
    for annotation in document.annotations:
        node = graph.nodes[annotation.id]
        assert node["sort"] == annotation.kind
        assert node["label"] == " […] ".join(annotation.exact) or annotation.id in changed


def test_several_edges_between_two_nodes_stay_apart(panjshir):
    first = panjshir.links[0]
    second = replace(first, id="second", link_type="about")

    graph = graph_of(replace(panjshir, links=(*panjshir.links, second)))

    assert {first.id, "second"} <= set(graph[first.source][first.target])


def test_texts_may_be_left_out(panjshir):
    annotations = tuple(replace(annotation, exact=None) for annotation in panjshir.annotations)

    graph = graph_of(replace(panjshir, annotations=annotations))

    assert all("label" not in graph.nodes[annotation.id] for annotation in annotations)


def test_set_without_articles_is_a_graph(empty):
    assert len(graph_of(empty)) == 0
