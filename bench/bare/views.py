"""A create by REST framework, a create by Django alone, a page of rows by `.values()`: as short as they can be."""

import json
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.generics import CreateAPIView
from rest_framework.serializers import ModelSerializer

from annotations.models import Annotation
from bench.bare.models import BareNote

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
