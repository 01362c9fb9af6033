"""`maeniwa backup`, `restore`, `audit` and `upgrade` as the one IT person sees them: lines and exit statuses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core import migration
from models.core.settings import Settings
from models.core.snapshots import writing_in
from models.core.space import Space
from models.operations import accounts
from scheduler.commands.main import main
from tests.conftest import CITY, inside

Command = Callable[..., tuple[int, str, str]]
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def maeniwa(
    settings: Settings,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Run one command at this test's own installation: exit status, standard output, standard error."""
    for name in [name for name in os.environ if name.startswith("MAENIWA_")]:
        monkeypatch.delenv(name)
    if settings.on_postgresql:
        monkeypatch.setenv("MAENIWA_DATABASE_URL", settings.database_url)

    def command(*arguments: str, at: Path = settings.instance) -> tuple[int, str, str]:
        status = main([*arguments, "--instance", str(at)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


@SQLITE
def test_a_city_goes_into_one_file_and_comes_back_on_a_clean_machine(
    maeniwa: Command, settings: Settings, tmp_path: Path
) -> None:
    file, keys, clean = tmp_path / "city.zip", tmp_path / "keys", tmp_path / "clean"
    status, out, err = maeniwa("backup", str(file))
    assert (status, err) == (0, "")
    assert "the keys are not in it" in out
    status, out, _ = maeniwa("backup", str(file), "--keys", str(keys), "--municipality", CITY)
    assert (status, "keys mirrored" in out) == (0, True)
    shutil.rmtree(settings.instance)
    status, _, err = maeniwa("restore", str(file), at=clean)
    assert (status, err.count("\n"), "--keys DIR" in err) == (1, 1, True)
    status, out, err = maeniwa("restore", str(file), "--keys", str(keys), at=clean)
    assert (status, err) == (0, "")
    assert f"前庭市 ({CITY})" in out
    assert maeniwa("audit", "verify", at=clean)[0] == 0
    status, _, err = maeniwa("restore", str(file), at=clean)
    assert (status, "--replace" in err) == (1, True)
    status, out, _ = maeniwa("restore", str(file), "--replace", at=clean)
    assert (status, "what was here lies in" in out) == (0, True)


@SQLITE
def test_what_is_no_backup_is_refused_in_one_line(maeniwa: Command, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_text("no")
    for file in ("no.zip", "nowhere.zip"):
        status, out, err = maeniwa("restore", str(tmp_path / file), "--replace")
        assert (status, out, err.count("\n")) == (1, "", 1)


def test_the_audit_is_verified_shown_and_anchored(maeniwa: Command, settings: Settings) -> None:
    with inside(settings):
        accounts.invite("aoki", "青木", "counter", "honcho", "test")
    status, out, _ = maeniwa("audit", "anchor")
    assert (status, len(out.splitlines()), len(out.splitlines()[1])) == (0, 2, 64)
    assert "青木" not in maeniwa("audit", "show", "--last", "3")[1]
    assert maeniwa("audit", "verify")[0] == 0
    with inside(settings), writing_in(Space(CITY)) as connection:
        connection.exec_driver_sql("DELETE FROM audit_entry WHERE place = 2")
    status, out, err = maeniwa("audit", "verify")
    assert (status, out) == (1, "")
    assert "broken at place 2: missing" in err


def test_an_upgrade_says_the_way_back_and_the_way_back_is_walked(
    maeniwa: Command, settings: Settings
) -> None:
    with inside(settings) as city:
        migration.migrate(city, "0002")
    status, out, _ = maeniwa("upgrade")
    assert status == 0
    words = (
        next(line for line in out.splitlines() if "maeniwa restore" in line)
        .partition("maeniwa restore ")[2]
        .split()
    )
    assert maeniwa("restore", *words)[0] == 0
    assert "maeniwa restore" not in maeniwa("upgrade")[1]
