"""The two commands of a fresh machine: what they install, when, and what they say when they cannot."""

import os
import runpy
import subprocess
import sys
import venv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import chromium
from tests.architecture.repository import ROOT

START = ROOT / ".start" / "__main__.py"
JOURNEY = """import pytest

@pytest.mark.browser
def test_journey():
    raise AssertionError("it ran")
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout of this test's own, with the files that the starter reads."""
    for name in (
        "requirements.lock",
        "requirements-test.lock",
        "setup.cfg",
        ".start/build.lock",
        ".start/__main__.py",
    ):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    return tmp_path


@pytest.fixture
def start(checkout, monkeypatch):
    """The starter of that checkout, with every process it would start only noted."""
    module = runpy.run_path(str(checkout / ".start" / "__main__.py"))
    ran = []

    def noted(command, **_):
        ran.append([str(part) for part in command])
        if "venv" in command:
            (checkout / ".venv").mkdir(exist_ok=True)
        return SimpleNamespace(returncode=0, stdout="Success")

    monkeypatch.setattr(subprocess, "run", noted)
    space = module["main"].__globals__
    monkeypatch.setitem(space, "replace", lambda command: ran.append(command) or sys.exit(0))
    monkeypatch.setitem(space, "runs", lambda: (checkout / ".venv").exists())
    monkeypatch.delenv("MAENIWA_INSTANCE", raising=False)
    return SimpleNamespace(main=module["main"], space=space, ran=ran)


def installs(ran):
    return [command for command in ran if "install" in command]


def serve(start):
    if os.name == "posix":
        with pytest.raises(SystemExit):
            start.main(["serve", "--demo"])
    else:
        start.main(["serve", "--demo"])


@pytest.mark.skipif(os.name != "posix", reason="a child elsewhere")
class TestServe:
    def test_the_first_time_makes_a_venv_installs_with_hashes_and_runs(self, start, checkout):
        serve(start)
        assert start.ran[0][1:3] == ["-m", "venv"]
        build, lock, itself = installs(start.ran)
        for command, file in ((build, "build.lock"), (lock, "requirements.lock")):
            assert "--require-hashes" in command
            assert command[-1].endswith(file)
        assert "--no-build-isolation" in lock
        assert itself[-1] == str(checkout)
        assert start.ran[-1][-4:] == ["-m", "scheduler.commands.main", "serve", "--demo"]
        assert Path(os.environ["MAENIWA_INSTANCE"]) == checkout / "instance"

    def test_the_second_time_installs_nothing(self, start):
        serve(start)
        start.ran.clear()
        serve(start)
        assert len(start.ran) == 1

    @pytest.mark.parametrize("changed", ["requirements.lock", "setup.cfg", ".start/build.lock"])
    def test_a_changed_lock_is_installed_again(self, start, checkout, changed):
        serve(start)
        start.ran.clear()
        with (checkout / changed).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        serve(start)
        assert len(installs(start.ran)) == 3

    def test_an_install_that_failed_is_tried_again(self, start, monkeypatch, capsys):
        real = subprocess.run

        def failing(command, **rest):
            if "install" in command:
                raise subprocess.CalledProcessError(1, command)
            return real(command, **rest)

        with monkeypatch.context() as broken:
            broken.setattr(subprocess, "run", failing)
            assert start.main(["serve"]) == 1
        assert capsys.readouterr().err.splitlines()[-1].startswith("maeniwa: the set-up failed at: ")
        serve(start)
        assert len(installs(start.ran)) == 3


def test_the_tests_install_their_own_lock_once_and_run_every_check(start):
    assert start.main(["test", "-k", "words"]) == 0
    assert installs(start.ran)[1][-1].endswith("requirements-test.lock")
    *before, _, _, _ = names = [Path(command[0]).stem for command in start.ran[-6:]]
    assert before == ["ruff", "ruff", "lint-imports"]
    assert sorted(names[-3:]) == ["mypy", "mypy", "python"]
    assert ["-m", "pytest", "-k", "words"] in [command[1:] for command in start.ran]
    start.ran.clear()
    start.main(["test"])
    assert installs(start.ran) == []


@pytest.mark.parametrize("failing", ["ruff", "mypy", "lint-imports", "python"])
def test_a_check_that_fails_makes_the_whole_run_fail_and_the_rest_still_runs(start, monkeypatch, failing):
    start.main(["test"])
    ran = []

    def judged(command, **_):
        ran.append(Path(command[0]).stem)
        return SimpleNamespace(returncode=3 if Path(command[0]).stem == failing else 0, stdout="")

    monkeypatch.setattr(subprocess, "run", judged)
    assert start.main(["test"]) == 3
    assert sorted(ran) == ["lint-imports", "mypy", "mypy", "python", "ruff", "ruff"]


def test_a_python_without_venv_is_told_the_one_line_that_mends_it(start, monkeypatch, capsys):
    monkeypatch.setitem(start.space, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(SystemExit) as ended:
        start.main(["serve"])
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "sudo apt install python3-venv" in said


def test_an_old_python_is_told_so(start, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    assert start.main(["serve"]) == 1
    assert "Python 3.11 or newer is needed, this is 3.10" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "status"), [([], 2), (["--help"], 0)])
def test_without_a_command_it_explains_itself(start, capsys, words, status):
    assert start.main(words) == status
    assert "python3 .start serve --demo" in capsys.readouterr().out
    assert start.ran == []


def test_a_venv_whose_python_is_gone_does_not_run(checkout):
    module = runpy.run_path(str(checkout / ".start" / "__main__.py"))
    assert not module["runs"]()
    venv.create(checkout / ".venv", with_pip=False)
    assert not module["runs"]()


def without_a_browser(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PATH")}
    environment |= {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    (tmp_path / "test_journey.py").write_text(JOURNEY, encoding="utf-8")
    words = (
        "-q",
        "-c",
        str(ROOT / "setup.cfg"),
        "--rootdir",
        str(tmp_path),
        str(tmp_path / "test_journey.py"),
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_without_a_browser_the_last_line_says_what_was_not_run(tmp_path):
    found = without_a_browser(tmp_path)
    assert found.returncode == 0
    last = found.stdout.splitlines()[-1]
    assert last.startswith("Browser journeys not run, because no Chromium was found")
    assert "test_journey.py" in last


def test_without_a_browser_ci_fails(monkeypatch, request):
    monkeypatch.setattr(chromium, "found", lambda: None)
    monkeypatch.setenv("CI", "true")
    journey: Any = SimpleNamespace(get_closest_marker=lambda _: True, add_marker=lambda _: None)
    with pytest.raises(pytest.UsageError, match="no Chromium"):
        chromium.pytest_collection_modifyitems(request.config, [journey])
