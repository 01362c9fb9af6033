"""YAML is read with the line of every value, and what is wrong is told by file, line and expectation."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.source import CatalogueError, Document, read, read_text


def document(text: str) -> Document:
    return read_text(Path("city.yaml"), text)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class WithoutAliases(yaml.SafeDumper):
    """Writes a value that stands at two places twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_what_a_yaml_writer_writes_is_read_back_equal(data: dict[str, object]) -> None:
    text = yaml.dump(data, Dumper=WithoutAliases, sort_keys=False)
    assert document(text).data == data


def test_words_that_old_yaml_takes_for_something_else_stay_text() -> None:
    data = document("a: no\nb: on\nc: 17:15\nd: 2026-04-01\ne: 0123\nf: 1_000\n").data
    assert data == {"a": "no", "b": "on", "c": "17:15", "d": "2026-04-01", "e": "0123", "f": "1_000"}


def test_every_value_knows_its_line() -> None:
    found = document("a: 1\nb:\n  - x\n  - y: 2\n    z: {w: 3}\n")
    assert found.place(("a",)) == ("city.yaml", 1)
    assert found.place(("b", 1, "y")) == ("city.yaml", 4)
    assert found.place(("b", 1, "z", "w")) == ("city.yaml", 5)
    assert found.place(("b", 1, "nothing")) == ("city.yaml", 4)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "not valid YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "`a` is there twice, expected each key once"),
        ("a:\n  x: 1\n  x: 2\n", 3, "`x` is there twice"),
        ("a: &same [1]\nb: *same\n", 1, "expected it written out"),
        ("a: 1\nb: !!python/name:os.system x\n", 2, "expected a plain value"),
        ("? [1, 2]\n: 3\n", 1, "expected a plain word as key"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_read_names_its_line(text: str, line: int, expected: str) -> None:
    with pytest.raises(CatalogueError) as error:
        document(text)
    assert (error.value.file, error.value.line) == ("city.yaml", line)
    assert expected in error.value.message
    assert str(error.value).startswith(f"city.yaml:{line}: ")


def test_a_file_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_bytes(b"a: 1\nb: " + "住民票".encode("shift_jis"))
    with pytest.raises(CatalogueError, match=r"city\.yaml:2: .*expected UTF-8"):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"nowhere\.yaml: cannot be read"):
        read(tmp_path / "nowhere.yaml")


def test_a_very_deep_file_is_refused_and_does_not_fell_the_process() -> None:
    with pytest.raises(CatalogueError, match=r"city\.yaml:2: nested too deep"):
        document("a: 1\nb: " + "[" * 500_000)


def test_getters_say_what_they_expect() -> None:
    node = document("n: many\nt: [1]\nf: 1\nc: red\nm: 5\nb: 7\n").root
    for read_wrong, expected in (
        (lambda: node.integer("n"), "city.yaml:1: `n` is 'many', expected a whole number from 0 to"),
        (lambda: node.integer("b", high=5), "city.yaml:6: `b` is 7, expected a whole number from 0 to 5"),
        (lambda: node.number("n"), "city.yaml:1: `n` is 'many', expected a number"),
        (lambda: node.text("t"), "city.yaml:2: `t` is a list, expected text"),
        (lambda: node.flag("f"), "city.yaml:3: `f` is 1, expected true or false"),
        (
            lambda: node.one_of("c", ("blue", "green")),
            "city.yaml:4: `c` is 'red', expected one of: blue, green",
        ),
        (lambda: node.mapping("m"), "city.yaml:5: `m` is 5, expected a mapping"),
        (lambda: node.listing("m"), "city.yaml:5: `m` is 5, expected a list"),
        (lambda: node.text("x"), "city.yaml:1: `x` is missing in `city.yaml`, expected it here"),
        (lambda: node.only("n", "t", "f"), "city.yaml:4: unknown key `c`, expected one of: n, t, f"),
    ):
        with pytest.raises(CatalogueError) as error:
            read_wrong()
        assert str(error.value).startswith(expected)


def test_a_default_stands_for_an_absent_key_only() -> None:
    node = document("n: many\n").root
    assert node.integer("absent", default=3) == 3
    with pytest.raises(CatalogueError):
        node.integer("n", default=3)


def test_a_stored_document_without_lines_names_the_keys_instead() -> None:
    stored = Document(Path("items.yaml"), {"items": {"id1": {"ja": 5}}})
    with pytest.raises(CatalogueError, match=r"^items\.yaml: items\.id1: broken$"):
        stored.fail(("items", "id1"), "broken")
