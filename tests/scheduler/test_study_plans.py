"""`maeniwa study` counters, cover, split, slots: what cannot be used is refused with its place, nothing is written."""

import json
import shutil

import pytest

from scheduler.commands.main import main
from tests.architecture.repository import ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "tests/data/study", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys, *words):
    """What is said of input that cannot be used."""
    assert main(["study", *words, "--out", "o.csv"]) == 2
    return capsys.readouterr().err


COUNTERS = ("counters", "--log", "visits-of-weeks.csv")
SPLIT = ("split", "--counts", "week.csv", "--minutes", "8", "--hours")


@pytest.mark.parametrize(
    ("words", "name", "line", "why"),
    [
        (COUNTERS, "visits-of-weeks.csv", "yesterday,tax,5", "arrived_at must be a time"),
        (COUNTERS, "visits-of-weeks.csv", "2026-09-07 09:00:00,tax,-1", "handling_min must be a number"),
        ((*SPLIT, "1174"), "week.csv", "Tue,18:00,11:00,1,2", "closes is before opens"),
        ((*SPLIT, "1174"), "week.csv", "Tue,09:00,17:00,1,many", "passport must be a number"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(capsys, folder, words, name, line, why):
    lines = (folder / name).read_text().splitlines()
    (folder / name).write_text("\n".join([lines[0], lines[1], line]) + "\n")
    said = refused(capsys, *words)
    assert f"{name}, line 3: " in said
    assert why in said
    assert not (folder / "o.csv").exists()


def test_options_that_cannot_be_are_refused(capsys):
    assert "at least 1136 hours" in refused(capsys, *SPLIT, "900")
    assert "--hours: must be above 0" in refused(capsys, *SPLIT, "nan")
    assert "--share" in refused(capsys, *COUNTERS, "--share", "1.5")
    assert "--within" in refused(capsys, *COUNTERS, "--within", "-1")
    assert "shifts must be an object" in refused(capsys, *COUNTERS, "--shifts", "peak-day.json")


@pytest.mark.parametrize(
    ("part", "name", "change", "why"),
    [
        ("cover", "cover-case.json", {"required": [[1, 2]]}, "has 8 slots where there are 2"),
        ("cover", "cover-case.json", {"required": "many"}, "required must be a list of days"),
        ("cover", "cover-case.json", {"slot_hours": 0}, "slot_hours must be above 0"),
        ("cover", "cover-case.json", {"max_per_day": 1}, "no shifts cover this"),
        ("cover", "cover-case.json", {"shifts": {"early": [1, 1, 1, 1, 0, 0, 0, 0]}}, "no shift is on in slot 4"),
        ("slots", "peak-day.json", {"bookings": -1}, "bookings must be from 0"),
        ("slots", "peak-day.json", {"mix": [1]}, "as long as each other"),
        ("slots", "peak-day.json", {"open": "noon"}, "open must be a time"),
        ("slots", "peak-day.json", {"most_per_start": 1, "bookings": 99}, "do not fit"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_is_refused(capsys, folder, part, name, change, why):
    (folder / name).write_text(json.dumps(json.loads((folder / name).read_text()) | change))
    said = refused(capsys, part, "--case", name)
    assert said.startswith(f"maeniwa: {name}: ")
    assert why in said


def test_keys_that_are_not_known_are_named_and_ignored(capsys, folder):
    case = json.loads((folder / "cover-case.json").read_text()) | {"colour": "red"}
    (folder / "cover-case.json").write_text(json.dumps(case))
    assert main(["study", "cover", "--case", "cover-case.json", "--out", "o.csv"]) == 0
    assert capsys.readouterr().err == "maeniwa: cover-case.json: 'colour' is not known and ignored\n"


def test_too_much_work_is_warned_of(capsys, folder):
    case = json.loads((folder / "peak-day.json").read_text()) | {"counters": 2}
    (folder / "peak-day.json").write_text(json.dumps(case))
    assert main(["study", "slots", "--case", "peak-day.json", "--out", "o.csv"]) == 0
    assert "booking alone cannot help" in capsys.readouterr().out
