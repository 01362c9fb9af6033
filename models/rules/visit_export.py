"""来庁の記録 as rows of a table: one a handled ticket, no personal data. Headers as metrics `csv.files.tickets.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.rules.statistics import HandledTicket, handling_minutes, slot_gap_minutes, wait_minutes

ExportCell = str | float | None

COLUMNS = (
    "全国地方公共団体コード", "庁舎名", "日付", "曜日", "業務記号", "業務名", "手続コード", "受付番号", "経路",
    "予約有無", "予約時刻", "事前入力有無", "発券時刻", "呼出時刻", "対応開始時刻", "対応終了時刻", "完了時刻",
    "待ち時間（分）", "手続時間（分）", "予約時刻との差（分）", "窓口番号", "状態",
)  # fmt: skip
WEEKDAYS = "月火水木金土日"
WAYS = {"booked": "予約", "walk_in": "窓口", "imported": "取り込み"}
STATES = {"finished": "完了", "no_show": "来庁なし", "abandoned": "途中で帰宅"}


@dataclass(frozen=True)
class Place:
    """Which city and office the rows are of."""

    national_code: str
    name: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Export:
    """One handled ticket with its office day, its number and its queue's name."""

    day: date
    number: str
    queue_name: str
    ticket: HandledTicket


def visit_row(place: Place, one: Export) -> tuple[ExportCell, ...]:
    """The cells in the order of `COLUMNS`: ISO date, office-local HH:MM, minutes with one decimal, None unknown."""
    ticket = one.ticket

    def clock(at: datetime | None) -> str | None:
        return None if at is None else f"{at.astimezone(place.zone):%H:%M}"

    finished = clock(ticket.finished_at)
    served = clock(ticket.served_end_at) or finished
    return (
        place.national_code, place.name, one.day.isoformat(), WEEKDAYS[one.day.weekday()], ticket.queue,
        one.queue_name, ticket.procedure, one.number, WAYS[ticket.source], yes(ticket.booked_for is not None),
        clock(ticket.booked_for), yes(ticket.prefilled), clock(ticket.arrived_at), clock(ticket.called_at),
        clock(ticket.started_at), served, finished, _minutes(wait_minutes(ticket)),
        _minutes(handling_minutes(ticket)), _minutes(slot_gap_minutes(ticket)), ticket.counter,
        STATES[ticket.outcome],
    )  # fmt: skip


def yes(holds: bool) -> str:
    """有 or 無."""
    return "有" if holds else "無"


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
