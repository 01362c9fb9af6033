"""The mailer: every few seconds it claims what is due, sends it outside any transaction, and notes how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from models.core.db import ground
from models.core.errors import DomainError
from models.core.settings import Settings
from models.operations import sending
from models.queries import channels, letters, undelivered
from scheduler.rounds import Batches
from scheduler.senders.line import Line
from scheduler.senders.mail import Mail
from scheduler.senders.push import Push
from scheduler.senders.sending import Outcome, Sender
from scheduler.senders.sms import Sms
from scheduler.senders.webhook import Webhook

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


class Mailer(Batches[str]):
    """What sends messages, by the ways out that are open."""

    name, threads = "mailer", 8

    def __init__(self, settings: Settings, holder: str, opening: Open = opened) -> None:
        """Be ready to send for an installation; `holder` names this process in its claims."""
        super().__init__(settings, holder)
        self._opening = opening

    def due(self) -> Iterable[str]:
        """The ways by which something is to go out; what waited a day for one that there is not is given up."""
        for lost in undelivered.lost_ways():
            sending.give_up(lost)
        return letters.due_ways()

    def claim(self, destination: str) -> list[int]:
        """A batch of messages for one way out."""
        return sending.claim(self._holder, destination)

    def batch(self, destination: str, taken: list[int]) -> tuple[int, bool]:
        """Send a claimed batch: how many went out, and whether the way is any good for another."""
        sender = self._opening(destination, channels.needs_of(destination), ground().settings.hosts_allowed)
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
