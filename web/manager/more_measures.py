"""窓口稼働率とほかの指標: counters by their main queue, and what whole stays say, as rows that people read."""

from __future__ import annotations

from models.queries import catalogue, facts, stays
from models.queries.facts import Utilisation
from models.queries.kept import look
from web.languages import gettext
from web.manager.choosing import Choice
from web.manager.tables_shown import signed
from web.presentation import number, percentage, plain_words

FULL, EMPTY = 0.85, 0.5
"""Utilisation over which lines grow fast, and under which people can be sent elsewhere (metrics, `utilisation`)."""


def utilisation_rows(choice: Choice) -> list[list[str]]:
    """Main queue, hours open, hours serving, share, and what to do; without a row where no day was noted."""
    found = facts.utilisation([choice.place], choice.first, choice.last, ("queue",), choice.queue)
    return [
        [
            _group(one), number(one.open_minutes / 60, 1), number(one.serving_minutes / 60, 1),
            percentage(one.share), _advice(one.share),
        ]
        for one in found
    ]  # fmt: skip


def stay_rows(choice: Choice) -> list[list[str]]:
    """Name, mean or share, median, 90th percentile of the measures that a visit as a whole has."""
    found = look(stays.STAYS, choice.place, choice.first, choice.last, choice.queue).answer
    none = number(None)
    return [
        [
            gettext("来庁から完了まで（分）"), number(found.stay_mean, 1), number(found.stay_p50, 1),
            number(found.stay_p90, 1),
        ],
        [
            gettext("手続時間、あとの処理も入れて（分）"), number(found.full_mean, 1), number(found.full_p50, 1),
            number(found.full_p90, 1),
        ],
        [gettext("予約時刻との差（分）"), none, signed(found.gap_p50, 1), signed(found.gap_p90, 1)],
        [gettext("QRコードを読んでから印刷まで（分）"), number(found.reading_mean, 1), none, none],
        [gettext("予約に遅れて来た人"), percentage(found.late, 1), none, none],
        [gettext("刷り直した用紙"), percentage(found.reprinted, 1), none, none],
    ]  # fmt: skip


def _group(one: Utilisation) -> str:
    code = str(one.keys["queue"] or "")
    queues = catalogue.current().queues
    return plain_words(queues[code].words) if code in queues else gettext("担当する業務のない窓口")


def _advice(share: float | None) -> str:
    if share is None:
        return ""
    if share > FULL:
        return gettext("列が急に伸びます。窓口を増やすか、予約を別の時間に。")
    return gettext("ほかの業務に人を回せます。") if share < EMPTY else ""
