"""What was read, ready to be shown and printed; the slip ties a print to the very scan that this tab shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from itsdangerous import BadSignature, URLSafeTimedSerializer

from models.core.clock import now
from models.core.errors import Conflict
from models.core.messages import _n, message
from models.operations import scanning
from models.operations.scanning import Scan, ScannedApplication
from models.queries import applications, bookings, catalogue, line
from models.queries.bookings import BookingView
from models.queries.line import TicketView
from models.rules.forms.applicant import Applicant, applicant
from models.rules.forms.conditions import is_asked
from models.rules.forms.missing import missing
from models.rules.forms.summary import SummarySection, summary
from web import presentation
from web.account import security
from web.counter import going_on
from web.counter.door import told
from web.counter.going_on import ShownReceiver
from web.counter.place import Place
from web.counter.stay import procedure_name, short

SLIP_SECONDS = 60 * 60
KEY_ROWS = 5
BIRTH = "birth"
RANKS = {BIRTH: 0, "comer": 2}
"""What identifies a person stands first, what else is said about who comes last."""
NAMES = ("name", "name_kana", "head_name", "head_name_old", "tel")
OTHER_SLIP = _n("この画面で読み取った申請書ではありません。QRコードをもう一度読み取ってください。")
OTHER_PERSON = _n("いま対応している{number}とは別の人です。名前を確かめてください。")
OLD_SLIP = _n("読み取ってから時間がたちました。QRコードをもう一度読み取ってください。")


@dataclass(frozen=True)
class Slip:
    """What one scan showed: the reference that shows it again, and the applications it may print."""

    reference: str
    applications: tuple[str, ...]


@dataclass(frozen=True)
class ShownForm:
    """One pre-filled form: whose, the rows that matter most, all rows, what is missing, when it was printed.

    `receivers` are the systems that it can go on to.
    """

    reference: str
    title: str
    who: Applicant
    rows: tuple[tuple[str, str], ...]
    sections: tuple[SummarySection, ...]
    missing: tuple[str, ...]
    at_counter: tuple[str, ...]
    printed_at: str
    copies: int
    printable: bool
    receivers: tuple[ShownReceiver, ...]


@dataclass(frozen=True)
class Reading:
    """The middle of the desk after a scan."""

    slip: str
    reference: str
    who: str
    kana: str
    what: str
    time: str
    ticket: str
    state: str
    can_check_in: bool
    forms: tuple[ShownForm, ...]
    warnings: tuple[str, ...]


def slip_for(place: Place, found: Scan) -> str:
    """The sealed slip of a scan, worth something only to this person in this office for an hour."""
    forms = [one.application.reference for one in found.applications]
    reference = found.booking.reference if found.booking and len(forms) != 1 else forms[0]
    return _sealer().dumps({"for": _holder(place), "shows": reference, "prints": forms})


def opened(place: Place, slip: str) -> Slip:
    """The slip as it was given out; `Conflict` for any other text, person or office, or after an hour."""
    try:
        found: Any = _sealer().loads(slip, max_age=SLIP_SECONDS)
    except BadSignature as problem:
        raise Conflict(OLD_SLIP) from problem
    if found["for"] != _holder(place):
        raise Conflict(OLD_SLIP)
    return Slip(found["shows"], tuple(found["prints"]))


def check(place: Place, slip: str, reference: str) -> None:
    """`Conflict` unless this very scan showed the application with this reference."""
    if reference not in opened(place, slip).applications:
        raise Conflict(OTHER_SLIP)


def again(place: Place, slip: str, *, contents: bool) -> Reading:
    """What a scan showed, as it is now; `contents` opens what was typed."""
    return shown(
        place, slip, scanning.look(place.office, opened(place, slip).reference, place.number), contents
    )


def shown(place: Place, slip: str, found: Scan, contents: bool) -> Reading:
    """A scan for people."""
    forms = tuple(_form(place, one, contents) for one in found.applications)
    booking, ticket = found.booking, found.ticket
    who = forms[0].who if forms else Applicant()
    contact = bookings.contact_of(booking).name if booking else ""
    today = place.office.day_of(now())
    known = catalogue.current()
    return Reading(
        slip=slip,
        reference=booking.reference if booking else forms[0].reference,
        who=who.name or contact,
        kana=who.kana if who.name else "",
        what="・".join(procedure_name(known, code) for code in booking.procedures) if booking else "",
        time=_when(place, booking) if booking else "",
        ticket=ticket.number if ticket else "",
        state=ticket.state if ticket else "",
        can_check_in=booking is not None and booking.live and booking.day == today,
        forms=forms,
        warnings=(*_other_person(place, ticket), *(told(one) for one in found.warnings)),
    )


def _when(place: Place, booking: BookingView) -> str:
    """When it is booked, with the day where that is not today."""
    time = presentation.clock_time(booking.starts_at, str(place.office.zone))
    if booking.day == place.office.day_of(now()):
        return time
    return f"{presentation.day_and_month(booking.day)} {time}"


def _other_person(place: Place, ticket: TicketView | None) -> tuple[str, ...]:
    """A warning where this counter serves somebody else than whose code was read."""
    served = line.at_counter(place.office, place.office.day_of(now()), place.number) if place.number else None
    if served is None or (ticket is not None and ticket.id == served.id):
        return ()
    return (told(message(OTHER_PERSON, number=served.number)),)


def _form(place: Place, found: ScannedApplication, contents: bool) -> ShownForm:
    application = found.application
    form = application.definition()
    fields = applications.fields_of(application)
    printed = found.printed[-1] if found.printed else None
    sections = tuple(summary(form, fields)) if contents else ()
    lacks = missing(form, fields)
    desk = [
        item.label.ja
        for section in form.sections
        for item in section.fields
        if item.by == "counter" and item.must and is_asked(form, item, fields, None)
    ]
    released = (printed.released_at or printed.asked_at) if printed else None
    return ShownForm(
        reference=application.reference,
        title=form.words.ja,
        who=applicant(form, fields),
        rows=_key_rows(sections),
        sections=sections,
        missing=tuple(dict.fromkeys(one.field.label.ja for one in lacks)),
        at_counter=tuple(dict.fromkeys(desk)),
        printed_at=presentation.clock_time(released, str(place.office.zone)) if released else "",
        copies=len(found.printed),
        printable=contents,
        receivers=going_on.shown(place, application) if contents else (),
    )


def _key_rows(sections: tuple[SummarySection, ...]) -> tuple[tuple[str, str], ...]:
    """The few answers that tell a clerk what it is about; the name stands above them already."""
    rows = [
        (short(row.label.ja), row.text, BIRTH if row.field.vocabulary == BIRTH else row.field.role)
        for section in sections
        if section.row is None
        for row in section.rows
        if row.text and row.field.vocabulary not in NAMES and row.field.kind != "bool"
    ]
    rows.sort(key=lambda row: RANKS.get(row[2], 1))
    about = [row for row in rows if row[2] != "comer"]
    chosen = about if len(about) > 2 else rows
    return tuple((label, text) for label, text, _ in chosen[:KEY_ROWS])


def _holder(place: Place) -> list[str]:
    return [g.municipality.code, place.office.code, security.person().username]


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="counter slip")
