"""Files and functions keep a size that a person can hold in mind, and are where they are looked for."""

import ast

import pytest

from tests.architecture.repository import ROOT, TEXT, files, name, product, read

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 45
GENERATED = (
    "models/migrations/versions/",
    "requirements",
    ".start/build.lock",
    "web/translations/",
    "models/catalogue/translations/",
    "LICENSE",
)
TOP = {
    "kiosk", "web", "models", "scheduler", "tests", "instance", "docs", "wsgi.py", "setup.cfg", "pyproject.toml",
    "requirements.lock", "requirements-test.lock", "Makefile", "README.md", "README.ja.md", "CONTRIBUTING.md",
    "LICENSE",
}  # fmt: skip
UNNAMED = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools"}
UNFINISHED = ("TODO", "FIXME", "XXX", "NotImplementedError", "Being written")

RENAMED = ("UNPROCESSABLE_ENTITY", "REQUEST_ENTITY_TOO_LARGE", "REQUEST_URI_TOO_LONG", "REQUESTED_RANGE_NOT")
"""Names of answers that Python has changed since 3.11: the API is described under what the present one calls them."""


def too_long(sources):
    """(name, lines) of what has more lines than a file may have."""
    return [(what, count) for what, text in sources if (count := text.count("\n")) > MOST_LINES]


@pytest.fixture(scope="module")
def trees():
    """Every file of the product, read once."""
    return {path: ast.parse(read(path)) for path in product()}


def long_functions(tree):
    """(name, lines) of the functions that are too long."""
    return [
        (node.name, length)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]


def test_no_file_is_too_long():
    written = [path for path in files(*TEXT) if not name(path).startswith(GENERATED)]
    assert len(written) > 200
    assert too_long((name(path), read(path)) for path in written) == []


def test_a_long_file_would_be_found():
    assert too_long([("planted.py", "\n" * (MOST_LINES + 1)), ("fine.py", "\n" * MOST_LINES)]) == [
        ("planted.py", MOST_LINES + 1)
    ]


def test_no_function_is_too_long(trees):
    assert {name(path): found for path, tree in trees.items() if (found := long_functions(tree))} == {}


def test_a_long_function_would_be_found():
    planted = "def planted():\n" + "    pass\n" * MOST_LINES_OF_A_FUNCTION
    assert long_functions(ast.parse(planted)) == [("planted", MOST_LINES_OF_A_FUNCTION + 1)]


def test_the_top_level_holds_what_was_agreed():
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    made_by_running = {one for one in found if one.endswith(".egg-info")} | {"build", "__pycache__"}
    assert found - made_by_running <= TOP
    assert found >= TOP


def test_no_room_without_a_name():
    rooms = [path for path in files(".py") if {path.stem, path.parent.name} & UNNAMED]
    assert rooms == []


@pytest.mark.parametrize("word", UNFINISHED)
def test_nothing_is_left_unfinished(word):
    assert [name(path) for path in product() if word in read(path)] == []


def test_every_module_and_public_function_says_what_it_promises(trees):
    silent = []
    for path, tree in trees.items():
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
        ]
        silent += [f"{name(path)}:{node.name}" for node in public if not ast.get_docstring(node)]
        silent += [name(path)] if tree.body and not ast.get_docstring(tree) else []
    assert silent == []


def test_no_answer_is_called_by_a_name_that_not_every_python_has_for_it():
    assert [name(path) for path in product() if any(word in read(path) for word in RENAMED)] == []
