"""Two commands for a machine with only Python 3.11 or newer: `python3 .start serve --demo`, `python3 .start test`.

Makes .venv, installs what the lock pins (only when it changed), and runs; every other word goes to `maeniwa`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
FOLDER = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = FOLDER / ("python.exe" if os.name == "nt" else "python")
BUILD = ROOT / ".start" / "build.lock"
RUN = ROOT / "requirements.lock"
TEST = ROOT / "requirements-test.lock"
OLDEST = (3, 11)
QUIET = ("--quiet", "--disable-pip-version-check", "--no-input")
USE = """usage: python3 .start serve --demo       try it: everything runs, first pages and one-time codes are printed
       python3 .start test [ARGUMENTS]   every check and test; ARGUMENTS go to pytest
       python3 .start COMMAND ...        any command of maeniwa, for example doctor"""
CHECKS = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("lint-imports",),
)
"""What the test command runs before pytest; settings are in .ruff.toml and setup.cfg."""
TYPES = (("mypy",), ("mypy", "--strict", ".start/__main__.py"))
"""What takes longest of all checks: it runs beside pytest, and what it has to say comes after pytest's."""
ALL_TESTS = ["-n", "auto", "--dist", "worksteal"]
"""Without arguments the whole suite runs, on every core."""


def main(arguments: list[str]) -> int:
    """Set up what is missing, then run; the exit status of what was run, 1 where the set-up failed."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USE)
        return 0 if arguments else 2
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:2])
        return refused(f"Python 3.11 or newer is needed, this is {found}; on Windows: py -3.11 .start serve")
    testing = arguments[0] == "test"
    try:
        set_up(TEST if testing else RUN)
    except subprocess.CalledProcessError as problem:
        return refused(
            f"the set-up failed at: {' '.join(str(part) for part in problem.cmd[:6])} ... (see above)"
        )
    return run_checks(arguments[1:]) if testing else run_product(arguments)


def set_up(lock: Path) -> None:
    """Make .venv and install `lock` into it, unless that was done; raises CalledProcessError."""
    if not runs():
        make_venv()
    stamp, wanted = stamp_of(lock), fingerprint(lock)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    tell("Installing into .venv (once; about half a minute) ...")
    pip("--require-hashes", "-r", str(BUILD))
    pip("--require-hashes", "--no-deps", "--no-build-isolation", "--use-pep517", "-r", str(lock))
    in_place = ("--config-settings", "editable_mode=compat", "--editable", str(ROOT))
    pip("--no-deps", "--no-build-isolation", *in_place)
    stamp.write_text(wanted, encoding="ascii")
    if lock == TEST:
        stamp_of(RUN).write_text(fingerprint(RUN), encoding="ascii")


def make_venv() -> None:
    """A fresh .venv; ends with the one line that mends it where Python came without venv or pip."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        sys.exit(refused("this Python has no venv; on Debian and Ubuntu: sudo apt install python3-venv"))
    tell("Making .venv ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def runs() -> bool:
    """Whether .venv has a Python that still works (its system Python may have been replaced)."""
    try:
        return (
            subprocess.run([str(PYTHON), "-c", "import pip"], check=False, capture_output=True).returncode
            == 0
        )
    except OSError:
        return False


def stamp_of(lock: Path) -> Path:
    """The file in .venv that says what was installed from a lock."""
    return VENV / f"{lock.name}.installed"


def fingerprint(lock: Path) -> str:
    """Changes when the lock, the build's lock, the project's metadata or Python changes."""
    content = b"\0".join(path.read_bytes() for path in (lock, BUILD, ROOT / "setup.cfg"))
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def pip(*arguments: str) -> None:
    """Install with the pip of .venv; its output goes to standard error."""
    command = [str(PYTHON), "-m", "pip", "install", *QUIET, *arguments]
    subprocess.run(command, check=True, stdout=sys.stderr, cwd=ROOT)


def run_checks(arguments: list[str]) -> int:
    """Every check and pytest; all of them run, and the status is that of the first that failed."""
    failed = 0
    for name, *rest in CHECKS:
        tell(f"{name} ...")
        status = subprocess.run([str(FOLDER / name), *rest], check=False, cwd=ROOT).returncode
        failed = failed or status
    with ThreadPoolExecutor(1) as beside:
        types = [beside.submit(typed, *words) for words in TYPES]
        tell("mypy and pytest ...")
        chosen = arguments or ALL_TESTS
        tested = subprocess.run([str(PYTHON), "-m", "pytest", *chosen], check=False, cwd=ROOT).returncode
        for status, said in (one.result() for one in types):
            tell(f"mypy: {said.strip()}")
            failed = failed or status
    return failed or tested


def typed(name: str, *rest: str) -> tuple[int, str]:
    """The status of a check that runs beside others, and what it said."""
    command = [str(FOLDER / name), *rest]
    ended = subprocess.run(
        command, check=False, cwd=ROOT, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return ended.returncode, ended.stdout


def run_product(arguments: list[str]) -> int:
    """`maeniwa` with these arguments; takes this process over where the system can do that."""
    os.environ.setdefault("MAENIWA_INSTANCE", str(ROOT / "instance"))
    command = [str(PYTHON), "-P", "-m", "scheduler.commands.main", *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        replace(command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def replace(command: list[str]) -> NoReturn:
    """Become `command`: signals then reach the product itself."""
    os.execv(command[0], command)


def tell(line: str) -> None:
    """Say what takes a moment."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def refused(line: str) -> int:
    """Say in one line what is missing; the exit status for it."""
    tell(f"maeniwa: {line}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
