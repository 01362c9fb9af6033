"""番号札と予約の控えに書くこと: what a slip says, as sentences that a door says in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from models.catalogue.definitions import Words
from models.core.messages import Message, _n, message
from models.core.tokens import derived
from models.papers import qr
from models.papers.slip import Both, Row, SlipData
from models.queries import bookings, catalogue, crossing, hall, holder, live, offices
from models.queries.estimates import shown_range
from models.queries.holder import Held
from models.queries.offices import OfficeView
from models.rules import visits
from models.rules.addresses import ticket_page
from models.rules.durations import between, duration
from models.rules.references import shown
from models.rules.sides import WHOLE, stands
from models.rules.wareki import to_wareki

JAPANESE = ("ja", "ja-easy")
MOST_COUNTERS = 3
MOST_THINGS = 4
NUMBER, REFERENCE = _n("受付番号"), _n("予約番号")
BOOKING = Words(ja="予約の控え", en="Your booking")
AHEAD, PEOPLE = _n("あなたの前"), _n("{count}人")
WAIT, ABOUT, SOON = _n("待ち時間のめやす"), _n("約{length}"), _n("すぐ")
WHERE, COUNTERS, SEAT = _n("行くところ"), _n("{numbers}番窓口"), _n("{number}番の席でお待ちください")
BOOKED = _n("予約の時間")
CALLED = _n("番号は画面と声でお呼びします。")
LEAVING = _n(
    "席を外すときは、QRコードで順番を見られます。呼ばれたあと{minutes}分までは、戻って職員に番号を見せてください。"
)
LEAVING_ALONE = _n("席を外すときは、呼ばれたあと{minutes}分までに戻って、職員に番号を見せてください。")
PHONE, SHOW = _n("スマートフォンで順番を見る"), _n("受付のときに見せるQRコード")
DAY, TIME, BRING, MORE = _n("日"), _n("時間"), _n("持ち物"), _n("{things} ほか")
ON_THE_DAY = _n("当日は、このQRコードを受付の機械か職員に見せてください。")
CHANGE = _n("取り消しや変更は、電話{telephone}へ。")
Say = Callable[[Message], str]
"""A message in the visitor's language as plain text; a door knows how."""


@dataclass(frozen=True)
class Told:
    """One text of a slip: in Japanese, and the message that says it in any language (None: Japanese only)."""

    ja: str
    message: Message | None = None


@dataclass(frozen=True)
class SlipWords:
    """What a slip says, before anybody's language is known; `at` is in the office's zone."""

    kind: str
    office: OfficeView
    title: Words
    label: Told
    headline: str
    at: datetime
    lines: tuple[tuple[Told, Told], ...]
    notes: tuple[Told, ...]
    qr: str
    qr_words: Told


def of_ticket(token: str, base: str, at: datetime) -> SlipWords:
    """The slip of whoever holds this token, as it is at `at`; `base` is the city's public address.

    Raises `NotFound` for any other text and `Gone` after the day.
    """
    held = holder.held(holder.opened(token), at)
    place, ticket = held.slip.place, held.ticket
    policy = hall.policy_of(place)
    return SlipWords(
        kind="ticket",
        office=place,
        title=catalogue.current().queues[ticket.queue].words,
        label=told(NUMBER),
        headline=ticket.number,
        at=(ticket.arrived_at or at).astimezone(place.zone),
        lines=tuple(_lines(place, held, at)),
        notes=(told(CALLED), _leaving(policy.hold_minutes)),
        qr=_page(base, token),
        qr_words=told(PHONE),
    )


def blank(place: OfficeView, queue: str, base: str, at: datetime) -> SlipWords:
    """The slip of a number of `queue` that a terminal gives out while its line is cut: it fills in number and token."""
    return SlipWords(
        kind="ticket",
        office=place,
        title=catalogue.current().queues[queue].words,
        label=told(NUMBER),
        headline="",
        at=at.astimezone(place.zone),
        lines=tuple(_where(_usual(place, queue))),
        notes=(told(CALLED), _leaving(hall.policy_of(place).hold_minutes)),
        qr=_page(base, ""),
        qr_words=told(PHONE),
    )


def of_booking(token: str) -> SlipWords:
    """The slip of a booking for whoever holds its token; `NotFound` for any other text."""
    booking = bookings.by_token(token)
    place, edition = booking.office, catalogue.edition(booking.edition)
    begins = booking.starts_at.astimezone(place.zone)
    procedures = [edition.procedures[code] for code in booking.procedures if code in edition.procedures]
    things = [line.item.words for line in visits.bring_list(edition, procedures)]
    lines = [
        (told(DAY), Told(both_calendars(booking.day), message("{day}", day=booking.day))),
        (told(TIME), Told(f"{begins.hour}:{begins:%M}", None)),
    ]
    if things:
        lines.append((told(BRING), _things(things)))
    return SlipWords(
        kind="booking",
        office=place,
        title=BOOKING,
        label=told(REFERENCE),
        headline=shown(booking.reference),
        at=booking.created_at.astimezone(place.zone),
        lines=tuple(lines),
        notes=(told(ON_THE_DAY), told(CHANGE, telephone=place.telephone)),
        qr=qr.reference_text(derived(token, "qr")),
        qr_words=told(SHOW),
    )


def _page(base: str, token: str) -> str:
    """Where a phone follows a number; nowhere on the inside of a separated network."""
    return ticket_page(base, token) if stands(WHOLE, crossing.side()) else ""


def _leaving(minutes: int) -> Told:
    return told(LEAVING if stands(WHOLE, crossing.side()) else LEAVING_ALONE, minutes=minutes)


def said(words: SlipWords, city: str, language: str, say: Say) -> SlipData:
    """The slip of `city` (its name) in Japanese and, for who reads another language, in that beside it."""
    foreign = language not in JAPANESE
    house = words.office.name if city in words.office.name else f"{city} {words.office.name}"

    def both(text: Told) -> Both:
        own = say(text.message) if foreign and text.message is not None else ""
        return Both(text.ja, "" if own == text.ja else own)

    return SlipData(
        kind=words.kind,
        language=language,
        office=Both(house, words.office.name_en if foreign else ""),
        title=Both(words.title.ja, words.title.in_language(language) if foreign else ""),
        headline_label=both(words.label),
        headline=words.headline,
        at=words.at,
        rows=tuple(Row(both(label), both(value)) for label, value in words.lines),
        notes=tuple(both(one) for one in words.notes),
        qr=words.qr,
        qr_words=both(words.qr_words),
    )


def told(template: str, **values: object) -> Told:
    """A sentence with its values."""
    made = message(template, **values)
    return Told(str(made), made)


def both_calendars(day: date) -> str:
    """`2026年（令和8年） 12月1日（火）`, with a space where it may break."""
    year, _, rest = to_wareki(day, weekday=True).partition("年")
    return f"{day.year}年（{year}年） {rest}"


def _lines(place: OfficeView, held: Held, at: datetime) -> list[tuple[Told, Told]]:
    ticket, lines = held.ticket, []
    if ticket.booked_for is not None:
        due = ticket.booked_for.astimezone(place.zone)
        lines.append((told(BOOKED), Told(f"{due.hour}:{due:%M}", None)))
    if ticket.state == "waiting":
        lines.append((told(AHEAD), told(PEOPLE, count=held.ahead)))
    if held.wait is not None:
        lines.append((told(WAIT), _range(*shown_range(held.wait))))
    if ticket.seat:
        lines.append((told(WHERE), told(SEAT, number=ticket.seat)))
    else:
        lines += _where(_counters(place, ticket.queue, at))
    return lines


def _where(numbers: tuple[str, ...]) -> list[tuple[Told, Told]]:
    return [(told(WHERE), told(COUNTERS, numbers="・".join(numbers)))] if numbers else []


def _range(low: int, high: int) -> Told:
    if high == 0:
        return told(SOON)
    if low == high:
        return told(ABOUT, length=duration(high))
    found = between(low, high)
    return Told(str(found), found)


def _counters(place: OfficeView, queue: str, at: datetime) -> tuple[str, ...]:
    """The counters that serve the queue now, or else those that do so first."""
    now_on = [one.counters for one in live.state(place, at).queues if one.code == queue]
    return now_on[0][:MOST_COUNTERS] if now_on and now_on[0] else _usual(place, queue)


def _usual(place: OfficeView, queue: str) -> tuple[str, ...]:
    first = [one.number for one in offices.counters_of(place) if one.queues[:1] == (queue,)]
    return tuple(first[:MOST_COUNTERS])


def _things(things: list[Words]) -> Told:
    """The first things to bring, without what is said in brackets; all of it stands on the booking's page."""
    few = tuple(one.without_asides() for one in things[:MOST_THINGS])
    listed = "、".join(one.ja for one in few)
    if len(things) > MOST_THINGS:
        return Told(f"{listed} ほか", message(MORE, things=few))
    return Told(listed, message("{things}", things=few))
