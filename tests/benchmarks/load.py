"""A closed-loop client in a process of its own: so many in flight on kept-alive connections, every answer timed."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Maker = Callable[[int], tuple[str, str, Any]]
"""From a running number to method, path and JSON body."""


@dataclass(frozen=True)
class Measured:
    """Requests a second and milliseconds of one load."""

    per_second: float
    p50: float
    p99: float
    statuses: dict[int, int]


def measure(
    port: int, make: Maker, in_flight: int, requests: int, headers: Mapping[str, str] | None = None
) -> Measured:
    """Send `requests` with `in_flight` at a time from another process, all with these headers."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_client, args=(sending, port, make, in_flight, requests, headers or {}))
    process.start()
    seconds, times, statuses = receiving.recv()
    process.join()
    ordered = sorted(times)
    return Measured(
        len(times) / seconds,
        ordered[len(ordered) // 2] * 1000,
        ordered[int(len(ordered) * 0.99)] * 1000,
        dict(statuses),
    )


def _client(
    sending: Any, port: int, make: Maker, in_flight: int, requests: int, headers: Mapping[str, str]
) -> None:
    times: list[float] = []
    statuses: Counter[int] = Counter()
    barrier = threading.Barrier(in_flight + 1)

    def lane(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        barrier.wait()
        for number in range(first, requests, in_flight):
            method, path, body = make(number)
            text = None if body is None else json.dumps(body)
            begun = time.perf_counter()
            connection.request(method, path, text, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - begun)
            statuses[answer.status] += 1
        connection.close()

    threads = [threading.Thread(target=lane, args=(first,)) for first in range(in_flight)]
    for thread in threads:
        thread.start()
    barrier.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    sending.send((time.perf_counter() - begun, times, statuses))
    sending.close()
