"""A visit for a phone's calendar, as RFC 5545 wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.papers.calendar_file import CalendarVisit, calendar_file

NINE = datetime(2026, 12, 3, 0, 30, tzinfo=UTC)
VISIT = CalendarVisit(
    uid="K7FX29MB@maeniwa",
    starts_at=NINE,
    ends_at=NINE + timedelta(minutes=30),
    title="来庁の予約（本庁舎）",
    place="本庁舎 前庭市本町一丁目1番1号",
    notes="住民票の写し; 持ち物\n・本人確認書類, 手数料\\" + "長い" * 60,
    address="https://yoyaku.city.example.jp/bookings/T",
    changed_at=NINE - timedelta(days=1),
)


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")


def test_every_line_ends_with_crlf_and_holds_at_most_75_octets_without_cutting_a_letter() -> None:
    lines = calendar_file(VISIT).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 for line in lines)
    assert [line.decode() for line in lines]


def test_times_are_utc_and_text_is_escaped() -> None:
    lines = unfolded(calendar_file(VISIT))
    assert "DTSTART:20261203T003000Z" in lines
    assert "DTEND:20261203T010000Z" in lines
    assert "DESCRIPTION:住民票の写し\\; 持ち物\\n・本人確認書類\\, 手数料\\\\" + "長い" * 60 in lines
    assert "STATUS:CONFIRMED" in lines


def test_a_cancelled_visit_says_so_under_the_same_uid() -> None:
    lines = unfolded(calendar_file(replace(VISIT, cancelled=True)))
    assert "STATUS:CANCELLED" in lines
    assert "UID:K7FX29MB@maeniwa" in lines
