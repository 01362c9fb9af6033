"""What the documents say is what the house does."""

import configparser
import io
import re
import shlex
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr
from dataclasses import fields

import pytest
import yaml

from models.core.settings import Settings
from models.rules.timetable import promises
from scheduler.commands.main import COMMANDS, parser
from tests.architecture.repository import ROOT, TEXT, files, name, read

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
MACHINE = re.compile(
    r"/root/|/home/[a-z]|/Users/[a-z]|[A-Z]:\\\\?Users|file:///(?:opt|home|root|tmp|Users)|--(?:extra-)?index-url|--find-links|--trusted-host"
)

LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")
SHELL = re.compile(r"```(?:sh|powershell)\n(.*?)```", re.DOTALL)
CALLED = re.compile(r"(?:^|[\s/\\(])(maeniwa(?:\.exe)? (?!maeniwa)[a-z][^#|)]*)")


def needed(section):
    """The distributions that a section of setup.cfg asks for."""
    names = [re.split(r"[\[<>=;! ]", line.strip())[0] for line in section.splitlines() if line.strip()]
    return {re.sub(r"[._-]+", "-", name).lower() for name in names}


def documents():
    """Every page that people read."""
    first = (ROOT / page for page in ("README.md", "README.ja.md", "CONTRIBUTING.md"))
    return [*first, *files(".md", inside=("docs",))]


def links(text):
    """The target of every link and picture inside the repository, also of a picture that is a link."""
    found = LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    inner = [target for words, _ in found for target in links(words)]
    return [target for _, target in found if ":" not in target] + inner


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def lost_links(path, text):
    """The links of a page that lead to no file, or to no heading of it."""
    lost = []
    for target in links(text):
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        if not there.exists() or (anchor and anchor not in anchors(read(there))):
            lost.append(target)
    return lost


def commands(text):
    """Every whole command line of `maeniwa` in a page's blocks for a shell."""
    lines = (line for block in SHELL.findall(text) for line in block.replace("\\\n", " ").splitlines())
    return [found[1].strip() for line in lines if (found := CALLED.search(line))]


def understood(line):
    """Whether the command line takes these words."""
    words = shlex.split(line)[1:]
    try:
        with redirect_stderr(io.StringIO()):
            parser(words[0]).parse_args(words)
    except SystemExit as ended:
        return not ended.code
    return True


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


def test_every_link_of_the_documents_leads_somewhere():
    assert {name(path): lost for path in documents() if (lost := lost_links(path, read(path)))} == {}


@pytest.mark.parametrize(
    "planted",
    ["[x](nowhere.md)", "[x](README.md#nowhere)", "[x](#nowhere)", "[![x](docs/nowhere.png)](README.md)"],
)
def test_a_dead_link_would_be_found(planted):
    assert len(lost_links(ROOT / "README.md", planted)) == 1


def test_every_document_is_in_the_index():
    told = {target.partition("#")[0] for target in links(read("docs/README.md"))}
    held = {name(path).removeprefix("docs/") for path in files(".md", inside=("docs",))}
    own = {path for path in held if path.startswith("adr/") or path == "README.md"}
    assert held - own - told == set()


def test_both_first_pages_lead_to_each_other():
    assert "(README.ja.md)" in "\n".join(read("README.md").splitlines()[:5])
    assert "(README.md)" in "\n".join(read("README.ja.md").splitlines()[:5])


def test_the_documents_name_only_commands_that_exist():
    known = {command.name for command in COMMANDS}
    named = {
        word
        for text in map(read, documents())
        for word in re.findall(r"`?maeniwa ([a-z]+(?:-[a-z]+)*)\b", text)
        if "`maeniwa " + word in text
    }
    assert named <= known


def test_every_command_of_the_documents_has_options_that_are_there():
    told = {line for path in documents() for line in commands(read(path))}
    assert len(told) > 20
    assert [line for line in sorted(told) if not understood(line)] == []


@pytest.mark.parametrize(
    "planted", ["maeniwa serve --ports 8000", "maeniwa backups x.zip", "maeniwa restore"]
)
def test_a_command_that_is_not_there_would_be_found(planted):
    assert commands(f"```sh\nsudo -u maeniwa {planted}   # a word\n```") == [planted]
    assert not understood(planted)


def test_the_accessibility_statement_judges_every_criterion_and_agrees_with_the_page_for_residents():
    told = read("docs/accessibility.md")
    table = told.split("### 達成基準チェックリスト", 1)[1].split("\n### ", 1)[0]
    rows = re.findall(
        r"^\| (\d\.\d\.\d) [^|]+ \| (A|AA) \| (?:あり|なし) \| (○|×|未|適用なし) \|", table, re.MULTILINE
    )
    assert Counter(level for _, level, _ in rows) == {"A": 25, "AA": 13}
    counts = Counter(result for *_, result in rows)
    assert f"満たしていないものが{counts['×']}つ、確かめていないものが{counts['未']}つ" in table
    problems = told.split("### 現時点で把握している問題点", 1)[1].split("\n## ", 1)[0]
    assert [number for number, _, result in rows if result in "×未" and number not in problems] == []
    page = read("web/templates/resident/accessibility.html")
    assert "適合レベルAAに一部準拠" in told
    assert "JIS X 8341-3:2016 の適合レベルAAを目標" in page
    assert "「一部準拠」です。画面を読み上げるソフトを使う人との試験は、まだしていません" in page


def test_every_measure_for_managers_is_one_that_is_defined():
    defined = {
        one["ja"].split("（")[0]
        for one in yaml.safe_load(read("models/catalogue/metrics.yaml"))["measures"].values()
    }
    part = read("docs/ja/manager.md").split("## 指標の決まり", 1)[1].split("\n## ", 1)[0]
    told = re.findall(r"^\| (\S+) \| [^-|]", part, re.MULTILINE)
    assert len(told) > 8
    assert set(told) - {"指標"} <= defined


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
