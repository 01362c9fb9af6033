"""Windows, as far as another system can tell: nothing that it lacks is used there, and its locks leave files alone."""

from __future__ import annotations

import ast
import os
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from models.core import journals, keys
from models.core.anchors import ANCHOR, Anchor, AnchorFile
from models.core.keys import KeyDestroyed, KeyStore
from tests.architecture.repository import ROOT, name, product

NAME = f"booking-{date(2026, 11, 30)}"
LACKING = {
    "os": {
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "chown", "fchmod", "fchown", "fork", "forkpty", "getgid", "geteuid",
        "getloadavg", "getpgid", "getuid", "initgroups", "killpg", "mkfifo", "nice", "sched_getaffinity", "setgid",
        "setpgid", "setsid", "setuid", "statvfs", "sync", "uname",
    },
    "signal": {"SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGUSR2", "alarm"},
    "socket": {"AF_UNIX", "SO_REUSEPORT"},
    "time": {"CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "tzset"},
}  # fmt: skip
MODULES = {
    "crypt",
    "curses",
    "fcntl",
    "grp",
    "posix",
    "pty",
    "pwd",
    "readline",
    "resource",
    "syslog",
    "termios",
    "tty",
}


def used(tree: ast.AST, guarded: bool = False) -> list[str]:
    """What Windows lacks and is reached there: nothing inside an `if` that asks for the system."""
    if isinstance(tree, ast.If):
        asks = any(part in ast.unparse(tree.test) for part in ("sys.platform", "os.name"))
        guarded = guarded or asks
    found = []
    if not guarded and isinstance(tree, ast.Import | ast.ImportFrom):
        names = [one.name for one in tree.names] if isinstance(tree, ast.Import) else [tree.module or ""]
        found += [one for one in names if one.split(".")[0] in MODULES]
    if not guarded and isinstance(tree, ast.Attribute) and isinstance(tree.value, ast.Name):
        found += [f"{tree.value.id}.{tree.attr}"] if tree.attr in LACKING.get(tree.value.id, ()) else []
    return found + [one for child in ast.iter_child_nodes(tree) for one in used(child, guarded)]


def test_what_windows_lacks_is_used_only_where_the_system_was_asked_for() -> None:
    files = [*product(), ROOT / ".start" / "__main__.py"]
    met = {name(file): found for file in files if (found := used(ast.parse(file.read_text("utf-8"))))}
    assert met == {}
    assert used(ast.parse("import fcntl\nos.fork()\nif os.name == 'posix':\n    os.fork()")) == [
        "fcntl",
        "os.fork",
    ]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, list[tuple[int, int]]]:
    """`models.core.journals` as Windows loads it, and where it locks."""
    locked: list[tuple[int, int]] = []

    def locking(handle: int, how: int, _: int) -> None:
        locked.append((how, os.lseek(handle, 0, os.SEEK_CUR)))
        if len(locked) == 1:
            raise PermissionError(13, "somebody else has it")

    spec = spec_from_file_location("journals_of_windows", journals.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with monkeypatch.context() as other:
        other.setattr(sys, "platform", "win32")
        other.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=locking))
        spec.loader.exec_module(module)
    return module, locked


def test_a_row_s_key_is_destroyed_under_the_lock_of_windows(there, tmp_path, monkeypatch) -> None:
    module, locked = there
    monkeypatch.setattr(keys, "held", module.held)
    store = KeyStore(tmp_path)
    store.data_key("susono", NAME, create=True)
    store.row_key("susono", NAME, "booking/1", create=True)
    locked.clear()
    assert store.destroy_row("susono", NAME, "booking/1")
    assert [how for how, _ in locked] == [2, 2, 0], "somebody else had it first"
    assert {at for _, at in locked} == {module.FAR}, (
        "behind every content: what Windows locks nobody can read"
    )
    with pytest.raises(KeyDestroyed):
        store.row_key("susono", NAME, "booking/1")


def test_lines_are_whole_under_the_lock_of_windows(there, tmp_path, monkeypatch) -> None:
    module, _ = there
    monkeypatch.setattr("models.core.anchors.held", module.held)
    file = AnchorFile(tmp_path / "anchors.jsonl")
    told = [Anchor(ANCHOR, "2026-11-24T00:00:00+00:00", place, "ab") for place in (1, 2)]
    for one in told:
        file.add(one)
    assert list(file.read()) == told
    assert file.path.stat().st_size < 1000


def test_a_key_is_renewed_and_destroyed_once_windows_lets_it(tmp_path, monkeypatch) -> None:
    store, refusals = KeyStore(tmp_path), dict[str, int]()
    store.data_key("susono", NAME, create=True)

    def refusing(plain):
        def step(path: Path, *to: Path) -> Path | None:
            refusals[plain.__name__] = refusals.get(plain.__name__, 0) + 1
            if refusals[plain.__name__] < 3:
                raise PermissionError(13, "somebody reads it")
            return plain(path, *to)

        return step

    for one in (Path.replace, Path.unlink):
        monkeypatch.setattr(Path, one.__name__, refusing(one))
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(PermissionError):
        keys.overwritten(tmp_path / "master.key")
    monkeypatch.setattr(sys, "platform", "win32")
    store.rotate()
    assert KeyStore(tmp_path).destroy("susono", "booking", date(2026, 11, 30))
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"master.key", ".rotating"}
    assert min(refusals.values()) > 2
