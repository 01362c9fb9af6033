"""From a call to the last of 100 boards and 500 phones; and a poll that is answered 304 beside a bare Flask hello."""

from __future__ import annotations

import asyncio
import http.client
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import psutil

from models.core import settings as core_settings
from models.core.settings import Settings
from models.operations import accounts, arrivals
from models.queries.offices import office
from tests.benchmarks.load import measure
from tests.conftest import inside
from tests.races.conftest import furnished
from tests.races.server import running
from tests.scheduler.processes import serving

BOARDS, PHONES, POLL_SECONDS = 100, 500, 5.0
WAITING, CALLS = 60, 25
HERE = "/api/v1/offices/honcho"


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory(prefix="maeniwa-bench-") as folder:
        settings = furnished(core_settings.load(Path(folder) / "instance", {}))
        with inside(settings):
            bearer = {"Authorization": f"Bearer {accounts.issue_token('counter', None, 'benchmark')}"}
            tokens = [arrivals.issue(office("honcho"), ["JUM-01"], "x").token for _ in range(WAITING)]
        print(f"{'':52}{'p50 ms':>9}{'p99 ms':>9}")
        boards(settings, bearer, tokens, phones=0)
        boards(settings, bearer, tokens, phones=PHONES)
        polls(settings)


def boards(settings: Settings, bearer: dict[str, str], tokens: list[str], phones: int) -> None:
    """A running house with its boards and phones; calls one after the other."""
    with serving(settings.instance, log=Path(os.devnull)) as house:
        parts = urlsplit(house.base)
        assert parts.port is not None
        hub = _hub_port(parts.port)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        client = context.Process(target=_client, args=(theirs, parts.port, hub, tokens, phones))
        client.start()
        ours.recv()
        called = [_call(parts.port, bearer, number) for number in range(CALLS)]
        time.sleep(POLL_SECONDS + 1 if phones else 1)
        ours.send("end")
        heard, polled = ours.recv()
        client.join()
        held = next(one for one in house.tree if "scheduler.hub_process" in one.cmdline())
        memory = psutil.Process(held.pid).memory_info().rss / 1e6
    last = [
        max(heard[number]) - pressed for number, pressed, _ in called if len(heard.get(number, ())) == BOARDS
    ]
    among = f", {phones} phones polling" if phones else ""
    line(f"press → last of {BOARDS} boards ({len(last)} calls){among}", last)
    line(
        "  of that, the call itself (answered to the counter)", [answered - at for _, at, answered in called]
    )
    if phones:
        line(f"a phone's poll, every {POLL_SECONDS:.0f} s ({len(polled)} polls)", [one for one, _ in polled])
        line("  of these answered 304", [one for one, status in polled if status == 304])
    print(f"hub with {BOARDS} streams: {memory:.0f} MB")


def line(what: str, seconds: list[float]) -> None:
    """One line of the table."""
    times = [one * 1000 for one in seconds]
    print(f"{what:52}{median(times):>9.1f}{quantiles(times, n=100)[98]:>9.1f}", flush=True)


def polls(settings: Settings) -> None:
    """Per second at 8 in flight, side by side."""
    print(f"\n{'':34}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    os.environ["BARE_DATABASE_URL"] = f"sqlite:///{settings.instance / 'bare.db'}"
    with running(settings, workers=1, app="tests.benchmarks.bare:create_app") as bare:
        hello = measure(bare.port, lambda _: ("GET", "/healthz", None), 8, 4000)
    with running(settings, workers=1) as server:
        tag = _get(server.port, f"{HERE}/queue").headers["ETag"]
        known = measure(
            server.port, lambda _: ("GET", f"{HERE}/queue", None), 8, 4000, {"If-None-Match": tag}
        )
        whole = measure(server.port, lambda _: ("GET", f"{HERE}/queue", None), 8, 1000)
    for what, found in (("bare Flask hello", hello), ("queue, 304", known), ("queue, whole", whole)):
        print(f"{what:34}{found.per_second:>9.0f}{found.p50:>9.1f}{found.p99:>9.1f}  {found.statuses}")
    print(f"304 to hello: {known.per_second / hello.per_second:.0%}")


def _get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def _hub_port(port: int) -> int:
    found = urlsplit(_get(port, f"{HERE}/events").headers["Location"]).port
    assert found is not None
    return found


def _call(port: int, bearer: dict[str, str], number: int) -> tuple[str, float, float]:
    """Call the next one; the number, when it was pressed and when it was answered. Then nobody was there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    pressed = time.monotonic()
    connection.request("POST", f"{HERE}/counters/1/call-next", headers=bearer)
    body = connection.getresponse().read()
    answered = time.monotonic()
    called = str(json.loads(body)["number"])
    time.sleep(0.4)
    connection.request("POST", f"{HERE}/tickets/{called}/no-show", headers=bearer)
    connection.getresponse().read()
    connection.close()
    time.sleep(0.3)
    return called, pressed, answered


def _client(pipe: Any, port: int, hub: int, tokens: list[str], phones: int) -> None:
    """Boards and phones in a process of their own; it says when it is ready, and what it saw at the end."""
    asyncio.run(_listening(pipe, port, hub, tokens, phones))


async def _listening(pipe: Any, port: int, hub: int, tokens: list[str], phones: int) -> None:
    heard: dict[str, list[float]] = {}
    polled: list[tuple[float, int]] = []
    begun = [asyncio.Event() for _ in range(BOARDS)]
    tasks = [asyncio.create_task(_board(hub, heard, one)) for one in begun]
    for one in begun:
        await one.wait()
    tasks += [
        asyncio.create_task(_phone(port, tokens[number % len(tokens)], number / phones, polled))
        for number in range(phones)
    ]
    if phones:
        await asyncio.sleep(POLL_SECONDS)
    pipe.send("ready")
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    for task in tasks:
        task.cancel()
    pipe.send((heard, polled))


async def _board(hub: int, heard: dict[str, list[float]], begun: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hub, limit=1 << 20)
    writer.write(f"GET {HERE}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    called = False
    while got := await reader.readline():
        at = time.monotonic()
        if got.startswith(b"event: snapshot"):
            begun.set()
        if called and got.startswith(b"data: "):
            heard.setdefault(json.loads(got[6:])["number"], []).append(at)
        called = got.startswith(b"event: called") or (called and got.startswith(b"id: "))


async def _phone(port: int, token: str, first: float, polled: list[tuple[float, int]]) -> None:
    await asyncio.sleep(first * POLL_SECONDS)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    tag = ""
    while True:
        sent = time.monotonic()
        writer.write(
            f"GET /api/v1/tickets/{token} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag or 'x'}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = {
            name.lower(): value for name, _, value in (one.partition(": ") for one in head.split("\r\n")[1:])
        }
        await reader.readexactly(int(fields.get("content-length", 0)))
        polled.append((time.monotonic() - sent, int(head.split()[1])))
        tag = fields.get("etag", tag)
        await asyncio.sleep(POLL_SECONDS - (time.monotonic() - sent) % POLL_SECONDS)


if __name__ == "__main__":
    main()
