"""Calls to other systems over HTTP: never to the inside of a network, never further than the address that was given."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from models.rules.channels import here, outside
from scheduler.senders.sending import SECONDS, SENT, Outcome, again, never


class Inside(OSError):
    """An address inside the network, to which the installation does not let anybody call."""


def call(address: str, body: bytes, headers: Mapping[str, str], allowed: frozenset[str]) -> Outcome:
    """POST once, without following anything; what the answer means for the message."""
    try:
        with session(address, allowed) as caller:
            answer = caller.post(
                address, data=body, headers=dict(headers), timeout=SECONDS, allow_redirects=False, stream=True
            )
            answer.close()
    except Inside:
        return never("address inside the network")
    except (requests.RequestException, OSError, ValueError) as problem:
        if _inside(problem):
            return never("address inside the network")
        return again(type(problem).__name__, down=True)
    return judged(answer.status_code)


def judged(status: int) -> Outcome:
    """What an HTTP status means: 2xx sent, 408, 425, 429 and 5xx again, everything else never."""
    if 200 <= status < 300:
        return SENT
    if status in (401, 403, 408, 425, 429) or status >= 500:
        return again(str(status), down=status in (401, 403, 429, 503))
    return never(str(status))


def session(address: str, allowed: frozenset[str]) -> requests.Session:
    """A session that connects to public addresses only, unless the installation allows this very host."""
    made = requests.Session()
    made.trust_env = False
    host = (urlsplit(address).hostname or "").lower()
    free = host in allowed
    if urlsplit(address).scheme != "https" and not (here(address) and free):
        raise Inside("not https")
    if not free:
        made.mount("https://", _Public())
    return made


def resolved_outside(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host; `Inside` where even one of them is not public."""
    found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not all(outside(one) for one in found):
        raise Inside(host)
    return tuple(sorted(found))


def _connected(connection: HTTPConnection) -> socket.socket:
    """Connect, and look again at whom one is really connected to: a name may answer differently the second time."""
    resolved_outside(connection.host, connection.port or 443)
    made = create_connection((connection.host, connection.port), connection.timeout)
    if not outside(str(made.getpeername()[0])):
        made.close()
        raise Inside(connection.host)
    return made


class _PublicHTTPS(HTTPSConnection):
    """A connection to a public address."""

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PublicPool(HTTPSConnectionPool):
    """Connections to public addresses."""

    ConnectionCls = _PublicHTTPS


class _Public(HTTPAdapter):
    """What `requests` connects with."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool, "http": HTTPConnectionPool}


def _inside(problem: BaseException) -> bool:
    """Whether a problem comes from an address inside the network."""
    seen: set[int] = set()
    waiting: list[object] = [problem]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Inside):
            return True
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return False
