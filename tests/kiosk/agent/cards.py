"""A card in Python, and the real `pcscd` with a reader into which it is put over loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
DOOR = Path("/run/pcscd/pcscd.comm")
ATR = bytes.fromhex("3BE000FF8131FE4514")
TEXT = bytes.fromhex("D3921000310001010408")
SHORT = bytes.fromhex(
    "FF2056DF2108000E0020004A0055DF220FE5B1B1E794B0E38080E88AB1E5AD90DF2327E99D99E5B2A1E79C8CE69EB6E7A9BAE5B882"
    "E4B8ADE5A4AEEFBC91EFBC8DEFBC92EFBC8DEFBC93DF24083139383930313038DF250132"
)
LONG = bytes.fromhex(
    "FF2081BFDF2108000F003300B400BFDF2221EFBCB3EFBCA1EFBCADEFBCB0EFBCACEFBCA5E38080EFBCB4EFBCA1EFBCB2EFBCAFDF237E"
    "E4B889E9878DE79C8CE69EB6E7A9BAE5B882E998BFE58590E794BAE9B59CE696B9EFBC99EFBC99EFBC99EFBC99E795AAE59CB0E381AE"
    "EFBC99EFBC99E38080E382B5E383B3E38397E383ABE3839EE383B3E382B7E383A7E383B3E6B5B7E381AEE8A68BE38188E3828BE6A39F"
    "EFBC91EFBC92EFBC90EFBC94E58FB7E5AEA4DF24083230303030323239DF250131"
)
PIN, CODE_B = b"4321", b"01010820311234"
NUMBER = b"123456789018"


@dataclass
class Card:
    """What a card answers; `asked` is every command that reached it. It gives its number to whoever selects it."""

    items: bytes = SHORT
    tries: dict[int, int] = field(default_factory=lambda: {0x11: 3, 0x15: 10})
    applications: tuple[bytes, ...] = (TEXT,)
    pulled_at: bytes = b"never"
    asked: list[bytes] = field(default_factory=list)
    _file: int = 0
    _open: bool = False

    def answer(self, command: bytes) -> bytes:
        """The answer to one command."""
        self.asked.append(command)
        if command[:4] == bytes.fromhex("00A4040C"):
            self._file, self._open = 0, False
            return _status(0x9000 if command[5:] in self.applications else 0x6A82)
        if command[:4] == bytes.fromhex("00A4020C"):
            self._file = int.from_bytes(command[5:], "big")
            return _status(0x9000 if self._file in (1, 2, 0x11, 0x14, 0x15) else 0x6A82)
        if command[:2] == b"\x00\x20":
            return self._verified(command[5:])
        if command[:2] == b"\x00\xb0":
            return self._read(command)
        return _status(0x6D00)

    def _verified(self, value: bytes) -> bytes:
        left = self.tries.get(self._file, 0)
        if not left:
            return _status(0x6984)
        if value:
            right = value == {0x11: PIN, 0x15: CODE_B}[self._file]
            self.tries[self._file] = {0x11: 3, 0x15: 10}[self._file] if right else left - 1
            self._open = self._open or right
            return _status(0x9000 if right else 0x63C0 | left - 1)
        return _status(0x63C0 | left)

    def _read(self, command: bytes) -> bytes:
        content = {1: NUMBER, 2: self.items}.get(command[2] & 0x1F if command[2] & 0x80 else self._file, b"")
        if not self._open:
            return _status(0x6982)
        at = int.from_bytes(command[2:4], "big") & 0x7FFF
        piece = content[at : at + command[4]]
        return piece + _status(0x9000 if len(piece) == command[4] else 0x6282)


def _status(word: int) -> bytes:
    return word.to_bytes(2, "big")


class Reader:
    """A running `pcscd` with one virtual reader."""

    def __init__(self, port: int) -> None:
        """`port`: where cards are put in."""
        self.port = port

    @contextlib.contextmanager
    def with_card(self, card: Card) -> Iterator[Card]:
        """Put a card on the reader, and take it away."""
        line = socket.create_connection(("127.0.0.1", self.port), 5)
        gone = threading.Event()
        told = threading.Thread(target=_told, args=(line, card, gone), daemon=True)
        told.start()
        time.sleep(SETTLES)
        try:
            yield card
        finally:
            gone.set()
            _close(line)
            told.join(5)
            time.sleep(SETTLES)


SETTLES = 0.6
"""Seconds in which pcscd notices a card: it looks every 400 ms."""


def _told(line: socket.socket, card: Card, gone: threading.Event) -> None:
    """Answer the reader: one byte is power (0 off, 1 on, 2 reset) or asks for the ATR (4), all else is a command."""
    with contextlib.suppress(OSError):
        while not gone.is_set():
            length = line.recv(2)
            if len(length) < 2:
                return
            (count,) = struct.unpack(">H", length)
            command = b""
            while len(command) < count:
                command += line.recv(count - len(command))
            if count == 1:
                if command == b"\x04":
                    line.sendall(struct.pack(">H", len(ATR)) + ATR)
                continue
            if command.startswith(card.pulled_at):
                _close(line)
                return
            told = card.answer(command)
            line.sendall(struct.pack(">H", len(told)) + told)


def _close(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as asked:
        return asked.connect_ex(str(DOOR)) == 0


@contextlib.contextmanager
def virtual_reader() -> Iterator[Reader]:
    """The real `pcscd` with a reader of its own; skips with the reason where there is none."""
    if shutil.which("pcscd") is None or not DRIVER.exists():
        pytest.skip("no virtual card reader here: apt-get install pcscd vsmartcard-vpcd")
    if os.geteuid() != 0:
        pytest.skip("a card reader needs root, which begins pcscd")
    with _alone():
        if DOOR.exists() and _answers():
            pytest.skip("another pcscd works here")
        with _running() as port:
            yield Reader(port)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """There is one `pcscd` on a machine: other processes of the suite wait for this one."""
    import fcntl  # noqa: PLC0415  (only where pcscd is)

    with (Path(tempfile.gettempdir()) / "maeniwa-pcscd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _running() -> Iterator[int]:
    """A `pcscd` with one virtual reader; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        said = f'FRIENDLYNAME "Virtual"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {DRIVER}\nCHANNELID 0x{port:X}\n'
        (Path(place) / "vpcd").write_text(said)
        begun = subprocess.Popen(
            ["pcscd", "--foreground", "--config", place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            for _ in range(100):
                if DOOR.exists() and _answers() and _listens(port):
                    break
                time.sleep(0.05)
            yield port
        finally:
            begun.terminate()
            begun.wait(10)


def _listens(port: int) -> bool:
    """Whether the reader is there; looked at without putting anything in."""
    wanted = f"{port:04X}"
    return any(
        line.split()[1].endswith(wanted) and line.split()[3] == "0A"
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    )
