"""Calls inside the closed network: only to machines that the installation names, where they really are inside."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from models.rules.channels import here
from models.rules.handover.receivers import in_closed_network, refused_url
from scheduler.senders.sending import SECONDS, SENT, Outcome, again, never

ELSEWHERE = "address outside the closed network"
NOT_ALLOWED = "address not allowed"


class Elsewhere(OSError):
    """A name that leads out of the closed network: to the internet, to this machine, or to a cloud's own address."""


def post(address: str, body: bytes, headers: Mapping[str, str], allowed: frozenset[str]) -> Outcome:
    """POST once, without following anything; what the answer means for the hand-over."""
    if refused_url(address, allowed) is not None:
        return never(NOT_ALLOWED)
    try:
        with _session(address) as caller:
            answer = caller.post(
                address, data=body, headers=dict(headers), timeout=SECONDS, allow_redirects=False, stream=True
            )
            answer.close()
    except (requests.RequestException, OSError, ValueError) as problem:
        if _elsewhere(problem):
            return never(ELSEWHERE)
        return again(type(problem).__name__, down=True)
    return judged(answer.status_code)


def judged(status: int) -> Outcome:
    """2xx and 409 (it has this receipt already) arrived; 401, 403, 408, 425, 429 and 5xx again; all else never."""
    if 200 <= status < 300 or status == 409:
        return SENT
    if status in (401, 403, 408, 425, 429) or status >= 500:
        return again(str(status), down=status in (401, 403, 429, 503))
    return never(str(status))


def _session(address: str) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    if not here(address):
        made.mount("https://", _Inside())
    return made


def _connected(connection: HTTPConnection) -> socket.socket:
    """Connect only where every address of the name is inside, and look again at whom one is connected to."""
    port = connection.port or 443
    found = {str(one[4][0]) for one in socket.getaddrinfo(connection.host, port, type=socket.SOCK_STREAM)}
    if not found or not all(in_closed_network(one) for one in found):
        raise Elsewhere(connection.host)
    made = create_connection((connection.host, port), connection.timeout)
    if not in_closed_network(str(made.getpeername()[0])):
        made.close()
        raise Elsewhere(connection.host)
    return made


class _InsideHTTPS(HTTPSConnection):
    """A connection inside the closed network."""

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _InsidePool(HTTPSConnectionPool):
    """Connections inside the closed network."""

    ConnectionCls = _InsideHTTPS


class _Inside(HTTPAdapter):
    """What `requests` connects with."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _InsidePool, "http": HTTPConnectionPool}


def _elsewhere(problem: BaseException) -> bool:
    """Whether a problem comes from a name that leads out."""
    seen: set[int] = set()
    waiting: list[object] = [problem]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Elsewhere):
            return True
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return False
