"""The rooms keep to their work: only services write, sizes stay small, names agree, both skins reach every verb.

Directions of imports are held by the contract in pyproject.toml; here stands what a linter cannot say.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "annotations"
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60

# Django names these; whoever calls one of them on a model or a queryset writes.
ALWAYS_WRITES = {"save", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# An export may fill temporary tables of its own session; their names start with export_.
WRITING_SQL = re.compile(
    r"\s*(?:insert\s+into\s+(?!export_)|update\s+\S+\s+set\b|delete\s+from\b|truncate\s|copy\s+\S+\s+from\b"
    r"|(?:alter|drop|create)\s+(?:or\s+replace\s+|unique\s+)?(?:table|index|trigger|function|view|role)\b)",
    re.IGNORECASE,
)
# Its transactions are read-only, so PostgreSQL itself lets it fill nothing but temporary tables.
TEMPORARY_TABLES_ONLY = "annotations/queries/export_session.py"

# Verbs that one skin does not offer yet, each with the reason.
ONLY_IN_API = {
    "edit_article": "there is no page for metadata yet",
    "create_incident": "there is no page of incidents yet",
    "edit_incident": "likewise",
    "delete_incident": "likewise",
    "edit_outlet": "there is no page of outlets yet",
    "delete_outlet": "likewise",
    "edit_party": "there is no page of parties yet",
    "delete_party": "likewise",
    "edit_link": "a link is removed and drawn anew on the page",
    "create_annotations": "the page makes one tag at a time",
    "create_links": "and one link",
    "move_annotation": "the page submits by article",
    "move_link": "likewise",
    **dict.fromkeys(
        ("create_annotation", "edit_annotation", "withdraw_annotation", "create_link", "withdraw_link"),
        "a page's acts are those of services/tagging.py, which can be undone",
    ),
}
# Steps that other services take; no skin calls them.
STEPS = {"store_plan", "store_archive"}
# What keeps others' names as authors is for who runs the site.
ONLY_IN_SHELL = {"restore_archive"}
# What only a screen does: remember what was on it, put things away in it, and take acts back.
ONLY_ON_PAGES = {
    # Two people look at every place before it goes, which a program cannot do for them.
    "request_redaction",
    "confirm_redaction",
    "close_request",
    "hand_over",
    "create_tag",
    "change_tag",
    "remove_tag",
    "link_tags",
    "unlink_tags",
    "tag_mentions",
    "undo_step",
    "redo_step",
    "forget_step",
    "missing_in",
    "save_keys",
    "make_invitation",
    "revoke_invitation",
    "deactivate_member",
    "see_record",
    "settle_record",
    "mark_comments_read",
    "mark_given_read",
    "choose_digest",
    # A stored answer to a repeated request would keep the secret, which is shown once.
    "make_webhook",
    "end_webhook",
    "repeat_delivery",
}


def sources(*rooms: str) -> list[Path]:
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]
    assert found, rooms
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


# --- only services write ---------------------------------------------------------------------------------------


def writes(module: ast.Module) -> Iterator[int]:
    """Lines on which something is written: a writing method, a queryset's update, or writing SQL."""
    patterns = {id(text) for text in patterns_in(module)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr.removeprefix("a") if node.func.attr.startswith("abulk") else node.func.attr
            # A dictionary and a digest are updated by position, a queryset by keyword.
            if name in ALWAYS_WRITES or (name == "update" and node.keywords):
                yield node.lineno
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in patterns
        if isinstance(node, ast.Constant) and is_text and WRITING_SQL.match(str(node.value)):
            yield node.lineno


def patterns_in(module: ast.Module) -> Iterator[ast.expr]:
    """What is handed to re.compile: the doctor looks for SQL in the migrations, it does not run it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            yield from node.args


ROOMS_THAT_READ = (
    *("queries", "views", "api", "tasks", "templatetags", "management"),
    *("rules", "anchoring", "formats", "models"),
)


@pytest.mark.parametrize("room", ROOMS_THAT_READ)
def test_only_services_write(room: str):
    found = {place(path, line) for path in sources(f"annotations/{room}") for line in writes(tree(path))}
    assert {where for where in found if not where.startswith(TEMPORARY_TABLES_ONLY)} == set()


@pytest.mark.parametrize(
    "line",
    [
        "Article.objects.create(title='x')",
        "article.save()",
        "rows.filter(pk=1).update(state='x')",
        "Link.objects.filter(pk=1).delete()",
        "cursor.execute('UPDATE article SET title = 1')",
        "cursor.execute(f'INSERT INTO article VALUES ({x})')",
    ],
)
def test_a_write_would_be_noticed(line: str):
    assert list(writes(ast.parse(line))) == [1]


def test_reading_is_no_write():
    harmless = "digest.update(b'x')\nvalues.update({'a': 1})\nArticle.objects.filter(pk=1)\nx = 'Update the page'"
    assert list(writes(ast.parse(harmless))) == []


# --- style that a linter does not hold -------------------------------------------------------------------------


def test_no_import_stands_in_a_function():
    found = [
        place(path, inner.lineno)
        for path in sources("annotations", "newsdesk")
        for function in functions(tree(path))
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_save_and_delete_are_never_overridden():
    found = [
        place(path, function.lineno)
        for path in sources("annotations/models")
        for function in functions(tree(path))
        if function.name in {"save", "delete"}
    ]
    assert found == []


def test_no_text_is_marked_safe():
    python = re.compile(r"\bmark_safe\b|\bSafeString\b|\bSafeData\b")
    template = re.compile(r"\|\s*(?:safe|safeseq)\b|{%-?\s*autoescape\s+off")
    found = [path for path in sources("annotations", "newsdesk") if python.search(path.read_text(encoding="utf-8"))]
    found += [path for path in templates() if template.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_module_says_what_belongs_in_it():
    silent = [
        str(path.relative_to(ROOT))
        for path in sources("annotations", "newsdesk")
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert silent == []


# --- sizes -----------------------------------------------------------------------------------------------------


def test_no_file_is_over_400_lines():
    files = sources("annotations", "newsdesk", "tests") + templates()
    files += [path for ending in ("*.js", "*.css") for path in (ROOT / "static").rglob(ending)]
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_over_60_lines():
    found = [
        f"{place(path, function.lineno)} {function.name}"
        for path in sources("annotations", "newsdesk", "tests")
        for function in functions(tree(path))
        if (function.end_lineno or 0) - function.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert found == []


# --- templates: one element, one name --------------------------------------------------------------------------


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def fragments() -> list[Path]:
    return [path for path in templates() if path.name.startswith("_")]


Element = dict[str, str | None]


class Roots(HTMLParser):
    """Finds the elements at the top of a fragment; of the branches of an `if` the one with most of them."""

    VOID = frozenset({"input", "br", "hr", "img", "meta", "link", "path", "rect", "use"})

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.roots: list[Element] = []
        self.text_outside = ""
        # For each open `if`: the depth and number of roots before it, and the roots of its best branch so far.
        self._branches: list[tuple[int, int, list[Element]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.roots.append(dict(attrs))
        if tag not in self.VOID:
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth == 0:
            self.text_outside += data.strip()

    def take_tag(self, words: str) -> None:
        """Follow one `{% … %}`."""
        name = words.split(maxsplit=1)[0]
        if name == "if":
            self._branches.append((self.depth, len(self.roots), []))
        elif name in {"else", "elif"} and self._branches:
            depth, count, best = self._branches.pop()
            self._branches.append((depth, count, max(best, self.roots[count:], key=len)))
            self.roots, self.depth = self.roots[:count], depth
        elif name == "endif":
            _, count, best = self._branches.pop()
            self.roots = [*self.roots[:count], *max(best, self.roots[count:], key=len)]
        elif name in {"include", "for"} and self.depth == 0:
            self.text_outside += f"{{% {words} %}}"


TEMPLATE_PARTS = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%-?\s*(?P<tag>.*?)\s*-?%}|(?P<variable>{{.*?}})", re.DOTALL
)


def roots_of(source: str) -> Roots:
    parser = Roots()
    last = 0
    pieces: list[str] = []
    # Inside an HTML tag a template tag chooses attributes, not elements.
    for match in TEMPLATE_PARTS.finditer(source):
        pieces.append(source[last : match.start()])
        last = match.end()
        before = "".join(pieces)
        inside_a_tag = before.rfind("<") > before.rfind(">")
        if match["variable"]:
            pieces.append("x")
        elif match["tag"] and not inside_a_tag:
            parser.feed("".join(pieces))
            pieces = []
            parser.take_tag(match["tag"])
    parser.feed("".join(pieces) + source[last:])
    parser.close()
    return parser


@pytest.mark.parametrize("path", fragments(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_fragment_has_one_root_element(path: Path):
    found = roots_of(path.read_text(encoding="utf-8"))
    assert len(found.roots) == 1
    assert found.text_outside == ""
    assert found.depth == 0


# Folder and name of the file make the name: annotations/_card.html is `annotation-card`.
SINGULAR = {
    "annotations": "annotation",
    "articles": "article",
    "links": "link",
    "review": "review",
    "projects": "project",
    "claims": "claim",
    "parties": "party",
    "exchange": "exchange",
    "accounts": "account",
    "inbox": "inbox",
    "guideline": "guideline",
    "redactions": "redaction",
    "log": "log",
}
# Where the plain name would stammer or already belongs to an element: template → name.
OTHER_NAMES = {
    "annotations/_parties.html": "party-list",
    "annotations/_save_state.html": "save-state",
    "annotations/_cards.html": "annotation-cards",
    "review/_decision.html": "decision-form",
    "review/_item.html": "review-row",
}


@pytest.mark.parametrize(
    "path", [path for path in fragments() if path.parent.name != "shared"], ids=lambda path: path.name
)
def test_a_fragment_carries_its_name_as_id(path: Path):
    key = f"{path.parent.name}/{path.name}"
    name = OTHER_NAMES.get(key, f"{SINGULAR[path.parent.name]}-{path.stem.removeprefix('_').replace('_', '-')}")
    root = roots_of(path.read_text(encoding="utf-8")).roots[0]
    assert re.fullmatch(rf"{name}(?:-.+)?", root.get("id") or "")


def test_two_roots_would_be_noticed():
    assert len(roots_of("<p>a</p><p>b</p>").roots) == 2
    assert len(roots_of("{% if a %}<p id='{% if b %}x{% endif %}'>a</p>{% else %}<i>b</i>{% endif %}").roots) == 1
    assert roots_of("{% for a in b %}<p></p>{% endfor %}").text_outside != ""


# --- every verb through both skins -----------------------------------------------------------------------------


def verbs() -> dict[str, str]:
    """Public functions of services that act for somebody, with their module."""
    found: dict[str, str] = {}
    for path in sources("annotations/services"):
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            actors = [arg for arg in node.args.kwonlyargs if arg.arg == "actor" and arg.annotation is not None]
            if actors and ast.unparse(actors[0].annotation or ast.Constant(None)) == "Actor":
                found[node.name] = path.stem
    return found


def imported_from_services(room: str) -> set[str]:
    return {
        alias.name
        for path in sources(f"annotations/{room}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("annotations.services")
        for alias in node.names
    }


def test_there_are_verbs_to_reach():
    assert {"create_annotation", "create_link", "decide", "submit_article", "create_article"} <= verbs().keys()


def test_the_api_reaches_every_verb():
    assert verbs().keys() - STEPS - ONLY_IN_SHELL - imported_from_services("api") == ONLY_ON_PAGES


def test_the_pages_reach_every_verb():
    # One decision is a list of one there.
    assert (
        verbs().keys() - STEPS - imported_from_services("views") - {"decide_one"} - ONLY_IN_SHELL == ONLY_IN_API.keys()
    )
