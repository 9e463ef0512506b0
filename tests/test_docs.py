"""Documentation that fails the build: what the code has, the pages name, and the other way round."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

import annotations.services.restoring  # noqa: F401 - no skin imports it, but its errors count too
from annotations.api.problems import MethodNotAllowed
from annotations.errors import InvalidFields, InvalidInput, NewsdeskError
from annotations.formats import CODECS
from annotations.formats.release import DATASHEET_NAME, GUIDELINE_NAME, REDACTIONS_NAME
from annotations.rules.keys import COMMANDS, KINDS, keys_of
from annotations.rules.kinds import ATTRIBUTES, Kind
from annotations.rules.links import LinkType
from annotations.rules.review import Reason, State

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """The part of a page under a heading, up to the next heading of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |\Z)", text_of(page), re.DOTALL | re.MULTILINE)
    assert found, f"{page} has no section {heading}"
    return found[2]


def first_cells(part: str) -> list[str]:
    """What stands in backquotes in the first column of the tables."""
    cells = re.findall(r"^\|(.*?)(?<!\\)\|", part, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


# --- settings --------------------------------------------------------------------------------------------------


def settings_read() -> set[str]:
    """Names handed to the readers of newsdesk/env.py."""
    found: set[str] = set()
    for path in (ROOT / "newsdesk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and re.search(r"\benv_\w+$", ast.unparse(node.func)):
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found.add(name.value)
    return found


def settings_of_compose() -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text_of("docker-compose.yml")))


def settings_in_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", text_of(".env.example"), re.MULTILINE))


def settings_documented() -> set[str]:
    return {name for name in first_cells(section("docs/operations.md", "Settings")) if name.isupper()}


def test_settings_are_the_same_in_code_example_and_documentation():
    assert {"SECRET_KEY", "DATABASE_URL", "NEWSDESK_VAR", "WEB_THREADS"} <= settings_read()
    assert settings_in_example() == settings_read() | settings_of_compose()
    assert settings_documented() == settings_in_example()


# --- errors ----------------------------------------------------------------------------------------------------


def subclasses(family: type[NewsdeskError]) -> Iterable[type[NewsdeskError]]:
    for found in family.__subclasses__():
        yield found
        yield from subclasses(found)


def test_every_error_code_is_documented_with_its_status():
    # Loading the routes loads every module that makes errors, but for the one that answers them.
    assert get_resolver().url_patterns
    assert issubclass(MethodNotAllowed, NewsdeskError)
    raised = {(str(error.status), error.code) for error in subclasses(NewsdeskError)}
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", section("docs/api.md", "Errors"), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == raised


FIELD_CODES = re.compile(r"FieldError\([^()]*?, \"([a-z_]+)\"|\brefuse\(\"([a-z_]+)\"")


def test_every_code_of_a_field_is_documented():
    rooms = ("rules", "services", "api", "anchoring")
    files = [path for room in rooms for path in (ROOT / "annotations" / room).rglob("*.py")]
    used = {a or b for path in files for a, b in FIELD_CODES.findall(path.read_text(encoding="utf-8"))}
    assert {InvalidInput.code, "required", "too_long"} <= used
    assert issubclass(InvalidFields, InvalidInput)
    documented = set(re.findall(r"`([a-z_]+)`", section("docs/api.md", "Errors")))
    assert used - documented == set()


# --- commands --------------------------------------------------------------------------------------------------


def our_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app in {"annotations", "newsdesk"}}


def test_every_command_is_documented_and_every_documented_command_exists():
    assert {"serve", "demo", "token", "doctor"} <= our_commands()
    told = set(re.findall(r"^\| `manage\.py (\w+)", section("docs/operations.md", "Commands"), re.MULTILINE))
    assert told == our_commands()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_pages_name_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= our_commands()
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`?\bmake (run|[a-z]+)\b(?=`|$| #|  |`| [A-Z]+=)", text)) <= targets


# --- the API ---------------------------------------------------------------------------------------------------


def routes() -> set[str]:
    tops = [found for found in get_resolver().url_patterns if isinstance(found, URLResolver)]
    api = next(found for found in tops if str(found.pattern) == "api/v1/")
    patterns = [pattern for pattern in api.url_patterns if isinstance(pattern, URLPattern) and str(pattern.pattern)]
    plain = {"/" + re.sub(r"<uuid:pk>", "{id}", str(pattern.pattern)) for pattern in patterns}
    return {re.sub(r"<str:(\w+)>", r"{\1}", route) for route in plain}


def test_every_route_has_its_heading_and_an_example():
    page = text_of("docs/api.md")
    headings = set(re.findall(r"^### `(/[^`]+)`$", page, re.MULTILINE))
    assert headings == routes() - {"/schema/", "/docs/"}
    for heading in headings:
        assert "curl " in section("docs/api.md", f"`{heading}`").split("\n### ")[0]


# --- formats, keys, words --------------------------------------------------------------------------------------


def test_every_format_is_documented():
    rows = re.findall(r"^\| `([\w-]+)` \| [✓–]", text_of("docs/formats.md"), re.MULTILINE)
    assert rows == sorted(CODECS)
    for name in CODECS:
        section("docs/formats.md", name)


ARROWS = {"arrowright": "→", "arrowleft": "←", "arrowdown": "↓", "arrowup": "↑", "control": "ctrl"}


def keys_of_the_workbench() -> set[str]:
    """All keys of the table of commands, those held down apart."""
    keys = [key for own in keys_of({}).values() for key in own]
    parts = {part.casefold() for key in keys for part in (re.split(r"(?<=\w)\+", key))}
    return {ARROWS.get(part, part) for part in parts}


def documented_keys(heading: str) -> set[str]:
    return {key.casefold() for key in first_cells(section("docs/keyboard.md", heading))}


def test_every_key_of_the_workbench_is_documented():
    keys = {key.casefold() for key in keys_of_the_workbench()}
    assert {"1", "2", "3", "4", "l", "d"} <= keys
    assert keys - documented_keys("Workbench") == set()
    assert documented_keys("Workbench") - keys == {"⌘"}


def test_every_key_that_a_page_announces_is_documented():
    announced: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for keys in re.findall(r'aria-keyshortcuts="([^"{]+)"', path.read_text(encoding="utf-8")):
            announced |= {key.casefold().replace("control", "ctrl") for key in re.split(r"[ ]|(?<=\w)\+", keys)}
    documented = {key for heading in ("Workbench", "Review", "Inbox") for key in documented_keys(heading)}
    assert announced - {""} <= documented


def test_keys_of_kinds_are_the_same_in_page_and_documentation():
    rows = re.findall(r"^\| `(\w+)` \| (\d) \|", section("docs/data-model.md", "Kinds of annotation"), re.MULTILINE)
    assert [kind for kind, _ in rows] == list(Kind)
    assert [(f"tag-{kind}", key) for kind, key in rows] == [(c.name, c.key) for c in COMMANDS if c.name in KINDS]


@pytest.mark.parametrize(
    "word", [*LinkType, *State, *Reason, *sorted({name for kind in Kind for name in ATTRIBUTES[kind]})]
)
def test_every_word_of_the_rules_is_in_the_data_model(word: str):
    assert re.search(rf"\b{word}\b", text_of("docs/data-model.md"))


# --- links between pages ---------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path):
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text(encoding="utf-8"))
    for target, anchor in links:
        other = (page.parent / target).resolve() if target else page
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), anchor


def test_code_refers_only_to_pages_that_exist():
    found = []
    for path in [*ROOT.glob("annotations/**/*.py"), *ROOT.glob("newsdesk/**/*.py"), *ROOT.glob("static/**/*.js")]:
        for page, anchor in re.findall(r"([\w/.-]+\.md)(?:#([\w-]+))?", path.read_text(encoding="utf-8")):
            # Files that stand in a release, not here.
            if page in {DATASHEET_NAME, GUIDELINE_NAME, REDACTIONS_NAME}:
                continue
            if not (ROOT / page).is_file() or (anchor and anchor not in anchors(ROOT / page)):
                found.append(f"{path.relative_to(ROOT)}: {page}#{anchor}")
    assert found == []


def test_decisions_are_numbered_without_gaps():
    numbers = [int(page.name[:4]) for page in sorted((DOCS / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
