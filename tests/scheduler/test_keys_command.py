"""`maeniwa keys`: says which days have keys, and renews the master key; what was sealed can still be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.core.keys import MASTER
from models.core.settings import Settings
from models.operations.booking import book
from models.queries import bookings
from scheduler.commands.main import main
from tests.conftest import inside
from tests.operations.test_booking import AIKO, asked, free


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("clock")
def test_d5_the_command_renews_the_master_key(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with inside(settings):
        made = book(asked(free()[0]))
    before = (settings.keys / MASTER).read_bytes()
    assert main(["keys", "list", "--instance", str(settings.instance)]) == 0
    assert "contact" in capsys.readouterr().out
    assert main(["keys", "rotate", "--instance", str(settings.instance)]) == 0
    assert "the old one is destroyed" in capsys.readouterr().out
    assert (settings.keys / MASTER).read_bytes() != before
    with inside(settings):
        assert bookings.contact_of(bookings.by_token(made.token)) == AIKO


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("clock")
def test_sealing_keys_are_made_carried_over_and_destroyed(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    where, file = ["--instance", str(settings.instance)], tmp_path / "keys.json"
    assert main(["keys", "make", *where]) == 0
    assert main(["keys", "export", str(file), *where]) == 0
    assert "PRIVATE" not in file.read_text(encoding="utf-8").upper()
    assert main(["keys", "import", str(file), *where]) == 0
    assert "0 new public keys" in capsys.readouterr().out
    assert main(["keys", "destroy", "--month", "2026-11", *where]) == 1
    assert "--reason" in capsys.readouterr().err
    assert main(["keys", "destroy", "--month", "2026-11", "--reason", "may have leaked", *where]) == 0
    assert "2026-11 are destroyed" in capsys.readouterr().out
    for refused in (["destroy", "--month", "2026-11"], ["destroy", "--month", "soon"], ["import", __file__]):
        assert main(["keys", *refused, *where]) == 1
        assert capsys.readouterr().err.startswith("maeniwa: ")
