"""Measures as cells that people read: names of the cuts, minutes, shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.catalogue.definitions import Catalogue
from models.core.messages import _n
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.statistics import Key, Measures
from web.languages import gettext
from web.presentation import NOTHING, number, percentage, plain_words

CUT_NAMES = {
    "weekday": _n("曜日"),
    "hour": _n("時刻"),
    "procedure": _n("手続き"),
    "queue": _n("業務"),
    "counter": _n("窓口"),
    "source": _n("来かた"),
    "prefilled": _n("事前入力"),
}
SOURCES = {"booked": _n("予約して来た"), "walk_in": _n("予約なしで来た"), "imported": _n("取り込んだ記録")}
PREFILLED = {True: _n("事前入力あり"), False: _n("事前入力なし")}
UNKNOWN = _n("（記録なし）")


@dataclass(frozen=True)
class Line:
    """One line of the manager's table: its name, its key in addresses, and for its bar its part of all visits."""

    name: str
    key: str
    share: float
    visits: str
    cells: tuple[str, ...]


def key_name(cut: str, key: Key, known: Catalogue) -> str:
    """What a line of a cut is called: 月曜日, 9時台, 住民票の写し, 3番窓口."""
    if cut == "weekday":
        return gettext(WEEKDAYS[int(key or 0)].template)
    if cut == "hour":
        return gettext("{hour}時台", hour=key)
    if key in (None, ""):
        return gettext(UNKNOWN)
    if cut == "procedure":
        return plain_words(known.procedures[str(key)].words) if key in known.procedures else str(key)
    if cut == "queue":
        return plain_words(known.queues[str(key)].words) if key in known.queues else str(key)
    if cut == "source":
        return gettext(SOURCES.get(str(key), str(key)))
    if cut == "prefilled":
        return gettext(PREFILLED[bool(key)])
    return gettext("{number}番窓口", number=key)


def key_text(key: Key) -> str:
    """A part of a cut as it stands in an address."""
    return "" if key is None else str(key).lower() if isinstance(key, bool) else str(key)


def shown(lines: Iterable[Measures], cut: str, known: Catalogue) -> list[Line]:
    """The lines of a table; cuts without an order of their own come with the most visits first."""
    found = list(lines)
    most = max((line.visits for line in found), default=0)
    if cut in ("procedure", "queue"):
        found.sort(key=lambda line: -line.visits)
    return [
        Line(
            key_name(cut, line.keys[cut], known),
            key_text(line.keys[cut]),
            line.visits / (most or 1),
            number(line.visits),
            cells(line),
        )
        for line in found
    ]


def cells(line: Measures) -> tuple[str, ...]:
    """Booked, pre-filled; wait mean, median, 90th; handling mean, median, 90th; slot gap; no-shows."""
    minutes = (
        line.wait_mean, line.wait_p50, line.wait_p90, line.handling_mean, line.handling_p50, line.handling_p90,
    )  # fmt: skip
    return (
        percentage(line.booked / line.visits if line.visits else None),
        percentage(line.prefill_rate),
        *(number(value, 1) for value in minutes),
        signed(line.called_minus_booked_mean, 1),
        percentage(line.no_show_rate, 1),
    )


NUMBER_NAMES = (
    "来庁", "対応", "途中離脱", "予約", "事前入力", "無断キャンセル", "待ち時間平均（分）", "待ち時間中央値（分）",
    "待ち時間90パーセンタイル（分）", "待ち時間最大（分）", "手続時間平均（分）", "手続時間中央値（分）",
    "手続時間90パーセンタイル（分）", "予約時刻との差平均（分）", "予約率（％）", "事前入力率（％）",
    "無断キャンセル率（％）", "途中離脱率（％）",
)  # fmt: skip
"""What the columns of `numbers` are called in a CSV file."""


def numbers(line: Measures) -> tuple[int | float | None, ...]:
    """Every number of a line, for a CSV file: minutes, shares in per cent."""
    shares = (
        line.booking_rate, line.prefill_rate, line.no_show_rate,
        line.abandoned / line.visits if line.visits else None,
    )  # fmt: skip
    return (
        line.visits, line.served, line.abandoned, line.booked, line.prefilled, line.no_shows, line.wait_mean,
        line.wait_p50, line.wait_p90, line.wait_max, line.handling_mean, line.handling_p50, line.handling_p90,
        line.called_minus_booked_mean, *(None if share is None else share * 100 for share in shares),
    )  # fmt: skip


def signed(value: float | None, decimals: int = 0) -> str:
    """A difference with its sign: +3.1, −2.0; ±0 without one."""
    if value is None:
        return NOTHING
    rounded = round(value, decimals)
    if rounded == 0:
        return "±0"
    return f"{'+' if rounded > 0 else '−'}{abs(rounded):,.{decimals}f}"
