"""Static files under names that carry a digest of their content, ES-module imports included."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Brought by drf-spectacular's sidecar; no page of ours uses them.
_UNUSED = ["redoc", "swagger-ui-es-*"]
_MARKER = ".collected"


class HashedStaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrite `import … from "./x.js"` too, so that every module may be cached for ever."""

    support_js_module_import_aggregation = True
    # Ours only: files of others name modules that they do not bring.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )


def collect_if_stale() -> bool:
    """Collect the static files when one was added, changed or removed since the last time; tell whether it did."""
    marker = Path(settings.STATIC_ROOT) / _MARKER
    state = _fingerprint()
    if marker.exists() and marker.read_text(encoding="ascii") == state:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=_UNUSED)
    marker.write_text(state, encoding="ascii")
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for line in sorted(_source_lines()):
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _source_lines() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(_UNUSED):
            stat = Path(storage.path(name)).stat()
            yield f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
