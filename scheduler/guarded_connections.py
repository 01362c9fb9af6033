"""見張った接続: what `requests` connects with where only some addresses may be called, wherever a name leads."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

MayCall = Callable[[str], bool]
"""Whether a numeric address may be called."""


class Elsewhere(OSError):
    """A name or an address that leads where one may not call."""


class Guarded(HTTPAdapter):
    """Connects only where every address of the name may be called, and so may the one that is connected in the end."""

    def __init__(self, may_call: MayCall) -> None:
        """Sealed connections and plain ones alike."""
        self._may_call = may_call
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._may_call)


def led_elsewhere(problem: BaseException) -> bool:
    """Whether `Elsewhere` is behind a problem: what carries it wraps it more than once."""
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


def resolved(host: str, port: int) -> frozenset[str]:
    """The numeric addresses of a name."""
    return frozenset(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _pools(may_call: MayCall) -> dict[str, type[HTTPConnectionPool]]:
    def connected(connection: HTTPConnection) -> socket.socket:
        port = connection.port or connection.default_port
        if not all(may_call(one) for one in resolved(connection.host, port)):
            raise Elsewhere(connection.host)
        made = create_connection((connection.host, port), connection.timeout)
        # A name may answer differently the second time.
        if not may_call(str(made.getpeername()[0])):
            made.close()
            raise Elsewhere(connection.host)
        return made

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class Sealed(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SealedPool(HTTPSConnectionPool):
        ConnectionCls = Sealed

    return {"http": PlainPool, "https": SealedPool}
