"""The real `ippeveprinter` of CUPS on loopback, with a bus for it to greet, and a tray that can run empty."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"""
PRESS = """#!/bin/sh
while [ -e "{folder}/slow" ]; do sleep 0.1; done
if [ -e "{folder}/jam" ]; then
  echo "STATE: +media-jam-error" >&2
  while [ -e "{folder}/jam" ]; do sleep 0.1; done
  echo "STATE: -media-jam-error" >&2
fi
for last; do :; done
cp "$last" "{folder}/paper-$$.pdf"
"""
"""What the printer does with a sheet: it lies in the folder then. `slow` and `jam` are files that keep it."""
MEDIA = (
    "size1=iso_a4_210x297mm&type1=stationery&level1={level}&size3=iso_dl_110x220mm&type3=envelope&level3=-2"
)


class RealPrinter:
    """One printer, and what came out of it."""

    def __init__(self, folder: Path, program: str) -> None:
        self._folder, self._program = folder, program
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"ipp://127.0.0.1:{self._port}/ipp/print"
        (folder / "keys").mkdir()
        press = folder / "press"
        press.write_text(PRESS.format(folder=folder))
        press.chmod(0o700)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Switch it on."""
        self._process = subprocess.Popen(
            [
                self._program, "-p", str(self._port), "-n", "localhost", "-r", "off", "-f", "application/pdf",
                "-c", str(self._folder / "press"), "-d", str(self._folder), "-K", str(self._folder / "keys"), "Maeniwa",
            ],
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._folder / 'bus'}"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait_for(lambda: self._answers())

    def fingerprint(self) -> str:
        """Of the certificate that it made for itself, as an administrator reads it off."""
        certificate = ssl.get_server_certificate(("127.0.0.1", self._port))
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()

    def stop(self) -> None:
        """Switch it off: what was in it is gone."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self, *, on: bool) -> None:
        """It stands still: it takes calls and answers none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    def sheets(self, level: int) -> None:
        """So many sheets are in its tray."""
        with urlopen(f"http://127.0.0.1:{self._port}/media?{MEDIA.format(level=level)}") as said:
            assert b"Media updated" in said.read()

    def keep(self, trouble: str, *, on: bool = True) -> None:
        """`slow` or `jam`."""
        if on:
            (self._folder / trouble).touch()
        else:
            (self._folder / trouble).unlink()

    def papers(self) -> list[bytes]:
        """What came out, the last at the end."""
        papers = sorted(self._folder.glob("paper-*.pdf"), key=lambda one: one.stat().st_mtime_ns)
        return [one.read_bytes() for one in papers]

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
            return True
        return False


@contextmanager
def real_printer(folder: Path) -> Iterator[RealPrinter]:
    """A printer that is on; the test is skipped, with the reason, where its programs are not installed."""
    folder.mkdir()
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    programs = {name: shutil.which(name, path=path) for name in ("ippeveprinter", "dbus-daemon")}
    missing = [name for name, found in programs.items() if found is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: cups-ipp-utils, dbus-daemon)")
    (folder / "bus.conf").write_text(BUS.format(socket=folder / "bus"))
    bus = subprocess.Popen(
        [str(programs["dbus-daemon"]), f"--config-file={folder / 'bus.conf'}", "--nofork"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    printer = RealPrinter(folder, str(programs["ippeveprinter"]))
    try:
        wait_for((folder / "bus").exists)
        printer.start()
        yield printer
    finally:
        printer.stop()
        bus.kill()
        bus.wait()


def wait_for(wanted, seconds: float = 20.0) -> None:
    """Until something is so; it fails where it never is."""
    until = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)
