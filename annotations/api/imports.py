"""Imports: a file goes in, a report comes out."""

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import ApiView
from annotations.api.parsers import Body
from annotations.api.schema import makes, reads
from annotations.errors import FieldError, InvalidFields, TooLarge, UnsupportedMediaType
from annotations.formats import CODECS, DEFAULT_FORMAT
from annotations.formats.native_json import NotStrict, strict_object
from annotations.models import Import
from annotations.queries.access import get_import_for, get_project_for, require
from annotations.rules.permissions import Action
from annotations.services.exchange import ImportOrder, OnError, import_file

MAX_FILE_BYTES: Final = 1024 * 1024 * 1024
# Beside the file a form has only a few short fields and the lines between them.
_REST_OF_FORM_BYTES: Final = 64 * 1024
_FIELDS: Final = ("file", "format", "on_error", "dry_run", "labels", "relations")


class ImportIn(serializers.Serializer[Any]):
    """A form with the file."""

    file = serializers.FileField()
    format = serializers.ChoiceField(sorted(CODECS), required=False)
    on_error = serializers.ChoiceField([str(choice) for choice in OnError], required=False)
    dry_run = serializers.ChoiceField(["true", "false"], required=False)
    labels = serializers.CharField(required=False, help_text="A JSON object from labels to kinds; empty leaves out.")
    relations = serializers.CharField(required=False, help_text="The same from relations to types of link.")


class ImportErrorOut(serializers.Serializer[Any]):
    """What was wrong with one line that was left out."""

    line = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportOut(serializers.Serializer[Any]):
    """The report: what is new by sort, what was there already, and which new id each id of the file got."""

    id = serializers.UUIDField(allow_null=True, help_text="Null for a dry run, which is not kept.")
    project = serializers.UUIDField()
    status = serializers.ChoiceField(["done", "failed", "queued", "running"])
    format = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    errors = ImportErrorOut(many=True)  # type: ignore[assignment]
    mapping = serializers.DictField(child=serializers.CharField())
    unknown = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))


class ImportListView(ApiView):
    """Taking files in."""

    parser_classes = [MultiPartParser]

    @makes({"multipart/form-data": ImportIn}, ImportOut, others={200: ImportOut})
    def post(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Take a file in, all or nothing; with `on_error=skip` its good lines only.

        With `dry_run=true` nothing is stored, and the report is 200 without an id.
        """
        project = get_project_for(self.actor, pk)
        require(self.actor, Action.EDIT_REGISTRY, project.id)
        self.query()
        _check_form(request)
        file, order = _order(request)
        body = Body(None, _digest(file, order))

        def act() -> Response:
            report = import_file(actor=self.actor, project=project, file=cast(BinaryIO, file), order=order)
            if order.dry_run:
                return self.answer({**import_content(report), "id": None})
            location = f"{request.path.partition('/projects/')[0]}/imports/{report.id}/"
            return self.answer(import_content(report), status=201, location=location)

        return self.once(body, act)


class ImportView(ApiView):
    """One report."""

    @reads(ImportOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the report of an import again."""
        self.query()
        return self.answer(import_content(get_import_for(self.actor, pk)))


def import_content(report: Import) -> dict[str, Any]:
    """Show one report."""
    return {
        "id": report.id,
        "project": report.project_id,
        "status": report.status,
        "format": report.format,
        "counts": report.counts,
        "errors": report.errors,
        "mapping": _mapping(report),
        "unknown": report.unknown,
    }


def _mapping(report: Import) -> object:
    """Give the mapping as the database writes it, which may be long; one that was never stored as it is."""
    if "mapping" in report.__dict__:
        return report.mapping
    written = Import.objects.values_list(Cast("mapping", TextField()), flat=True).get(pk=report.pk)
    return orjson.Fragment(written)


def _check_form(request: Request) -> None:
    """Check what can be told before reading. Raises: UnsupportedMediaType, TooLarge."""
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise UnsupportedMediaType(_("Send a form with a file, as multipart/form-data."))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FILE_BYTES + _REST_OF_FORM_BYTES:
        raise TooLarge


def _order(request: Request) -> "tuple[UploadedFile[Any], ImportOrder]":
    """Read the form. Raises: InvalidFields, TooLarge."""
    form = cast(Mapping[str, Any], request.data)
    errors = [
        FieldError(name, "unknown_field", _("There is no such field."))
        for name in form
        if name not in _FIELDS and name != "csrfmiddlewaretoken"
    ]
    files = request.FILES.getlist("file")
    if len(files) != 1 or len(request.FILES) != 1:
        errors.append(FieldError("file", "required", _("Send exactly one file.")))
    format_ = _choice(form, "format", DEFAULT_FORMAT, list(CODECS), errors)
    on_error = _choice(form, "on_error", OnError.REFUSE, [str(choice) for choice in OnError], errors)
    dry_run = _choice(form, "dry_run", "false", ["true", "false"], errors)
    labels, relations = _names(form, "labels", errors), _names(form, "relations", errors)
    if errors:
        raise InvalidFields(errors)
    file: UploadedFile[Any] = files[0]
    if file.size is not None and file.size > MAX_FILE_BYTES:
        raise TooLarge
    return file, ImportOrder(format_, OnError(on_error), dry_run == "true", labels, relations)


def _names(form: Mapping[str, Any], name: str, errors: list[FieldError]) -> dict[str, str] | None:
    """Read a mapping of names; None where none was sent."""
    if name not in form:
        return None
    try:
        found = strict_object(str(form[name]).encode())
    except NotStrict:
        found = {"": None}
    if not all(isinstance(value, str) for value in found.values()):
        errors.append(FieldError(name, "invalid_type", _("This must be a JSON object of texts.")))
    return {key: str(value) for key, value in found.items()}


def _choice(data: Mapping[str, Any], name: str, default: str, choices: list[str], errors: list[FieldError]) -> str:
    value = data.get(name, default)
    if value not in choices:
        errors.append(FieldError(name, "invalid_choice", _("One of: %(choices)s.") % {"choices": ", ".join(choices)}))
    return str(value)


def _digest(file: "UploadedFile[Any]", order: ImportOrder) -> str:
    """Digest what makes two requests the same; the boundary of the form does not."""
    digest = hashlib.sha256(repr(order).encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
