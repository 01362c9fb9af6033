"""Two network namespaces that share no interface: a visit is booked in one and served in the other, by files alone."""

from __future__ import annotations

import base64
import ctypes
import http.client
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

from models.catalogue.municipality import ExceptionPlan, load_demo_plan
from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import standing
from models.core.sealing import sealed_to
from models.core.settings import Settings
from models.core.space import entered
from models.operations import installation, jobs, sealing_keys
from models.papers import sealed
from models.queries import catalogue
from models.rules.forms import packing
from models.rules.forms.json_schema import example
from models.rules.timetable import TIMETABLE
from scheduler.commands.main import main
from tests.conftest import CITY, inside
from tests.operations.test_booking import honcho
from tests.scheduler.processes import COMMAND, PATIENCE, House, environment
from tests.web.api.calls import BASE, decoded, issue_tokens

PORT = 8000
AT = f"{BASE}/offices/honcho"
NEW_NETWORK = 0x40000000
BEGAN = now()
LIBC = ctypes.CDLL(None, use_errno=True)


def why_not() -> str:
    """Why network namespaces cannot be made here; empty where they can."""
    if shutil.which("ip") is None:
        return "`ip` (iproute2) is missing"
    name = f"mw-try-{os.getpid()}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"network namespaces are not permitted: {tried.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return ""


@dataclass(frozen=True)
class Network:
    """A namespace with its own loopback and no other interface."""

    name: str

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What this thread opens in the block, it opens in this network."""
        with open("/proc/thread-self/ns/net", "rb") as before, open(f"/run/netns/{self.name}", "rb") as here:
            assert LIBC.setns(here.fileno(), NEW_NETWORK) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert LIBC.setns(before.fileno(), NEW_NETWORK) == 0

    def says(self, *command: str) -> str:
        """What a command prints in this network."""
        return subprocess.run(
            ["ip", "netns", "exec", self.name, *command], capture_output=True, text=True, check=True
        ).stdout

    def counted(self) -> dict[str, tuple[int, int]]:
        """Bytes received and sent by every interface."""
        lines = self.says("cat", "/proc/net/dev").splitlines()[2:]
        found = {line.split(":")[0].strip(): line.split(":")[1].split() for line in lines}
        return {name: (int(numbers[0]), int(numbers[8])) for name, numbers in found.items()}


@contextmanager
def network(name: str) -> Iterator[Network]:
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        yield Network(name)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


@dataclass
class Site:
    """One side: its network, its installation, its running house."""

    network: Network
    settings: Settings
    who: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """One request from within this side's network."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self.who}"} if self.who else {}
        )
        with self.network.entered():
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
            line.request(method, path, None if body is None else json.dumps(body), headers)
            answer = line.getresponse()
            found = answer.status, answer.read()
            line.close()
        return found

    def told(self, method: str, path: str, body: Any = None) -> Any:
        """What it answers to a request that it must take."""
        status, found = self.ask(method, path, body)
        assert status < 300, (path, status, found[:500])
        return json.loads(found)

    def command(self, *words: str) -> None:
        """One command on this side's machine."""
        assert main([*words, "--instance", str(self.settings.instance)]) == 0


@contextmanager
def serving(site: Site, log: Path) -> Iterator[House]:
    """A real `maeniwa serve` in a network; nothing of it is left afterwards."""
    words = ["ip", "netns", "exec", site.network.name, *COMMAND, "serve", "--port", str(PORT)]
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [*words, "--instance", str(site.settings.instance)],
            env=environment(), stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8",
        )  # fmt: skip
        house = House(process, log)
        try:
            house.read_until_ready()
            yield house
        finally:
            for one in [*house.tree, psutil.Process(process.pid)] if process.poll() is None else []:
                one.kill()
            process.wait(PATIENCE)
            assert process.stdout
            process.stdout.close()


def morning() -> str:
    """A zone in which it is ten in the morning now: a visit of today can be booked at whatever hour this runs."""
    ahead = (10 - BEGAN.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def spare_the_night() -> None:
    """The jobs of the nights before were done: what they cost has nothing to do with networks."""
    for entry in TIMETABLE:
        period = entry.last_due(now())
        jobs.claim(entry.job, period)
        jobs.close(entry.job, period, {})


def furnished(folder: Path, side: str) -> Settings:
    """The demo city, open all of today, whatever day it is."""
    folder.mkdir(parents=True)
    (folder / "maeniwa.toml").write_text(
        f'side = "{side}"\nrecent_backups = false\nevents_port = -1\n', encoding="utf-8"
    )
    settings = core_settings.load(folder, {})
    with standing(settings):
        plan = load_demo_plan(installation.offered_catalogue(CITY))
        first, *others = plan.offices
        today = now().astimezone(ZoneInfo(morning())).date()
        spans = (ExceptionPlan(today, "試験", time(0), time(23, 59)),)
        place = replace(first, exceptions=spans, timezone=morning())
        with entered(installation.open_municipality(replace(plan, offices=(place, *others)))):
            spare_the_night()
    return settings


def seal(site: Site, day: date, reference: str) -> str:
    """What a phone does: pack the answers, seal them to the office's key of the month."""
    told = site.told("GET", f"{AT}/sealing-keys")
    key = next(one for one in told["keys"] if one["month"] == f"{day:%Y-%m}")
    with inside(site.settings):
        form = catalogue.current().forms["F01"]
    part = sealed.PackedForm("F01", packing.mark(form), packing.packed(packing.plan(form), example(form)))
    body = sealed_to(
        base64.b64decode(key["key"]),
        sealed.content(sealed.Contents(reference, (part,))),
        told["about"].encode(),
    )
    return base64.urlsafe_b64encode(sealed.envelope(bytes.fromhex(key["mark"]), body)).decode().rstrip("=")


def booked_and_written(outside: Site) -> tuple[Any, str]:
    """A visit of today that somebody booked at home, and the text of the picture that their phone keeps."""
    free = outside.told("GET", f"{AT}/slots?procedure=JUM-01")
    day = now().astimezone(ZoneInfo(morning())).date()
    today = [slot["starts_at"] for slot in free if datetime.fromisoformat(slot["starts_at"]).date() == day]
    contact = {"name": "まえにわ あいこ", "email": "aiko@example.jp"}
    asked = {"procedures": ["JUM-01"], "starts_at": today[0], "contact": contact}
    booking = outside.told("POST", f"{AT}/bookings", asked)
    sent = seal(outside, day, booking["reference"])
    told = {"form": "F01", "sealed": sent, "booking_token": booking["token"]}
    filed = outside.told("POST", f"{AT}/applications", told)
    _, picture = outside.ask("GET", filed["qr_url"].replace(".svg", ".png").partition(str(PORT))[2])
    return booking, decoded(picture)


def served(inside_: Site, code: str) -> None:
    """The visit from the entrance to the end: check-in, call, scan, the printed form, done."""
    ticket = inside_.told("POST", f"{AT}/check-ins", {"code": code})
    assert inside_.told("POST", f"{AT}/counters/1/call-next")["number"] == ticket["number"]
    inside_.told("POST", f"{AT}/tickets/{ticket['number']}/start", {"counter": "1"})
    scan = inside_.told("POST", f"{AT}/scans", {"code": code, "counter": "1"})
    assert scan["ticket"]["number"] == ticket["number"]
    status, sheet = inside_.ask("GET", scan["print_url"].partition(str(PORT))[2])
    assert (status, sheet[:5]) == (200, b"%PDF-")
    done = inside_.told("POST", f"{AT}/tickets/{ticket['number']}/finish", {"outcomes": ["JUM-01"]})
    assert done["status"] == "done"
    assert done["printed_at"]


def paired(outside: Site, inside_: Site, carried: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each side's public keys are carried over; two people read the prints to one another."""
    with inside(inside_.settings):
        sealing_keys.make_ahead(honcho().day_of(now()), "test")
    for here, there in ((outside, inside_), (inside_, outside)):
        capsys.readouterr()
        here.command("keys", "export", str(carried))
        shown = capsys.readouterr().out.split()[-1]
        there.command("keys", "import", str(carried), "--trust", shown)


def test_a_visit_is_booked_in_one_network_and_served_in_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    with ExitStack() as both:
        names = (f"mw-out-{os.getpid()}", f"mw-in-{os.getpid()}")
        outside, inside_ = (
            Site(both.enter_context(network(name)), furnished(tmp_path / side, side))
            for name, side in zip(names, ("outside", "inside"), strict=True)
        )
        inside_.who = issue_tokens(inside_.settings).counter
        paired(outside, inside_, tmp_path / "keys.json", capsys)
        for site in (outside, inside_):
            both.enter_context(serving(site, tmp_path / f"{site.network.name}.log"))
        booking, code = booked_and_written(outside)

        file, status = tmp_path / "day.json", tmp_path / "status.json"
        outside.command("day-list", "export", "--office", "honcho", "--day", "today", "-o", str(file))
        for site in (outside, inside_):
            assert site.ask("GET", "/readyz")[0] == 200
        inside_.command("day-list", "import", str(file))
        assert "1 new" in capsys.readouterr().out
        served(inside_, code)
        inside_.command("status", "export", "-o", str(status))
        outside.command("status", "import", str(status))
        shown = outside.told("GET", f"{AT}/queue")
        assert (shown["served_today"], shown["calls"]) == (1, [])
        assert booking["reference"] not in status.read_text(encoding="utf-8")

        for site, other in ((outside, inside_), (inside_, outside)):
            interfaces = site.network.counted()
            sent_out = {
                name: numbers for name, numbers in interfaces.items() if name != "lo" and any(numbers)
            }
            assert sent_out == {}
            assert interfaces["lo"][0] > 0
            assert site.network.says("ip", "-j", "route", "show", "default").strip() in ("", "[]", "[ ]")
            assert site.network.says("ip", "-o", "link", "show", "type", "veth") == ""
            assert other.network.name != site.network.name
        assert outside.ask("GET", "/counter/")[0] == 404
        assert inside_.ask("GET", "/book/")[0] == 404
