"""The process tree of `maeniwa serve`: this parent, web process, scheduler and hub; no child outlives it."""

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
from scheduler.announcement import Opened
from scheduler.refusals import CHILD_REFUSED, NotDone, SaidAlready

EVENTS_PORT = "MAENIWA_EVENTS_PORT"
READY_SECONDS = 60.0
OPEN = b"open\n"
"""The word for the web process that it may take requests."""
POLL_SECONDS = 0.05
LOOK_SECONDS = 0.2
STOP_SECONDS = 10.0
MOST_DEATHS, WITHIN_SECONDS = 3, 60.0
"""A child that dies this often within this span is not started again."""
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows: keeps Ctrl+C for the parent, as a session of its own does elsewhere."""


@dataclass
class Child:
    """One process of the house, which ends when its standard input is closed.

    `task` is what it does first when it is started for the first time; a child with a task answers with one line.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    task: str = ""
    answer: str = ""
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))

    def start(self) -> None:
        """Start it in a group of its own, so that a terminal's Ctrl+C reaches the parent only."""
        self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and modules)
            [sys.executable, "-P", "-m", *self.command, *([self.task] if self.task else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if self.task else subprocess.DEVNULL,
            env=dict(self.environment),
            start_new_session=os.name == "posix",
            creationflags=NEW_GROUP,
        )
        log.logger().debug("process started", where=self.name)
        if self.task:
            threading.Thread(target=self._listen, args=[self.process], daemon=True).start()
            self.task = ""

    @property
    def exit_status(self) -> int | None:
        """Its exit status once it ended, None while it runs."""
        return self.process.poll() if self.process else None

    def start_again(self) -> None:
        """Start it once more after a death; `NotDone` where it dies too often."""
        self.deaths.append(time.monotonic())
        log.logger().error("process died", where=self.name, state=str(self.exit_status))
        if len(self.deaths) == MOST_DEATHS and self.deaths[-1] - self.deaths[0] < WITHIN_SECONDS:
            raise NotDone(f"the {self.name} process ends again and again; see the log above")
        self.start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout:
            with process.stdout:
                self.answer = process.stdout.readline().decode("ascii")

    def say(self, word: bytes) -> None:
        """Say something on its standard input."""
        if self.process and self.process.stdin:
            with suppress(OSError):
                self.process.stdin.write(word)
                self.process.stdin.flush()

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

    def __init__(self, host: str, port: int, environment: Mapping[str, str], *, with_demo: bool) -> None:
        """Nothing runs yet; `running` starts it. The scheduler opens the installation while the web process loads.

        There is a hub where the environment names its port.
        """
        self.host, self.port = host, port
        self.asked_to_end = threading.Event()
        self.scheduler = Child(
            "scheduler", ["scheduler.job_process"], environment, "open-with-demo" if with_demo else "open"
        )
        self.web = Child("web", ["scheduler.web_process", host, str(port)], environment)
        self.hub = Child("hub", ["scheduler.hub_process", host], environment)
        self.events_port = int(environment.get(EVENTS_PORT, "0"))
        self.with_hub = self.events_port > 0
        self._kept: socket.socket | None = None
        self.children = [self.scheduler, self.web, *([self.hub] if self.with_hub else [])]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Every child runs inside this block and none after it; the hub once there is something to read.

        Until then its port is kept for it: whoever starts another house meanwhile hears that it is taken.
        """
        if self.with_hub:
            self._kept = bound(self.host, self.events_port, "the setting events_port")
            self._kept.listen()
        try:
            for child in (self.scheduler, self.web):
                child.start()
            yield
        finally:
            self._give_back()
            for child in self.children:
                child.ask_to_end()
            for child in self.children:
                child.wait()

    def wait_until_ready(self) -> Opened | None:
        """What is open once /readyz answers 200, None when asked to end before; `NotDone` with the reason otherwise.

        Opening may take as long as it needs (a demo, a migration); the web process then has a minute.
        """
        deadline = 0.0
        reason = "the web process did not answer"
        while not self.asked_to_end.wait(POLL_SECONDS):
            self._look_for_early_ends()
            if not self.scheduler.answer:
                continue
            if not deadline:
                deadline = time.monotonic() + READY_SECONDS
                self.web.say(OPEN)
                if self.with_hub:
                    self._give_back()
                    self.hub.start()
            status, answer = self._ask()
            if status == http.client.OK:
                return Opened.of_line(self.scheduler.answer)
            reason = answer or reason
            if time.monotonic() > deadline:
                raise NotDone(f"not ready after {READY_SECONDS:.0f} seconds: {reason}")
        return None

    def _give_back(self) -> None:
        if self._kept:
            self._kept.close()

    def _look_for_early_ends(self) -> None:
        for child in self.children:
            if child.exit_status == CHILD_REFUSED:
                raise SaidAlready
            if child.exit_status is not None:
                raise NotDone(f"the {child.name} process ended at its start; see the log above")

    def watch(self) -> None:
        """Start again what dies, until asked to end."""
        while not self.asked_to_end.wait(LOOK_SECONDS):
            for child in self.children:
                if child.exit_status is not None:
                    child.start_again()
                    self.web.say(OPEN)

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


def bound(host: str, port: int, option: str = "--port") -> socket.socket:
    """A socket that has `port`, any free one for 0; `NotDone` where it cannot be had."""
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except (OSError, OverflowError) as problem:
        probe.close()
        reason = getattr(problem, "strerror", None) or str(problem)
        raise NotDone(
            f"cannot listen on {host} port {port} ({reason}): choose another with --host and {option}"
        ) from problem
    return probe


def free_port(host: str, port: int, option: str = "--port") -> int:
    """`port` if it can be listened on, any free one for 0; `NotDone` where it cannot."""
    with bound(host, port, option) as probe:
        return int(probe.getsockname()[1])


def free_events_port(host: str, port: int, wanted: int) -> int:
    """The hub's port: the one that is wanted, else the one after `port`, else any free one; -1 for no hub."""
    if wanted:
        return wanted if wanted < 0 else free_port(host, wanted, "the setting events_port")
    try:
        return free_port(host, port + 1)
    except NotDone:
        return free_port(host, 0)
