"""What a way out promises: a letter goes out, or is tried again, or never will go out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal, Protocol

from models.queries.letters import Letter

SECONDS = 10
"""How long a server may keep silent."""
_NAMES = uuid.UUID("6d616e69-7761-4d65-9373-616765000000")


@dataclass(frozen=True)
class Outcome:
    """How it went. `down`: the way itself is out, no need to try the batch; `gone`: nobody listens there any more."""

    what: Literal["sent", "again", "never"]
    reason: str = ""
    down: bool = False
    gone: bool = False


SENT = Outcome("sent")


def again(reason: str, *, down: bool = False) -> Outcome:
    """Try it again later."""
    return Outcome("again", reason, down=down)


def never(reason: str, *, gone: bool = False) -> Outcome:
    """It cannot go out; staff see it."""
    return Outcome("never", reason, gone=gone)


class Sender(Protocol):
    """One way out of one municipality, for one batch."""

    def send(self, letter: Letter) -> Outcome:
        """Send one letter to its one address; never raises for what a server does."""

    def close(self) -> None:
        """The batch is over."""


def stable_id(letter: Letter) -> str:
    """A UUID of the message, the same at every try: the other side can see that it is the same."""
    return str(uuid.uuid5(_NAMES, letter.message_id))
