"""The porter: every few seconds it claims the hand-overs that are due and carries them, outside any transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.core.db import ground
from models.core.errors import DomainError
from models.core.settings import Settings
from models.operations import carrying
from models.queries import handovers, receivers
from models.queries.receivers import ReceiverView
from scheduler.carriers.carrying import Carrier
from scheduler.carriers.folder import Folder
from scheduler.carriers.webhook import Webhook
from scheduler.rounds import Batches
from scheduler.senders.sending import Outcome, never

Open = Callable[[ReceiverView], Carrier]


def opened(receiver: ReceiverView) -> Carrier:
    """The carrier to a receiver; `NotFound` where it has no secret."""
    if receiver.way == "folder":
        return Folder(receivers.folders(), receiver.folder)
    return Webhook(receiver.url, receivers.secret_of(receiver.id), ground().settings.hosts_allowed)


class Porter(Batches[int]):
    """What carries hand-overs to their receivers."""

    name, threads = "porter", 4

    def __init__(self, settings: Settings, holder: str, opening: Open = opened) -> None:
        """Be ready to carry for an installation; `holder` names this process in its claims."""
        super().__init__(settings, holder)
        self._opening = opening

    def due(self) -> Iterable[int]:
        """The receivers to which something is to be carried."""
        return handovers.due_receivers()

    def claim(self, destination: int) -> list[int]:
        """A batch of hand-overs to one receiver."""
        return carrying.claim(self._holder, destination)

    def batch(self, destination: int, taken: list[int]) -> tuple[int, bool]:
        """Carry a claimed batch: how many arrived, and whether the way is any good for another."""
        count, down = 0, None
        carrier = self._carrier(destination)
        for one in taken:
            outcome = down or (_carried(carrier, one) if carrier else never("receiver ended"))
            if outcome.down:
                down = outcome
            self._noted(one, outcome)
            count += outcome.what == "sent"
        return count, down is None

    def _carrier(self, number: int) -> Carrier | None:
        receiver = receivers.by_id(number)
        return self._opening(receiver) if receiver.open else None

    def _noted(self, number: int, outcome: Outcome) -> None:
        if outcome.what == "sent":
            carrying.arrived(number, self._holder)
        elif outcome.what == "again":
            carrying.again(number, self._holder, outcome.reason)
        else:
            carrying.never(number, self._holder, outcome.reason)


def _carried(carrier: Carrier, number: int) -> Outcome:
    """Open one hand-over, draw its file and carry it; what cannot be opened any more is never carried."""
    try:
        one = handovers.by_id(number)
        receiver, handed = handovers.handed(one)
        adapter = receiver.adapter
        content = adapter.draw(handed)
    except DomainError as problem:
        return never(f"unreadable: {type(problem).__name__}")
    return carrier.carry(one.receipt, f"{one.receipt}.{adapter.suffix}", adapter.media, content)
