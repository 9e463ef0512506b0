"""Modules and style sheets joined into one file each, without comments."""

import pytest

from newsdesk.joining import join_modules, join_styles, without_comments

MODULES = {
    "js/page.js": (
        'import { Desk } from "./desk/desk.js";\nimport { find } from "./lib/dom.js";\n\nnew Desk(find("p"));\n'
    ),
    "js/desk/desk.js": (
        'import { find } from "../lib/dom.js";\n\nconst GAP = 1;\n\nexport class Desk {}\n\n'
        'export function open() {\n  return import("../tools.js").then(() => find(GAP));\n}\n'
    ),
    "js/lib/dom.js": "const GAP = 2;\n\nexport function find(what) {\n  return what + GAP;\n}\n",
    "js/long.js": "const words = `one\n  two`;\n",
    "js/one.js": 'import { b } from "./two.js";\n\nexport const a = b;\n',
    "js/two.js": 'import { a } from "./one.js";\n\nexport const b = a;\n',
}
STYLES = {
    "css/app.css": '/* Order. */\n@layer base, states;\n\n@import url("base.css") layer(base);\n'
    '@import url("print.css") layer(states) print;\n',
    "css/base.css": "/* All. */\np {\n  margin: 0; /* none */\n}\n",
    "css/print.css": "a {\n  color: inherit;\n}\n",
}


def test_each_module_is_there_once_before_those_that_need_it():
    joined = join_modules("js/page.js", MODULES.__getitem__)
    assert joined.count("function find(") == 1
    assert joined.index("function find(") < joined.index("class Desk") < joined.index("new Desk")
    assert "import {" not in joined
    assert "export " not in joined


def test_what_is_imported_later_is_named_from_where_the_joined_file_is():
    assert 'import("./tools.js")' in join_modules("js/page.js", MODULES.__getitem__)


def test_circle_of_modules_is_refused():
    with pytest.raises(ValueError, match=r"js/one\.js imports itself"):
        join_modules("js/one.js", MODULES.__getitem__)


def test_indents_are_left_out_and_what_would_change_with_them_is_refused():
    assert "{\nreturn what + GAP;\n}" in join_modules("js/page.js", MODULES.__getitem__)
    with pytest.raises(ValueError, match=r"js/long\.js has a string over several lines"):
        join_modules("js/long.js", MODULES.__getitem__)


def test_style_sheets_stand_in_their_layers_and_for_their_medium():
    joined = join_styles("css/app.css", STYLES.__getitem__)
    assert "@layer base {\np {\nmargin: 0; }\n}\n" in joined
    assert "@layer states {\n@media print {\na {\ncolor: inherit;\n}\n}\n}\n" in joined
    assert "@import" not in joined


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("// why\nact();\n", "act();\n"),
        ("/**\n * What.\n * @returns {string}\n */\nact();\n", "act();\n"),
        ("/** What. */\nact();\n", "act();\n"),
        ("/** @type {any} */ (act)();\n", "/** @type {any} */ (act)();\n"),
        ('act("https://news.example"); // after\n', 'act("https://news.example"); // after\n'),
    ],
)
def test_only_lines_that_are_nothing_but_comment_go(text, kept):
    assert without_comments(text) == kept
