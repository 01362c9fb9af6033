"""Imports only go down, and the check that says so finds what it must find."""

import shutil
import subprocess
import sys

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.repository import PRODUCT, ROOT, files, name

PLANTED = {
    "kiosk/planted.py": ("import web.access", "The doors stand on the models"),
    "web/planted.py": ("import models.tables", "Doors ask queries and operations"),
    "models/operations/planted.py": ("import flask", "Flask stops at the doors"),
    "models/rules/planted.py": ("import sqlalchemy", "Rules are plain Python"),
    "models/queries/planted.py": ("import models.operations.jobs", "The floors of models"),
    "models/core/planted.py": ("", "The floors of the ground"),
    "models/papers/planted.py": ("import smtplib", "Only the scheduler talks to the network"),
}


def test_every_contract_is_kept(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


@pytest.fixture(scope="module")
def said_of_planted(tmp_path_factory):
    house = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "setup.cfg", house)
    for path in files(".py", inside=PRODUCT):
        copy = house / name(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for planted, (line, _) in PLANTED.items():
        (house / planted).write_text(f'"""Planted."""\n{line}\n', encoding="utf-8")
    check = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports;"
    found = subprocess.run(
        [sys.executable, "-c", f"{check} sys.exit(lint_imports(no_cache=True))"],
        cwd=house,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert found.returncode == 1
    return found.stdout


@pytest.mark.parametrize("contract", sorted({contract for _, contract in PLANTED.values()}))
def test_a_planted_breach_breaks_its_contract(said_of_planted, contract):
    line = next(line for line in said_of_planted.splitlines() if line.startswith(contract))
    assert line.endswith("BROKEN")
