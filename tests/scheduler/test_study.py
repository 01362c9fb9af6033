"""`maeniwa study`: what its page shows is what it does, and bad files are refused with their line."""

from __future__ import annotations

import gzip
import json
import re
import shutil

import pytest

from scheduler.commands.main import main
from scheduler.commands.study import PARTS
from tests.architecture.repository import ROOT, read

EXAMPLES = ROOT / "tests/data/study"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
WRITTEN = re.compile(r"printf '(.*)' > (\S+)")
SHOWN = [block for block in BLOCK.findall(read("docs/study.md")) if "maeniwa study" in block]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def said(capsys):
    def run(*words):
        status = main(["study", *words])
        found = capsys.readouterr()
        return status, found.out + found.err

    return run


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.split("study ")[1].split()[0])
def test_the_page_shows_what_the_commands_do(block, said, folder):
    played = ""
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        played += f"$ {command}\n"
        if made := WRITTEN.fullmatch(command):
            (folder / made[2]).write_text(made[1].replace("\\n", "\n"))
        elif command.startswith("cat "):
            played += (folder / command.removeprefix("cat ")).read_text()
        else:
            played += said(*command.split()[2:])[1]
    assert played == block


def test_every_part_is_on_the_page_and_has_help_with_examples(capsys):
    assert {part.name for part in PARTS} <= set(re.findall(r"^## (\w+)", read("docs/study.md"), re.MULTILINE))
    for part in PARTS:
        with pytest.raises(SystemExit) as ended:
            main(["study", part.name, "--help"])
        assert ended.value.code == 0
        assert f"  maeniwa study {part.name}" in capsys.readouterr().out


def changed(name, line, text):
    """Put another text into a line of a file (from 1)."""
    with open(name) as file:
        lines = file.read().splitlines()
    lines[line - 1 : line] = [text]
    with open(name, "w") as file:
        file.write("\n".join(lines) + "\n")


WAITS = (
    "waits",
    "--log",
    "visits.csv",
    "--staffing",
    "staffing.csv",
    "--queries",
    "asked.jsonl",
    "--out",
    "o.csv",
)
BOARDS = ("snapshots", "--train", "boards.csv", "--queries", "boards-asked.csv", "--out", "o.csv")
DAYS = ("forecast", "--history", "honcho.csv", "--horizon", "days-ahead.csv", "--out", "o.csv")
QUESTION = (
    '{"query_id":"Q","now":"%s","ticket":{"service":"tax","arrived_at":"%s"},"waiting":[],"in_service":[]}'
)
BAD = [
    (WAITS, "visits.csv", 1, "a,b", "no column"),
    (WAITS, "visits.csv", 3, "1,tax,2026-11-16 09:00:00", "3 cells"),
    (WAITS, "visits.csv", 4, "1,tax,yesterday,,,,1", "arrived_at must be a time"),
    (WAITS, "visits.csv", 5, "1,tax,,,,,1", "neither arrived_at nor booked_for"),
    (WAITS, "visits.csv", 6, "1,,2026-11-16 09:00:00,,,,1", "service is empty"),
    (WAITS, "visits.csv", 7, "1,tax,2026-11-16 09:00:00,,2026-11-16 09:10:00,2026-11-16 09:01:00,1", "finished_at"),
    (WAITS, "visits.csv", 8, "1,tax,2026-11-16 09:00:00,,2026-11-16 08:00:00,,1", "called_at is before"),
    (WAITS, "staffing.csv", 2, "2026-11-16,1,25:00,,", "on must be a time"),
    (WAITS, "staffing.csv", 3, "2026-11-16,1,10:00,09:00,", "off is not after on"),
    (WAITS, "asked.jsonl", 1, "{", "is not JSON"),
    (WAITS, "asked.jsonl", 2, "[]", "is not a JSON object"),
    (WAITS, "asked.jsonl", 2, '{"query_id": "Q"}', "now is missing"),
    (WAITS, "asked.jsonl", 2, QUESTION % ("2031-01-01 09:00:00", "09:00"), "no counters in the staffing"),
    (WAITS, "asked.jsonl", 2, QUESTION % ("2026-11-20 09:00:00", "noon"), "noon"),
    (WAITS, "asked.jsonl", 1, '{"query_id":"Q","now":5}', "line 1"),
    (BOARDS, "boards.csv", 9, "1,2026-11-02,later,1,2,3", "minute must be a number"),
    (BOARDS, "boards.csv", 9, "1,2026-11-02,100,1,2,3", "minute is before"),
    (BOARDS, "boards.csv", 9, "1,2026-11-02,nan,1,2,3", "minute must be a number"),
    (BOARDS, "boards-asked.csv", 2, "B,1,2026-11-09,500:1:2", "minute:counters:waiting:called"),
    (BOARDS, "boards-asked.csv", 2, "B,1,2026-11-09,500:1:-2:3", "cannot be"),
    (BOARDS, "boards-asked.csv", 2, "B,1,2026-11-09,500:1:2:3|400:1:2:3", "oldest first"),
    (DAYS, "honcho.csv", 4, "2024-07-32,5", "date must be a date"),
    (DAYS, "honcho.csv", 4, "2024-07-01,5", "a second time"),
    (DAYS, "honcho.csv", 4, "2024-07-04,-5", "visitors must be a number"),
    (DAYS, "days-ahead.csv", 3, "soon", "date must be a date"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "name", "line", "text", "why"), BAD, ids=lambda one: str(one)[:24])
def test_a_bad_line_is_refused_with_its_number_and_nothing_is_written(
    said, folder, words, name, line, text, why
):
    changed(name, line, text)
    status, told = said(*words)
    assert status == 2
    assert f"{name}, line {line}: " in told
    assert why in told
    assert told.count("\n") == 1
    assert not (folder / "o.csv").exists()


@pytest.mark.parametrize("name", ["visits.csv", "asked.jsonl"])
def test_files_may_be_packed_and_may_begin_with_a_mark(said, folder, name):
    assert said(*WAITS)[0] == 0
    plain = (folder / "o.csv").read_text()
    content = b"\xef\xbb\xbf" + (folder / name).read_bytes()
    (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    assert said(*[f"{name}.gz" if word == name else word for word in WAITS])[0] == 0
    assert (folder / "o.csv").read_text() == plain


def test_a_file_that_is_not_there_broken_or_empty_is_refused(said, folder):
    assert said(*[word.replace("visits", "other") for word in WAITS]) == (
        2, "maeniwa: other.csv: No such file or directory\n",
    )  # fmt: skip
    (folder / "two.csv").write_text("series,date\na,2025-10-01\nb,2025-10-01\n")
    days = said("forecast", "--history", "none.csv", "--horizon", "two.csv", "--out", "o.csv")
    assert days == (2, "maeniwa: none.csv: No such file or directory\n"), "whatever series the horizon names"
    (folder / "visits.csv.gz").write_bytes(b"not packed")
    assert said(*[f"{word}.gz" if word == "visits.csv" else word for word in WAITS])[0] == 2
    (folder / "boards.csv").write_bytes(b"queue\n\xff\n")
    assert "boards.csv, line 2: is not UTF-8" in said(*BOARDS)[1]
    for words, name in (
        (WAITS, "asked.jsonl"),
        (BOARDS, "boards-asked.csv"),
        (DAYS, "honcho.csv"),
        (DAYS, "days-ahead.csv"),
    ):
        (folder / name).write_text(
            "".join((folder / name).read_text().splitlines(True)[:1]) if "csv" in name else ""
        )
        assert said(*words)[0] == 2


def test_a_place_that_cannot_be_written_is_said_in_one_line(said):
    status, told = said(*DAYS[:-1], "no/such/folder.csv")
    assert (status, told.count("\n")) == (1, 1)


def test_series_are_told_apart_by_the_names_of_their_files(said, folder):
    shutil.copy(folder / "honcho.csv", folder / "higashi_train.csv")
    (folder / "days-ahead.csv").write_text("series,date\nhigashi,2025-10-01\nhoncho,2025-10-02\n")
    assert said("forecast", "--history", "honcho.csv", "higashi_train.csv", *DAYS[3:])[0] == 0
    assert re.findall(r"^(\w+,\d+-\d+-\d+)", (folder / "o.csv").read_text(), re.MULTILINE) == [
        "honcho,2025-10-02", "higashi,2025-10-01",
    ]  # fmt: skip
    shutil.copy(folder / "honcho.csv", folder / "third.csv")
    status, told = said("forecast", "--history", "third.csv", *DAYS[3:])
    assert (status, "has no series third; it has higashi, honcho" in told) == (2, True)


def test_a_question_may_name_its_own_ticket_among_those_who_wait(said, folder):
    first = json.loads((folder / "asked.jsonl").read_text().splitlines()[0])
    (folder / "asked.jsonl").write_text(json.dumps(first))
    said(*WAITS)
    plain = (folder / "o.csv").read_text()
    (folder / "asked.jsonl").write_text(
        json.dumps({**first, "waiting": [*first["waiting"], first["ticket"]]})
    )
    said(*WAITS)
    assert (folder / "o.csv").read_text() == plain
