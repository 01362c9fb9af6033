"""QRを読む: what the scanner read becomes a booking or an application, with every warning a clerk needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Gone, NotFound
from models.core.messages import Message, _n, message
from models.core.transaction import act
from models.operations import arrivals, audit, tickets, unsealing
from models.operations.idempotency import Key
from models.operations.unsealing import EXPIRED, FORGED, OTHER_OFFICE, UNREADABLE
from models.papers import qr
from models.papers.qr import QRReading
from models.queries import applications, bookings, crossing, envelopes, line, printing
from models.queries.applications import ApplicationView
from models.queries.bookings import BookingView
from models.queries.line import TicketView
from models.queries.offices import OfficeView, office_by_id, procedures_of
from models.queries.printing import PrintView
from models.rules.sides import INSIDE
from models.tables import Application, Ticket

OTHER_DAY = _n("予約は{day}です。きょうの予約ではありません。")
CANCELLED = _n("この予約は取り消されています。")
DELETED = _n("この申請書は、ご本人が取り消しました。")
PRINTED = _n("{time}に印刷済みです。刷り直すときは理由を選んでください。")
DRAFT = _n("「{form}」は入力の途中です。足りないところは窓口で書いてもらってください。")
NOTHING = _n("事前に入力された申請書はありません。")


@dataclass(frozen=True)
class ScannedApplication:
    """One pre-filled form as the counter sees it before printing."""

    application: ApplicationView
    printed: tuple[PrintView, ...]


@dataclass(frozen=True)
class Scan:
    """What one scan found; `warnings` are plain sentences for the clerk."""

    booking: BookingView | None
    ticket: TicketView | None
    applications: tuple[ScannedApplication, ...]
    warnings: tuple[Message, ...] = field(default=())

    @property
    def already_printed(self) -> bool:
        """Whether any of the forms left the printer before."""
        return any(found.printed for found in self.applications)


def look(place: OfficeView, text: str, counter: str | None = None) -> Scan:
    """What a code or a reference stands for, without noting anything.

    Raises `NotFound` (forged, unknown, another municipality's), `Conflict` (other office), `Gone` (cancelled, expired).
    """
    booking, found = looked_up(text)
    for one in found:
        refuse(place, one)
    shown = tuple(ScannedApplication(one, printing.released(one.id)) for one in found)
    return Scan(booking, _ticket(place, booking, counter), shown, tuple(_warnings(place, booking, shown)))


def scan(place: OfficeView, text: str, counter: str | None, actor: str) -> Scan:
    """Read one code at a counter; notes the reading and ties the forms to the ticket that is served there.

    A sealed one is opened first. Raises what `look` and `unsealing.receive` raise; nothing is noted then.
    """
    _unseal(place, text, actor)
    return _noted(place, text, counter, actor)


@act
def _noted(session: Session, place: OfficeView, text: str, counter: str | None, actor: str) -> Scan:
    seen = look(place, text, counter)
    found = [one.application for one in seen.applications]
    for one in found:
        if one.scanned_at is None:
            session.execute(update(Application).where(Application.id == one.id).values(scanned_at=now()))
        audit.note(session, actor, "application.scan", one.reference)
    if seen.ticket is not None and found:
        _tie(session, seen.ticket, found)
        tickets.record(session, seen.ticket.id, "scan", counter or seen.ticket.counter, actor)
    return seen


def arrive(place: OfficeView, text: str, actor: str, key: Key | None = None) -> arrivals.Issued:
    """Somebody shows a code at the entrance: a booking is checked in, a form without one takes a number.

    Raises `NotFound` (forged, unknown), `Conflict` (other office, other day, already here), `Gone` (cancelled, past).
    """
    _unseal(place, text, actor)
    booking, found = looked_up(text)
    if booking is not None:
        return arrivals.check_in(place, booking, actor, key)
    for one in found:
        refuse(place, one)
    offered = procedures_of(place)
    wanted = [next((code for code in one.definition().used_by if code in offered), "") for one in found]
    procedures = [code for code in dict.fromkeys(wanted) if code]
    return arrivals.issue(place, procedures, actor, key=key, brought=arrivals.Brought(found))


def looked_up(text: str) -> tuple[BookingView | None, tuple[ApplicationView, ...]]:
    """The booking or the forms that a code stands for, at least one of them; `NotFound` otherwise."""
    reading = qr.read(text)
    if reading.token:
        try:
            one = applications.by_qr(reading.token)
        except NotFound:
            return _with_forms(bookings.by_qr, reading.token)
        return (bookings.by_id(one.booking_id) if one.booking_id else None), (one,)
    if reading.number:
        try:
            one = applications.by_reference(reading.number)
        except NotFound:
            return _with_forms(bookings.by_reference, reading.number)
        return (bookings.by_id(one.booking_id) if one.booking_id else None), applications.with_its_envelope(
            one
        )
    if reading.sealed:
        return _of_envelope(reading.sealed)
    raise NotFound(UNREADABLE if reading.kind == "unreadable" else FORGED)


def _unseal(place: OfficeView, text: str, actor: str) -> None:
    """Take in what a sealed code holds, once; for another code what was carried here sealed for its booking, if any."""
    reading = qr.read(text)
    if reading.sealed:
        unsealing.receive(place, reading.sealed, actor)
    elif crossing.side() == INSIDE:
        _unseal_carried(place, reading, actor)


def _unseal_carried(place: OfficeView, reading: QRReading, actor: str) -> None:
    try:
        booking = bookings.by_qr(reading.token) if reading.token else bookings.by_reference(reading.number)
    except NotFound:
        return
    found = envelopes.of_booking(booking.id)
    if found is not None and booking.office.id == place.id:
        unsealing.receive(place, "".join(found.codes), actor)


def _of_envelope(codes: str) -> tuple[BookingView | None, tuple[ApplicationView, ...]]:
    """What was taken in of an envelope before."""
    found = applications.of_envelope(unsealing.digest(codes))
    if not found:
        raise NotFound(FORGED)
    number = found[0].booking_id
    if number is None:
        return None, found
    inside = {one.form for one in found}
    besides = tuple(one for one in applications.of_booking(number) if one.form not in inside)
    return bookings.by_id(number), (*found, *besides)


def _with_forms(
    look_up: Callable[[str], BookingView], value: str
) -> tuple[BookingView, tuple[ApplicationView, ...]]:
    try:
        booking = look_up(value)
    except NotFound as problem:
        raise NotFound(FORGED) from problem
    return booking, applications.of_booking(booking.id)


def refuse(place: OfficeView, one: ApplicationView) -> None:
    """`Conflict` for another office's form, `Gone` for one that was deleted or has expired."""
    if one.office_id != place.id:
        office = office_by_id(one.office_id).name
        raise Conflict(message(OTHER_OFFICE, office=office), office=office)
    if one.state == "deleted":
        raise Gone(DELETED)
    if one.expires_at <= now():
        raise Gone(message(EXPIRED, day=one.due))


def _ticket(place: OfficeView, booking: BookingView | None, counter: str | None) -> TicketView | None:
    """The visitor's ticket: the booking's own, else the one that this counter is serving.

    Never the ticket of another booking: that is another person.
    """
    own = line.of_booking(booking.id) if booking else None
    if own is not None or counter is None:
        return own
    served = line.at_counter(place, place.day_of(now()), counter)
    if booking is not None and served is not None and served.booked_for is not None:
        return None
    return served


def _tie(session: Session, ticket: TicketView, found: Sequence[ApplicationView]) -> None:
    ids = [one.id for one in found]
    session.execute(update(Application).where(Application.id.in_(ids)).values(ticket_id=ticket.id))
    session.execute(update(Ticket).where(Ticket.id == ticket.id).values(prefilled=True))


def _warnings(
    place: OfficeView, booking: BookingView | None, shown: Sequence[ScannedApplication]
) -> list[Message]:
    found = []
    if booking is not None and booking.state == "cancelled":
        raise Gone(CANCELLED)
    if booking is not None and booking.office.id != place.id:
        raise Conflict(message(OTHER_OFFICE, office=booking.office.name), office=booking.office.name)
    if booking is not None and booking.day != place.day_of(now()):
        found.append(message(OTHER_DAY, day=booking.day))
    for one in shown:
        if one.printed:
            at = one.printed[-1].released_at or one.printed[-1].asked_at
            found.append(message(PRINTED, time=f"{at.astimezone(place.zone):%H:%M}"))
        if one.application.state == "draft":
            found.append(message(DRAFT, form=one.application.definition().words.ja))
    if not shown:
        found.append(message(NOTHING))
    return found
