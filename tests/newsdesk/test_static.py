"""Static files under names that carry a digest of their content."""

import pytest
from django.templatetags.static import static

from newsdesk.storage import collect_if_stale


@pytest.fixture
def sources(settings, tmp_path):
    folder = tmp_path / "source"
    (folder / "js" / "lib").mkdir(parents=True)
    (folder / "js" / "main.js").write_text('import { a } from "./lib/a.js";\n\na();\n', encoding="utf-8")
    (folder / "js" / "lib" / "a.js").write_text("export function a() {}\n", encoding="utf-8")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "newsdesk.storage.HashedStaticStorage"}}
    return folder


def test_modules_import_each_other_by_their_hashed_names(sources, settings):
    assert collect_if_stale() is True
    imported = static("js/lib/a.js").rpartition("/")[2]
    collected = settings.STATIC_ROOT / static("js/main.js").removeprefix(settings.STATIC_URL)
    assert imported != "a.js"
    assert f'from "./lib/{imported}"' in collected.read_text(encoding="utf-8")


def test_files_are_collected_again_only_when_one_changed(sources):
    assert [collect_if_stale(), collect_if_stale()] == [True, False]
    (sources / "js" / "lib" / "a.js").write_text("export function a() { return 1; }\n", encoding="utf-8")
    assert collect_if_stale() is True
