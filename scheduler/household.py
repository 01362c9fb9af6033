"""The process tree of `maeniwa serve`: this parent, the web process and the scheduler; no child outlives it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from models.core import log

READY_SECONDS = 60.0
POLL_SECONDS = 0.05
LOOK_SECONDS = 0.2
STOP_SECONDS = 10.0
MOST_DEATHS, WITHIN_SECONDS = 3, 60.0
"""A child that dies this often within this span is not started again."""
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows: keeps Ctrl+C for the parent, as a session of its own does elsewhere."""


class NotServing(Exception):
    """The house cannot go on; the text is one line that says why."""


@dataclass
class Child:
    """One process of the house, which ends when its standard input is closed."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))

    def start(self) -> None:
        """Start it in a group of its own, so that a terminal's Ctrl+C reaches the parent only."""
        self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and modules)
            [sys.executable, "-P", "-m", *self.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=dict(self.environment),
            start_new_session=os.name == "posix",
            creationflags=NEW_GROUP,
        )
        log.logger().info("process started", where=self.name)

    @property
    def exit_status(self) -> int | None:
        """Its exit status once it ended, None while it runs."""
        return self.process.poll() if self.process else None

    def start_again(self) -> None:
        """Start it once more after a death; `NotServing` where it dies too often."""
        self.deaths.append(time.monotonic())
        log.logger().error("process died", where=self.name, state=str(self.exit_status))
        if len(self.deaths) == MOST_DEATHS and self.deaths[-1] - self.deaths[0] < WITHIN_SECONDS:
            raise NotServing(f"the {self.name} process ends again and again; see the log above")
        self.start()

    def ask_to_end(self) -> None:
        """Close its standard input."""
        if self.process and self.process.stdin:
            with suppress(OSError):
                self.process.stdin.close()

    def wait(self) -> None:
        """Wait until it has ended; a process that does not is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Household:
    """The children of one installation, and the address at which it answers."""

    def __init__(self, host: str, port: int, environment: Mapping[str, str]) -> None:
        """Nothing runs yet; `running` starts it."""
        self.host, self.port = host, port
        self.asked_to_end = threading.Event()
        self.children = (
            Child("web", ("scheduler.web_process", host, str(port)), environment),
            Child(
                "scheduler", ("scheduler.commands.main", "jobs", "start", "--until-parent-ends"), environment
            ),
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Every child runs inside this block and none after it."""
        try:
            for child in self.children:
                child.start()
            yield
        finally:
            for child in self.children:
                child.ask_to_end()
            for child in self.children:
                child.wait()

    def wait_until_ready(self) -> bool:
        """True once /readyz answers 200, False when asked to end before; `NotServing` with the reason otherwise."""
        deadline = time.monotonic() + READY_SECONDS
        reason = "the web process did not answer"
        while time.monotonic() < deadline and not self.asked_to_end.wait(POLL_SECONDS):
            for child in self.children:
                if child.exit_status is not None:
                    raise NotServing(f"the {child.name} process ended at its start; see the log above")
            status, answer = self._ask()
            if status == http.client.OK:
                return True
            reason = answer or reason
        if self.asked_to_end.is_set():
            return False
        raise NotServing(f"not ready after {READY_SECONDS:.0f} seconds: {reason}")

    def watch(self) -> None:
        """Start again what dies, until asked to end."""
        while not self.asked_to_end.wait(LOOK_SECONDS):
            for child in self.children:
                if child.exit_status is not None:
                    child.start_again()

    def _ask(self) -> tuple[int, str]:
        line = http.client.HTTPConnection(reachable(self.host), self.port, timeout=5)
        try:
            line.request("GET", "/readyz")
            answer = line.getresponse()
            findings = json.loads(answer.read()).get("findings", [])
        except (OSError, ValueError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()
        return answer.status, "; ".join(findings)


def reachable(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def free_port(host: str, port: int) -> int:
    """`port` if it can be listened on, any free one for 0; `NotServing` where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise NotServing(
                f"cannot listen on {host} port {port} ({reason}): choose another with --host and --port"
            ) from problem
        return int(probe.getsockname()[1])
