"""A baseline is frozen once and only let go with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.core.db import session
from models.core.errors import Conflict, Invalid
from models.operations.baselines import Typed, freeze, freeze_span, unfreeze
from models.queries import baselines, measures
from models.queries.offices import office
from models.tables import AuditEntry
from tests.conftest import BOTH, SQLITE
from tests.past_visits import MONDAY, past

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
FIRST, LAST = MONDAY - timedelta(14), MONDAY + timedelta(4)
WATCH = Typed("JUM-01", 34, 40, "ストップウォッチ")


def frozen() -> dict[str, tuple[float, int]]:
    return {row.baseline.procedure: (row.baseline.minutes, row.baseline.count) for row in baselines.frozen()}


def test_typed_minutes_are_frozen_and_stay() -> None:
    freeze(WATCH, "manager")
    with pytest.raises(Conflict):
        freeze(Typed("JUM-01", 50, 40, "もっと長く"), "manager")
    assert frozen() == {"JUM-01": (34, 40)}


def test_each_bad_number_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        freeze(Typed("XXX-99", 0, 0, " "), "manager")
    assert [one.field for one in refused.value.problems] == ["procedure", "minutes", "cases", "note"]
    for minutes in (float("nan"), float("inf"), 241):
        with pytest.raises(Invalid):
            freeze(Typed("JUM-01", minutes, 1, "測定"), "manager")
    assert frozen() == {}


@BOTH
def test_a_span_freezes_what_took_place_without_pre_filling() -> None:
    past(MONDAY, *["9:00 9:05 9:05 9:25"] * 10)
    past(MONDAY, *["9:00 9:05 9:05 9:08"] * 10, prefilled=True)
    past(MONDAY, *["9:00 9:05 9:05 9:25"] * 9, procedure="IDO-01", queue="B")
    assert freeze_span(office("honcho"), FIRST, LAST, "manager") == ("JUM-01",)
    assert frozen() == {"JUM-01": (20, 10)}
    with pytest.raises(Invalid):
        freeze_span(office("honcho"), FIRST, LAST, "manager")


def test_less_than_two_weeks_are_no_baseline() -> None:
    with pytest.raises(Invalid):
        freeze_span(office("honcho"), MONDAY, MONDAY + timedelta(12), "manager")


def test_letting_go_needs_a_reason_and_is_noted() -> None:
    freeze(WATCH, "manager")
    with pytest.raises(Invalid):
        unfreeze("JUM-01", "  ", "manager")
    unfreeze("JUM-01", "測り間違い", "manager")
    assert frozen() == {}
    with pytest.raises(Conflict):
        unfreeze("JUM-01", "もう一度", "manager")
    noted = session().execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id.desc()))
    assert noted.first() == ("baseline.unfreeze", "測り間違い")


def test_savings_follow_the_frozen_minutes() -> None:
    freeze(WATCH, "manager")
    past(MONDAY, *["9:00 9:05 9:05 9:20"] * 6)
    assert measures.savings(office("honcho"), FIRST, LAST).hours == pytest.approx(1.9)
