"""The reader on this machine, by PC/SC. Needs the extra `card`; without it every card is `not_installed`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kiosk.agent.card.commands import Line
from kiosk.agent.card.trouble import CardTrouble

try:
    from smartcard import scard
    from smartcard.Exceptions import CardConnectionException, NoCardException, SmartcardException
    from smartcard.System import readers
except ImportError:
    scard = None


def installed() -> bool:
    """Whether the extra is there."""
    return scard is not None


@contextmanager
def opened(name: str = "") -> Iterator[Line]:
    """The card on the first reader whose name holds `name`, for nobody else meanwhile; it loses power at the end."""
    if not installed():
        raise CardTrouble("not_installed")
    connection = _reader(name).createConnection()
    try:
        _connect(connection)
        yield Line(lambda command: _transmitted(connection, command))
    finally:
        with suppress(SmartcardException):
            connection.disconnect()
        with suppress(SmartcardException):
            connection.release()


def _reader(name: str) -> Any:
    try:
        found = [one for one in readers() if name in str(one)]
    except SmartcardException:
        found = []
    if not found:
        raise CardTrouble("no_reader")
    return found[0]


def _connect(connection: Any) -> None:
    try:
        connection.connect(mode=scard.SCARD_SHARE_EXCLUSIVE, disposition=scard.SCARD_UNPOWER_CARD)
    except NoCardException:
        raise CardTrouble("no_card") from None
    except CardConnectionException as problem:
        busy = getattr(problem, "hresult", None) == scard.SCARD_E_SHARING_VIOLATION
        raise CardTrouble("busy" if busy else "no_card") from None


def _transmitted(connection: Any, command: bytes) -> tuple[bytes, int]:
    try:
        data, first, second = connection.transmit(list(command))
    except (SmartcardException, ValueError):
        raise CardTrouble("removed") from None
    return bytes(data), first << 8 | second
