"""Static files, joined and under names that carry a digest of their content."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from newsdesk.joining import join_modules, join_styles

# Brought by drf-spectacular's sidecar, django-htmx and REST framework; no page of ours uses them.
_UNUSED = ["redoc", "swagger-ui-es-*", "htmx-4*", "htmax-4*", "htmx-2-compat*", "hx-*", "rest_framework"]
_MARKER = ".collected"
_STYLES = "css/app.css"
_LARGE_BYTES = 150_000


class QuickCompressor(Compressor):  # type: ignore[misc]
    """Compress what pages use as well as can be, and all in a few seconds: the first start waits for it."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Take less trouble with large files: they are the API's documentation, which few open."""
        compressed: bytes = brotli.compress(data, quality=4 if len(data) > _LARGE_BYTES else 11)
        return compressed


class HashedStaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Join modules and style sheets, and name all by their content, so that everything may be cached for ever."""

    support_js_module_import_aggregation = True
    # Ours only: files of others name modules that they do not bring.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )

    def create_compressor(self, **options: Any) -> Compressor:
        """Compress quickly."""
        return QuickCompressor(**options)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Hash what `_join` has written."""
        joined = {} if dry_run else self._join(paths)
        yield from super().post_process({**paths, **joined}, dry_run=dry_run, **options)

    def _join(self, paths: dict[str, Any]) -> dict[str, Any]:
        """Write the joined files over the collected ones; give where they are now."""

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                text: str = file.read().decode()
            return text

        # The scripts that pages name; those in folders are parts of them.
        scripts = [name for name in paths if PurePosixPath(name).match("js/*.js") and name.count("/") == 1]
        texts = {name: join_modules(name, read) for name in scripts}
        if _STYLES in paths:
            texts[_STYLES] = join_styles(_STYLES, read)
        for name, text in texts.items():
            Path(self.path(name)).write_text(text, encoding="utf-8")
        return {name: (self, name) for name in texts}


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
