"""`maeniwa forms`: says what is in force, looks at a YAML, proposes it, and carries what was released."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.core.settings import Settings
from models.operations import form_revisions
from models.queries import form_revisions as revisions
from models.rules.forms import packing
from scheduler.commands.main import main
from tests.conftest import inside


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("clock")
def test_a_form_is_checked_proposed_released_and_carried(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    where = ["--instance", str(settings.instance)]
    own, file = tmp_path / "F01.yaml", tmp_path / "forms.json"

    def said(*words: str, status: int = 0) -> str:
        assert main(["forms", *words, *where]) == status
        told = capsys.readouterr()
        return told.out + told.err

    assert "every form is the catalogue's" in said("list")
    own.write_text("title: 請求書\nfields:\n  r_name: null\n", encoding="utf-8")
    assert "3行目：項目「r_name」は" in said("check", "F01", str(own), status=1)
    own.write_text("title: 請求書\n", encoding="utf-8")
    assert "請求書" in said("check", "F01", str(own))
    assert "an administrator releases it" in said("propose", "F01", str(own), "--from", "2026-11-24")
    with inside(settings):
        [waiting] = revisions.waiting()
        form_revisions.release(waiting.id, packing.mark(revisions.made("F01", waiting.text)), "miki")
    assert "F01 version 1 from 2026-11-24" in said("list")
    assert said("show", "F01") == "title: 請求書\n"
    assert "1 versions written" in said("export", str(file))
    assert "0 new versions taken over" in said("import", str(file))
    for refused in (["import", __file__], ["show", "F99"], ["check", "F01", str(tmp_path / "none")]):
        assert said(*refused, status=1).startswith("maeniwa: ")
