"""The key figures of the report on paper, in Japanese; what fewer than five people made is left out."""

from __future__ import annotations

from collections.abc import Sequence

from models.papers.report import HIDDEN, Figure
from models.queries.facts import Utilisation
from models.queries.reports import Report
from models.rules.planning.wait_scores import Score
from models.rules.savings import Savings
from web.manager.changes import FEWEST
from web.presentation import NOTHING, number, percentage


def figures(found: Report, used: Sequence[Utilisation], told: Score | None) -> list[Figure]:
    """People, waits, handling, bookings, counters, estimates and hours saved."""
    return [*_people(found), _counters(used), _estimates(told), _saved(found.savings)]


def _people(found: Report) -> list[Figure]:
    total, days = found.total, sum(found.open_days.values())
    people, booked = total.visits, total.booked + total.no_shows
    gone = total.abandoned / people if people else None
    a_day = number(people / days) if days else NOTHING
    return [
        Figure("来庁", _few(people, number(people)), "人", _note(people, "1日あたり {}人", a_day)),
        Figure(
            "待ち時間（中央値）",
            _few(people, number(total.wait_p50, 1)),
            "分",
            _note(people, "9割の人は {}分以内", number(total.wait_p90)),
        ),
        Figure(
            "目標の時間内に呼べた人",
            _few(people, percentage(found.within_target)),
            "",
            "業務ごとの目標とくらべて",
        ),
        Figure(
            "手続時間（平均）",
            _few(people, number(total.handling_mean, 1)),
            "分",
            _note(people, "中央値 {}分", number(total.handling_p50, 1)),
        ),
        Figure(
            "予約して来た人",
            _few(people, percentage(total.booking_rate)),
            "",
            _note(people, "事前入力は {}", percentage(total.prefill_rate)),
        ),
        Figure(
            "来なかった予約",
            _few(booked, percentage(total.no_show_rate, 1)),
            "",
            _note(people, "途中で帰った人は {}", percentage(gone, 1)),
        ),
    ]


def _counters(used: Sequence[Utilisation]) -> Figure:
    opened = sum(one.open_minutes for one in used)
    busy = sum(one.serving_minutes for one in used) / opened if opened else None
    return Figure("窓口稼働率", _dash(percentage(busy)), "", "85%を超えると列が急に伸びます")


def _estimates(told: Score | None) -> Figure:
    if told is None or told.shown < FEWEST:
        return Figure("待ち時間の目安のずれ", HIDDEN, "", "この期間の目安の記録がありません")
    in_time = percentage(told.in_time)
    return Figure("待ち時間の目安のずれ", number(told.distance, 1), "分", f"目安までに呼べた人 {in_time}")


def _saved(saved: Savings) -> Figure:
    if saved.count < FEWEST:
        return Figure("減らせた時間", HIDDEN, "", "導入前の手続時間を固めると出ます")
    before, after = number(saved.before_minutes, 1), number(saved.after_minutes, 1)
    formula = f"({before}−{after})分×{number(saved.count)}件÷60"
    return Figure("減らせた時間", number(saved.hours), "時間", formula)


def _few(people: int, text: str) -> str:
    return _dash(text) if people >= FEWEST else HIDDEN


def _dash(text: str) -> str:
    return HIDDEN if text == NOTHING else text


def _note(people: int, words: str, value: str) -> str:
    """A sentence with a number; none where the number says nothing or too much."""
    return words.format(value) if people >= FEWEST and value != NOTHING else ""
