"""What the documents say is what the house does."""

import configparser
import re
import subprocess
import sys
from dataclasses import fields

import pytest

from models.core.settings import Settings
from models.rules.timetable import promises
from tests.architecture.repository import ROOT, TEXT, files, name, read

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
MACHINE = re.compile(
    r"/root/|/home/[a-z]|/Users/[a-z]|[A-Z]:\\\\?Users|file:///(?:opt|home|root|tmp|Users)|--(?:extra-)?index-url|--find-links|--trusted-host"
)


def needed(section):
    """The distributions that a section of setup.cfg asks for."""
    names = [re.split(r"[\[<>=;! ]", line.strip())[0] for line in section.splitlines() if line.strip()]
    return {re.sub(r"[._-]+", "-", name).lower() for name in names}


def test_ci_calls_the_test_command_of_the_readme():
    commands = re.findall(r"^python3 \.start .+$", read("README.md"), re.MULTILINE)
    assert commands == ["python3 .start serve --demo", "python3 .start test"]
    assert read(".ci/run").splitlines()[-1] == commands[1]
    makefile = read("Makefile").replace("$(PYTHON)", "python3")
    assert all(f"\t{command}\n" in makefile for command in commands)


def test_the_readme_tells_every_job_with_its_time():
    part = read("README.md").split("### What happens by itself", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", part, re.MULTILINE)
    assert rows == list(promises())


def test_the_index_of_decisions_is_complete():
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    index = re.findall(r"^\| \[([0-9]{4})\]\(([^)]+)\) \| (.+) \|$", read("docs/adr/README.md"), re.MULTILINE)
    titles = [read(path).splitlines()[0].removeprefix("# ") for path in records]
    assert [file for _, file, _ in index] == [path.name for path in records]
    assert [f"{number} {title}" for number, _, title in index] == titles


def test_each_decision_has_its_parts_and_fits_on_a_page():
    for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"):
        text = read(path)
        assert text.count("\n") <= 80, path.name
        for part in ("Status: ", "## Context", "## Options", "## Decision", "## Consequences"):
            assert part in text, f"{path.name}: {part}"


def test_every_setting_is_explained_with_its_default():
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", read("docs/settings.md"), re.MULTILINE))
    known = {one.name: one.default for one in fields(Settings) if one.name != "instance"}
    assert set(rows) == set(known)
    for setting, default in known.items():
        if isinstance(default, bool | int | str) and default != "":
            assert rows[setting] == f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("## To run", SETUP["options"]["install_requires"]),
        ("## To test", SETUP["options.extras_require"]["test"]),
    ],
)
def test_every_dependency_is_explained_and_no_other(heading, section):
    part = read("docs/dependencies.md").split(heading, 1)[1].split("\n## ", 1)[0]
    told = set(re.findall(r"^\| ([a-z0-9.-]+) \|", part, re.MULTILINE)) - {"package"}
    assert told == needed(section)


@pytest.mark.parametrize(
    ("lock", "sections"),
    [
        ("requirements.lock", [SETUP["options"]["install_requires"]]),
        (
            "requirements-test.lock",
            [SETUP["options"]["install_requires"], SETUP["options.extras_require"]["test"]],
        ),
    ],
)
def test_the_lock_pins_every_dependency_with_hashes(lock, sections):
    entries = re.split(r"^(?=[a-z0-9])", read(lock), flags=re.MULTILINE)[1:]
    pinned = {entry.split("==")[0] for entry in entries}
    assert all("--hash=sha256:" in entry for entry in entries)
    for section in sections:
        assert needed(section) <= pinned


def test_both_locks_pin_the_same_versions():
    run, test = (set(re.findall(r"^[a-z0-9.-]+==[^ ]+", read(lock), re.MULTILINE)) for lock in
                 ("requirements.lock", "requirements-test.lock"))  # fmt: skip
    assert run <= test


def test_no_path_of_a_machine_stands_anywhere():
    itself = "tests/architecture/test_said.py"
    told = [path for path in files(*TEXT, ".ini") if name(path) != itself]
    found = {name(path): hits for path in told if (hits := MACHINE.findall(read(path)))}
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    ["/root/main/x", "cd /root/x", "/home/ben/x", "C:\\Users\\ben", "--find-links /opt", "file:///opt"],
)
def test_a_path_of_a_machine_would_be_found(planted):
    assert MACHINE.search(planted)


def test_make_explains_every_target():
    makefile = read("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = set(re.findall(r"^([a-z]+):.*## .+$", makefile, re.MULTILINE))
    assert targets == told
    phony = makefile.split(".PHONY: ", 1)[1].splitlines()[0].split()
    assert set(phony) == targets


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_the_ci_script_is_a_program():
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=False).returncode == 0
