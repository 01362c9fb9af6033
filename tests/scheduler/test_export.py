"""`maeniwa export`: what other tools open is what the views hold."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models.core.settings import Settings
from models.operations import facts
from models.papers import fact_files
from models.queries import star
from scheduler.commands.main import main
from tests.conftest import inside
from tests.past_visits import MONDAY, past

duckdb = pytest.importorskip("duckdb")
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MAENIWA_DATABASE_URL", raising=False)
    with inside(settings):
        past(MONDAY, *["9:00 9:10 9:11 9:20"] * 12, "9:30 - - -", "9:40 9:41 9:42 9:52 9:50")
        facts.make_all()
    return settings.instance


def export(instance: Path, kind: str, to: Path) -> int:
    return main(["export", "facts", "--format", kind, "--out", str(to), "--instance", str(instance)])


def test_a_duckdb_file_has_every_view_with_its_types(instance: Path, tmp_path: Path) -> None:
    to = tmp_path / "facts.duckdb"
    assert export(instance, "duckdb", to) == 0
    with duckdb.connect(str(to), read_only=True) as opened:
        assert {name for (name,) in opened.execute("SHOW TABLES").fetchall()} == set(star.VIEWS)
        for name, columns in star.VIEWS.items():
            shape = {row[0]: row[1] for row in opened.execute(f"DESCRIBE {name}").fetchall()}
            assert shape == dict(columns)
        assert opened.execute("SELECT day, visits, abandoned, wait_max FROM star_visits").fetchall() == [
            (MONDAY, 14, 1, 10.0)
        ]
        counters = opened.execute("SELECT counter FROM star_visits_by_counter ORDER BY visits").fetchall()
        assert counters == [("",), ("1",)]


def test_parquet_files_are_one_a_view(instance: Path, tmp_path: Path) -> None:
    assert export(instance, "parquet", tmp_path / "facts") == 0
    assert {one.stem for one in (tmp_path / "facts").iterdir()} == set(star.VIEWS)
    read = f"SELECT sum(visits) FROM '{tmp_path}/facts/star_visits_by_source.parquet'"
    assert duckdb.sql(read).fetchall() == [(14,)]
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".facts")] == []


def test_what_is_there_is_never_written_over(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "facts.duckdb").write_text("mine")
    assert export(instance, "duckdb", tmp_path / "facts.duckdb") == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "facts.duckdb").read_text() == "mine"


def test_without_the_package_it_says_what_to_install(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert export(instance, "parquet", tmp_path / "facts") == 1
    assert "maeniwa[export]" in capsys.readouterr().err


@pytest.mark.parametrize("kind", fact_files.kinds())
def test_a_house_without_a_visit_gives_files_without_rows(settings: Settings, kind: str) -> None:
    with inside(settings):
        assert len(fact_files.as_bytes(kind, star.views(star.Part(1, MONDAY, MONDAY)))) > 500
