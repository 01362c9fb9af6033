"""The mailer: every few seconds it claims what is due, sends it outside any transaction, and notes how it went.

Several may run: a claim decides. Each municipality's way out has at most one batch at a time in this process, on a
thread of its own: a server that does not answer keeps nobody else waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from models.core import directory, log
from models.core.db import ground, standing
from models.core.directory import Municipality
from models.core.errors import DomainError
from models.core.settings import Settings
from models.core.space import entered
from models.operations import sending
from models.queries import channels, letters, undelivered
from scheduler.senders.line import Line
from scheduler.senders.mail import Mail
from scheduler.senders.push import Push
from scheduler.senders.sending import Outcome, Sender
from scheduler.senders.sms import Sms
from scheduler.senders.webhook import Webhook

THREADS = 8
MOST_BATCHES = 50
"""So many batches of one way out in a row; then the others of this municipality are looked at anew."""
Open = Callable[[str, Mapping[str, str], frozenset[str]], Sender]


def opened(name: str, needs: Mapping[str, str], allowed: frozenset[str]) -> Sender:
    """The sender of a way out."""
    if name == "email":
        return Mail(needs)
    others: Mapping[str, Callable[[Mapping[str, str], frozenset[str]], Sender]] = {
        "push": Push,
        "line": Line,
        "sms": Sms,
        "webhook": Webhook,
    }
    return others[name](needs, allowed)


class Mailer:
    """What sends messages; `look` returns at once, `finish` waits for what is on its way."""

    def __init__(self, settings: Settings, holder: str, opening: Open = opened) -> None:
        """Be ready to send for an installation; `holder` names this process in its claims."""
        self._settings, self._holder, self._opening = settings, holder, opening
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="mailer")
        self._busy: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()

    def look(self) -> int:
        """Begin a batch wherever something is due and none is on its way; how many. Nothing due: nothing done."""
        begun = 0
        with standing(self._settings):
            for one in directory.municipalities():
                with entered(one.space):
                    try:
                        for lost in undelivered.lost_ways():
                            sending.give_up(lost)
                        ways = letters.due_ways()
                    except Exception as problem:
                        _failed(one, problem)
                        continue
                begun += sum(self._begin(one, way) for way in ways)
        return begun

    def finish(self) -> None:
        """Begin nothing more; wait for what is being sent."""
        self._ending.set()
        self._pool.shutdown(wait=True)

    def send_all(self, one: Municipality, way: str) -> int:
        """Send what is due this way for one municipality, batch by batch; how many went out."""
        count = 0
        with standing(self._settings), entered(one.space):
            for _ in range(MOST_BATCHES):
                taken = [] if self._ending.is_set() else sending.claim(self._holder, way)
                if not taken:
                    break
                went, goes_on = self._batch(way, taken)
                count += went
                if not goes_on:
                    break
        return count

    def _begin(self, one: Municipality, way: str) -> bool:
        with self._lock:
            if self._ending.is_set() or (one.code, way) in self._busy:
                return False
            self._busy.add((one.code, way))
        self._pool.submit(self._guarded, one, way)
        return True

    def _guarded(self, one: Municipality, way: str) -> None:
        try:
            self.send_all(one, way)
        except Exception as problem:
            _failed(one, problem)
        finally:
            with self._lock:
                self._busy.discard((one.code, way))

    def _batch(self, way: str, taken: list[int]) -> tuple[int, bool]:
        """Send a claimed batch: how many went out, and whether the way is any good for another."""
        allowed = frozenset(
            host.strip().lower() for host in ground().settings.allowed_hosts.split(",") if host.strip()
        )
        sender = self._opening(way, channels.needs_of(way), allowed)
        count, down = 0, None
        try:
            for number in taken:
                outcome = down or _sent(sender, number)
                if outcome.down:
                    down = outcome
                self._noted(number, outcome)
                count += outcome.what == "sent"
        finally:
            sender.close()
        return count, down is None

    def _noted(self, number: int, outcome: Outcome) -> None:
        if outcome.what == "sent":
            sending.sent(number, self._holder)
        elif outcome.what == "again":
            sending.again(number, self._holder, outcome.reason)
        elif outcome.gone:
            sending.gone(number, self._holder, outcome.reason)
        else:
            sending.never(number, self._holder, outcome.reason)


def _sent(sender: Sender, number: int) -> Outcome:
    try:
        letter = letters.letter_of(number)
    except DomainError as problem:
        return Outcome("never", f"unreadable: {type(problem).__name__}")
    return sender.send(letter)


def _failed(one: Municipality, problem: Exception) -> None:
    log.logger().error("mailer failed", municipality=one.code, error=type(problem).__name__)
