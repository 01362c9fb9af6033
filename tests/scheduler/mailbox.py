"""A real mail server on the loopback that answers as a test tells it."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

OK = "250 OK"
HANGING = 1.0
"""Seconds of silence; longer than a sender in a test waits."""


@dataclass
class Mailbox:
    """What arrived, with its envelope; `answer` says what the server thinks of a letter to somebody."""

    answer: Callable[[str], str] = lambda _: OK
    to: list[list[str]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    url: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self.answer(envelope.rcpt_tos[0])
        if said == "hang":
            await asyncio.sleep(HANGING)
        if said in ("drop", "hang"):
            server.transport.abort()
            return OK
        if said in (OK, "keep and drop"):
            self.to.append(list(envelope.rcpt_tos))
            self.raw.append(envelope.content)
            found = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(found, EmailMessage)
            self.mails.append(found)
        if said == "keep and drop":
            server.transport.abort()
            return OK
        return said

    def ids(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A server that takes everything until `answer` is set."""
    made = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    made.url = f"smtp://127.0.0.1:{port}"
    try:
        yield made
    finally:
        controller.stop()
