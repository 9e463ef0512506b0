"""Answers as JSON in UTF-8. Times are RFC 3339 in UTC ending in Z."""

from collections.abc import Mapping

import orjson
from rest_framework.renderers import BaseRenderer


def to_json(content: object) -> bytes:
    """Write ids, times and enums the one way that every answer has."""
    return orjson.dumps(content, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class ORJSONRenderer(BaseRenderer):
    """The only renderer of the API."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: object, accepted_media_type: str | None = None, renderer_context: Mapping[str, object] | None = None
    ) -> bytes:
        """Write one answer; no content is no bytes."""
        return b"" if data is None else to_json(data)
