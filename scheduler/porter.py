"""The porter: every few seconds it claims the hand-overs that are due and carries them, outside any transaction.

Several may run: a claim decides. Each receiver has at most one batch at a time in this process, on a thread of its own:
a share that hangs or a system that does not answer keeps no other waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from models.core import directory, log
from models.core.db import ground, standing
from models.core.directory import Municipality
from models.core.errors import DomainError
from models.core.settings import Settings
from models.core.space import entered
from models.operations import carrying
from models.queries import handovers, receivers
from models.queries.receivers import ReceiverView
from scheduler.carriers.carrying import Carrier
from scheduler.carriers.folder import Folder
from scheduler.carriers.webhook import Webhook
from scheduler.senders.sending import Outcome, never

THREADS = 4
MOST_BATCHES = 50
Open = Callable[[ReceiverView], Carrier]


def opened(receiver: ReceiverView) -> Carrier:
    """The carrier to a receiver; `NotFound` where it has no secret."""
    if receiver.way == "folder":
        return Folder(receivers.folders(), receiver.folder)
    return Webhook(receiver.url, receivers.secret_of(receiver.id), ground().settings.hosts_allowed)


class Porter:
    """What carries hand-overs; `look` returns at once, `finish` waits for what is on its way."""

    def __init__(self, settings: Settings, holder: str, opening: Open = opened) -> None:
        """Be ready to carry for an installation; `holder` names this process in its claims."""
        self._settings, self._holder, self._opening = settings, holder, opening
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="porter")
        self._busy: set[tuple[str, int]] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()

    def look(self) -> int:
        """Begin a batch for every receiver for which something is due; how many. Nothing due: nothing done."""
        begun = 0
        with standing(self._settings):
            for one in directory.municipalities():
                with entered(one.space):
                    try:
                        due = handovers.due_receivers()
                    except Exception as problem:
                        _failed(one, problem)
                        continue
                begun += sum(self._begin(one, receiver) for receiver in due)
        return begun

    def finish(self) -> None:
        """Begin nothing more; wait for what is being carried."""
        self._ending.set()
        self._pool.shutdown(wait=True)

    def carry_all(self, one: Municipality, receiver: int) -> int:
        """Carry what is due to one receiver, batch by batch; how many arrived."""
        count = 0
        with standing(self._settings), entered(one.space):
            for _ in range(MOST_BATCHES):
                taken = [] if self._ending.is_set() else carrying.claim(self._holder, receiver)
                if not taken:
                    break
                came, goes_on = self._batch(receiver, taken)
                count += came
                if not goes_on:
                    break
        return count

    def _begin(self, one: Municipality, receiver: int) -> bool:
        with self._lock:
            if self._ending.is_set() or (one.code, receiver) in self._busy:
                return False
            self._busy.add((one.code, receiver))
        self._pool.submit(self._guarded, one, receiver)
        return True

    def _guarded(self, one: Municipality, receiver: int) -> None:
        try:
            self.carry_all(one, receiver)
        except Exception as problem:
            _failed(one, problem)
        finally:
            with self._lock:
                self._busy.discard((one.code, receiver))

    def _batch(self, number: int, taken: list[int]) -> tuple[int, bool]:
        """Carry a claimed batch: how many arrived, and whether the way is any good for another."""
        count, down = 0, None
        carrier = self._carrier(number)
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


def _failed(one: Municipality, problem: Exception) -> None:
    log.logger().error("porter failed", municipality=one.code, error=type(problem).__name__)
