"""What tests of the line need: today, somebody at a counter, a kiosk with leased numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.transaction import act
from models.operations import accounts, arrivals, calling, numbering, office_row
from models.operations.numbering import Lease
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.tables import Device
from tests.operations.test_booking import honcho


def today() -> date:
    """The business day."""
    return honcho().day_of(now())


def taken(codes: tuple[str, ...] = ("JUM-01",)) -> str:
    """A walk-in's fresh number."""
    return arrivals.issue(honcho(), codes, "kiosk").number


def serving(number: str, desk: str) -> TicketView:
    """This ticket is called to a counter and served there."""
    calling.step(honcho(), number, "call", f"at {desk}", desk)
    return calling.step(honcho(), number, "start", f"at {desk}", desk)


def device() -> int:
    """A kiosk's row."""
    accounts.enrol_device("kiosk", "honcho", "aya")
    return session().scalar(select(Device.id).order_by(Device.id.desc()).limit(1)) or 0


@act
def _leased(db: Session, place: OfficeView, letter: str, count: int, device_id: int) -> Lease:
    office_row.enter(db, place)
    return numbering.lease(db, place, place.day_of(now()), letter, count, device_id)


def leased(letter: str, count: int, device_id: int) -> Lease:
    """A block of numbers for a kiosk."""
    return _leased(honcho(), letter, count, device_id)
