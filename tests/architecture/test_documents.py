"""The documents for people: every link leads somewhere, every command and setting is there, every statement is kept."""

import io
import re
import shlex
import tomllib
from collections import Counter
from contextlib import redirect_stderr
from dataclasses import fields

import pytest
import yaml

from models.core.settings import Settings
from scheduler.commands.main import COMMANDS, parser
from tests.architecture.repository import ROOT, files, name, read

LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")
SHELL = re.compile(r"```(?:sh|powershell)\n(.*?)```", re.DOTALL)
CALLED = re.compile(r"(?:^|[\s/\\(])(maeniwa(?:\.exe)? (?!maeniwa)[a-z][^#|)]*)")


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
    missed = f"が{counts['×']}つ" if counts["×"] else "はなく"
    assert f"満たしていないもの{missed}、確かめていないものが{counts['未']}つ" in table
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


def test_what_a_japanese_page_quotes_stands_on_a_screen():
    said = "\n".join(map(read, files(".html", ".py", ".yaml", inside=("web", "kiosk", "models"))))
    pages = [*files(".md", inside=("docs/ja",)), ROOT / "README.ja.md"]
    quoted = {(name(page), words) for page in pages for words in re.findall("「([^」]+)」", read(page))}
    assert len(quoted) > 30
    assert [one for one in sorted(quoted) if one[1] not in said] == []


def test_every_setting_of_an_example_is_one_that_is_there():
    known = {one.name for one in fields(Settings)}
    texts = map(read, documents())
    shown = [block for text in texts for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    assert len(shown) > 4
    assert {setting for block in shown for setting in tomllib.loads(block)} <= known


def test_the_files_for_a_server_start_and_pass_on_what_is_there():
    unit, nginx = read("docs/ja/server/maeniwa.service"), read("docs/ja/server/nginx.conf")
    started = commands(f"```sh\n{unit}```")
    assert started == ["maeniwa serve --port 8000"]
    assert understood(started[0])
    task = read("docs/ja/server/maeniwa-task.ps1")
    assert 'serve --port 8000 --instance $instance"' in task
    assert '$serve >> `"$instance\\maeniwa.log`" 2>&1' in task
    assert task.isascii()
    streams = re.search(r"location ~ (\S+) \{(.+?)\n    \}", nginx, re.DOTALL)
    assert re.search(streams[1], "/m/maeniwa/api/v1/offices/honcho/events")
    assert "proxy_buffering off;" in streams[2]
    assert "access_log off;" in nginx
