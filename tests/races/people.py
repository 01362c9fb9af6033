"""Those who book, wait, come, stay away and give up in a played week, and what each of them must be told."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act
from models.operations import arrivals, calling, channels, places_policy, subscriptions
from models.operations.booking import Made, Request, book, cancel
from models.operations.idempotency import Key
from models.operations.messages import Way
from models.operations.waiting_list import Wish, accept, booking_token, join
from models.queries import bookings, waiting_list
from models.queries.bookings import Contact
from models.queries.message_policy import message_policy
from models.queries.offices import OfficeView
from models.rules.message_policy import reminders
from models.tables import Slot, Ticket
from tests.operations.test_booking import free, honcho
from tests.races.crowd import patiently
from tests.scheduler.test_senders import plain

CODES = ("JUM-01",)
FROM_ELEVEN = range(2, 9)
"""Hours (UTC) of the visits, from 11:00 in Japan: a morning's reminder is worth sending for hours."""
DESK, PLACES, WAITING = "1", 2, 3


@dataclass
class Visitor:
    """Who booked, to which address, and when it was given up."""

    made: Made
    to: str
    booked_at: datetime
    token: str = ""
    cancelled_at: datetime | None = None
    kind: str = "booked"

    def to_hear(self, until: datetime) -> Counter[tuple[str, str]]:
        """What had to be said to this address by an instant, of everything that was due while it was true."""
        view = bookings.by_token(self.token or self.made.token)
        place = view.office
        last = min(self.cancelled_at or until, until)
        told = Counter({(self.to, self.kind): 1})
        for one in reminders(message_policy(place), view.starts_at, place.zone):
            told[self.to, "reminder"] += self.booked_at < one.after <= last
        told[self.to, "cancelled"] += self.cancelled_at is not None
        return +told


@dataclass
class People:
    """Everybody of the week; `endpoint` is the push service of their phones."""

    endpoint: str
    visitors: list[Visitor] = field(default_factory=list)
    waiting: list[tuple[Made, str]] = field(default_factory=list)
    full: list[Visitor] = field(default_factory=list)
    pushed: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: list[list[arrivals.Issued]] = field(default_factory=list)
    left: int = 0
    taken: Visitor | None = None

    def prepare(self) -> None:
        """Phones can be told, and what is given up opens after one to ten minutes."""
        patiently(partial(channels.open_channel, "push", {"contact": "it@city.example.jp"}, "staff"))
        opening = {"reopen_from_minutes": 1, "reopen_to_minutes": 10}
        patiently(partial(places_policy.set_policy, honcho(), opening, "staff"))

    def book(self) -> None:
        """Four book: two for the next day that is open, two for the day after it."""
        place, name = honcho(), f"{now():%d}"
        later = [start for start in free() if place.day_of(start) > place.day_of(now())]
        days = sorted({place.day_of(start) for start in later})[:2]
        for at, day in enumerate((days[0], days[0], days[1], days[1])):
            start = next(one for one in later if place.day_of(one) == day and one.hour in FROM_ELEVEN)
            self.visitors.append(self._booked(start, f"r{name}-{at}@example.jp"))
            later.remove(start)

    def give_up(self, index: int) -> None:
        """Of those who booked last, one gives up."""
        self._cancel(self.visitors[index])

    def fill_a_day(self, days_ahead: int) -> None:
        """A far day has two places only; two have them, and three wait for one."""
        place = honcho()
        later = [start for start in free() if place.day_of(start) > place.day_of(now())]
        day = sorted({place.day_of(start) for start in later})[days_ahead]
        patiently(partial(_few_places, place, day))
        for start in [one for one in free() if place.day_of(one) == day]:
            self.full.append(self._booked(start, f"f{len(self.full)}@example.jp"))
        for _ in range(WAITING):
            to = f"w{len(self.waiting)}@example.jp"
            wish = Wish(place, CODES, day, day, Contact("マエニワ　アイコ", to))
            self.waiting.append((patiently(partial(join, wish)), to))

    def free_a_place(self, index: int) -> None:
        """One of those who filled the day gives up: the place is offered to whoever waits."""
        self._cancel(self.full[index])

    def answer_offers(self) -> bool:
        """The second in the line takes what is offered, the others let it pass; whether anything was taken."""
        if len(self.waiting) < 2:
            return False
        made, to = self.waiting[1]
        if self.taken or waiting_list.by_token(made.token).state != "offered":
            return False
        taken = patiently(partial(accept, made.token))
        self.taken = Visitor(taken, to, now(), booking_token(made.token))
        return True

    def come(self) -> None:
        """Six take numbers, the fifth and sixth ask to be told; the first is called, so that three are before one."""
        issued = [patiently(partial(arrivals.issue, honcho(), CODES, "kiosk")) for _ in range(6)]
        for one in issued[4:]:
            patiently(partial(_listen, honcho(), one, self._browser(one)))
        self.lines.append(issued)
        self._call(1)
        self.pushed[self._path(issued[4]), "soon"] += 1

    def call(self) -> None:
        """Four more are called, the fifth of the six by a push; three were before the sixth, who goes home uncalled."""
        self._call(4)
        issued = self.lines[-1]
        self.pushed[self._path(issued[5]), "soon"] += 1
        self.pushed[self._path(issued[4]), "come"] += 1
        self.left += 1

    def _booked(self, start: datetime, to: str) -> Visitor:
        asked = Request(honcho(), CODES, start, Contact("マエニワ　アイコ", to))
        key = Key("book", to, to)
        return Visitor(patiently(partial(book, asked, key)), to, now())

    def _cancel(self, who: Visitor) -> None:
        patiently(partial(cancel, who.made.token))
        who.cancelled_at = now()

    def _call(self, count: int) -> None:
        for _ in range(count):
            called = patiently(partial(calling.call_next, honcho(), DESK, "aoki"))
            assert called is not None
            for step in ("start", "finish"):
                patiently(partial(calling.step, honcho(), called.number, step, "aoki", DESK))

    def _path(self, one: arrivals.Issued) -> str:
        return f"/push/{one.ticket_id}"

    def _browser(self, one: arrivals.Issued) -> str:
        key = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": plain(key), "auth": plain(SECRET)}
        return json.dumps({"endpoint": self.endpoint + self._path(one), "keys": keys})


KEY, SECRET = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"


@act
def _few_places(db: Session, place: OfficeView, day: date) -> None:
    """So many slots of one place on a day, and no other."""
    mine = (Slot.office_id == place.id, Slot.queue == "A", Slot.day == day)
    db.execute(update(Slot).where(*mine).values(capacity=0))
    chosen = db.scalars(select(Slot.id).where(*mine).order_by(Slot.starts_at.desc()).limit(PLACES)).all()
    db.execute(update(Slot).where(Slot.id.in_(chosen)).values(capacity=1))


@act
def _listen(db: Session, place: OfficeView, one: arrivals.Issued, browser: str) -> None:
    """A phone asks to be told; its push service is on this machine, where a real one would be far away."""
    visit = db.scalars(select(Ticket.visit_id).where(Ticket.id == one.ticket_id)).one()
    about = subscriptions.About(place, place.day_of(now()), visit_id=visit)
    subscriptions.keep(db, about, Way("push", browser, one.token), "ja")
