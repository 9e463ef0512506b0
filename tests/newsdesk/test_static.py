"""Static files under names that carry a digest of their content."""

import pytest
from django.templatetags.static import static

from newsdesk.storage import collect_if_stale


@pytest.fixture
def sources(settings, tmp_path):
    folder = tmp_path / "source"
    (folder / "js" / "lib").mkdir(parents=True)
    main = 'import { a } from "./lib/a.js";\n\na(() => import("./lib/later.js"));\n'
    (folder / "js" / "main.js").write_text(main, encoding="utf-8")
    (folder / "js" / "lib" / "later.js").write_text("export const b = 1;\n", encoding="utf-8")
    (folder / "js" / "lib" / "a.js").write_text("export function a() {}\n", encoding="utf-8")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "newsdesk.storage.HashedStaticStorage"}}
    return folder


def test_modules_are_joined_and_name_what_they_fetch_later_by_its_hashed_name(sources, settings):
    assert collect_if_stale() is True
    later = static("js/lib/later.js").rpartition("/")[2]
    collected = (settings.STATIC_ROOT / static("js/main.js").removeprefix(settings.STATIC_URL)).read_text("utf-8")
    assert later != "later.js"
    assert f'import("./lib/{later}")' in collected
    assert "function a() {}" in collected
    assert "from" not in collected


def test_files_are_collected_again_only_when_one_changed(sources):
    assert [collect_if_stale(), collect_if_stale()] == [True, False]
    (sources / "js" / "lib" / "a.js").write_text("export function a() { return 1; }\n", encoding="utf-8")
    assert collect_if_stale() is True
