"""A create by REST framework, one by Django alone, rows by `.values()`, a page to tag in: as short as they can be."""

import json
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.generics import CreateAPIView
from rest_framework.serializers import ModelSerializer

from annotations.anchoring.anchor import Segment
from annotations.anchoring.blocks import split_blocks
from annotations.anchoring.pieces import Mark, Piece, marks_by_block, pieces_of_block
from annotations.models import Annotation, Article
from bench.bare.models import BareNote

_PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
_ROW = ("id", "article_id", "kind", "segments", "exact", "attributes", "note", "state", "version", "created_at")


class BareNoteSerializer(ModelSerializer[BareNote]):
    """Every column."""

    class Meta:
        model = BareNote
        fields = ["id", "article", "kind", "first", "last", "exact", "created_at"]
        read_only_fields = ["id", "created_at"]


class BareNoteView(CreateAPIView[BareNote]):
    """Insert one row and commit."""

    queryset = BareNote.objects.all()
    serializer_class = BareNoteSerializer


@csrf_exempt
def create_bare_note(request: HttpRequest) -> JsonResponse:
    """Insert one row and commit, unchecked."""
    note = BareNote.objects.create(**json.loads(request.body))
    return JsonResponse({"id": note.id, "created_at": note.created_at}, status=201)


def list_bare_rows(request: HttpRequest) -> HttpResponse:
    """Answer 100 annotations of a project, anybody's."""
    rows = Annotation.objects.filter(project_id=UUID(request.GET["project"])).order_by("id").values(*_ROW)[:100]
    return HttpResponse(orjson.dumps(list(rows)), content_type="application/json")


def show_bare_page(_request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an article, anybody's, with its marks and nothing else; key 3 tags what is selected."""
    text = Article.objects.values_list("text", flat=True).get(pk=pk)
    rows = Annotation.objects.filter(article=pk).values_list("id", "kind", "segments")
    marks = [Mark(str(mark), kind, tuple(Segment(*pair) for pair in segments)) for mark, kind, segments in rows]
    blocks = split_blocks(text)
    shown = [
        f'<p data-s="{block.start}">{"".join(_html(pieces_of_block(text[block.start : block.end], block, inside)))}</p>'
        for block, inside in zip(blocks, marks_by_block(blocks, marks), strict=True)
    ]
    return HttpResponse(_PAGE.replace("<!-- text -->", "".join(shown)))


def _html(pieces: Iterable[Piece | str]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            yield escape(piece)
        else:
            yield f'<mark class="{"is-first" if piece.first else ""}">{"".join(_html(piece.children))}</mark>'
