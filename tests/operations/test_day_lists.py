"""A day's bookings cross to the inside: once or twice, in any order, and never by a file that was touched."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import Conflict, DomainError, Invalid
from models.core.space import current_space
from models.core.tokens import derived
from models.operations import (
    arrivals,
    carried_documents,
    day_list_intake,
    day_lists,
    envelopes,
    pairing,
    reissuing,
    scanning,
)
from models.operations.booking import QR, Made, book, cancel, move
from models.operations.day_list_intake import Report
from models.papers import carried
from models.queries import applications, bookings, slip_words
from models.queries import envelopes as kept
from models.queries.offices import office
from models.tables import AuditEntry, Booking, CarriedFile, Envelope
from tests.conftest import inside
from tests.operations.test_booking import asked, free, honcho
from tests.operations.test_envelopes import filled
from tests.sides import ACTOR, Sides, counted, sides

DAY = date(2026, 11, 25)


@pytest.fixture(params=["sqlite"])
def two(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory) -> Iterator[Sides]:
    with sides(request, tmp_path, request.param) as found:
        found.pair()
        yield found


def times_of(day: date = DAY) -> list[datetime]:
    return free(on=day)


def booked(number: int = 0, day: date = DAY) -> Made:
    """A booking outside, with a form that was sealed at home."""
    made = book(asked(times_of(day)[number]))
    booking = bookings.by_token(made.token)
    envelopes.keep(made.token, envelopes.for_booking(booking, {"F01": filled()}))
    return made


def exported(two: Sides, day: date = DAY, place: str = "honcho") -> bytes:
    with inside(two.outside):
        return day_lists.export(office(place), day, ACTOR)


def taken(two: Sides, file: bytes) -> Report:
    with inside(two.inside):
        return day_list_intake.take(file, ACTOR)


def refused(two: Sides, file: bytes) -> str:
    """Why a file is not taken; nothing of it is."""
    with inside(two.inside):
        before = everything()
        with pytest.raises(DomainError) as problem:
            day_list_intake.take(file, ACTOR)
        assert everything() == before
    found = problem.value
    return str(found.problems[0].message if isinstance(found, Invalid) else found.message)


def everything() -> tuple[int | None, ...]:
    tables = (Booking, CarriedFile, AuditEntry, Envelope)
    return tuple(session().scalar(select(func.count()).select_from(table)) for table in tables)


class TestCrossing:
    @pytest.mark.parametrize("two", ["sqlite", "postgresql"], indirect=True)
    def test_a_booking_crosses_with_its_sealed_form_and_is_checked_in_by_its_qr_code(
        self, two: Sides, clock: FrozenDateTimeFactory
    ) -> None:
        with inside(two.outside):
            made = booked()
            at = bookings.by_token(made.token).starts_at
        file = exported(two)
        assert counted(taken(two, file)) == {"new": 1}
        assert counted(taken(two, file)) == {"unchanged": 1}
        clock.move_to(at - timedelta(minutes=5))
        with inside(two.inside):
            booking = bookings.by_qr(derived(made.token, QR))
            assert (booking.reference, booking.starts_at, booking.procedures) == (
                made.reference,
                at,
                ("JUM-01",),
            )
            assert bookings.contact_of(booking).name == ""
            with pytest.raises(DomainError):
                bookings.by_token(made.token)
            issued = arrivals.check_in(honcho(), booking, ACTOR)
            assert issued.number.startswith("R")
            slip = slip_words.of_ticket(issued.token, "https://city.example.jp", now())
            assert (slip.qr, ["QR" in note.ja for note in slip.notes]) == ("", [False, False])
            found = kept.of_booking(booking.id)
            assert found is not None
            seen = scanning.scan(honcho(), found.codes[0], "1", ACTOR)
            (form,) = seen.applications
            assert applications.fields_of(form.application)["r_name"] == filled()["r_name"]

    def test_whoever_forgot_the_picture_says_the_eight_characters(
        self, two: Sides, clock: FrozenDateTimeFactory
    ) -> None:
        with inside(two.outside):
            made = booked()
        taken(two, exported(two))
        with inside(two.inside):
            with pytest.raises(Conflict, match="作り直せません"):
                reissuing.reissue(bookings.by_reference(made.reference), ACTOR)
            seen = scanning.scan(honcho(), made.reference, "1", ACTOR)
            assert [one.application.form for one in seen.applications] == ["F01"]
            again = scanning.scan(honcho(), made.reference, "1", ACTOR)
            assert len(again.applications) == 1

    def test_the_newest_list_wins_whatever_the_order(self, two: Sides, clock: FrozenDateTimeFactory) -> None:
        with inside(two.outside):
            stays, goes, moves = (booked(number) for number in range(3))
            other_day = times_of(DAY + timedelta(days=1))[0]
        first = exported(two)
        clock.tick(timedelta(minutes=1))
        with inside(two.outside):
            cancel(goes.token)
            move(moves.token, times_of()[5])
            booked(6)
        second = exported(two)
        clock.tick(timedelta(minutes=1))
        with inside(two.outside):
            move(moves.token, other_day)
        third = exported(two, DAY + timedelta(days=1))
        assert counted(taken(two, first)) == {"new": 3}
        assert counted(taken(two, second)) == {"new": 1, "changed": 1, "cancelled": 1, "unchanged": 1}
        assert "古い" in refused(two, first)
        assert counted(taken(two, third)) == {"changed": 1}
        assert counted(taken(two, second)) == {"unchanged": 2, "refused": 1}
        with inside(two.inside):
            states = {one.reference: (one.state, one.day) for one in session().scalars(select(Booking))}
            assert states[stays.reference] == ("booked", DAY)
            assert states[goes.reference] == ("cancelled", DAY)
            assert states[moves.reference] == ("booked", DAY + timedelta(days=1))
            assert kept.of_booking(bookings.by_reference(goes.reference).id) is None

    def test_a_list_that_is_only_looked_at_changes_nothing(self, two: Sides) -> None:
        with inside(two.outside):
            booked()
        file = exported(two)
        with inside(two.inside):
            before = everything()
            assert counted(day_list_intake.look(file, ACTOR)) == {"new": 1}
            assert everything() == before

    def test_whoever_is_here_stays_as_they_are(self, two: Sides, clock: FrozenDateTimeFactory) -> None:
        with inside(two.outside):
            here, there = booked(), booked(1)
        taken(two, exported(two))
        clock.move_to(now() + timedelta(days=1))
        with inside(two.inside):
            for made in (here, there):
                arrivals.check_in(honcho(), bookings.by_reference(made.reference), ACTOR)
        with inside(two.outside):
            cancel(here.token)
            move(there.token, times_of()[-1])
        report = taken(two, exported(two))
        assert counted(report) == {"refused": 1}
        assert "受付が済んで" in str(report.refused[0][1])
        with inside(two.inside):
            assert {one.state for one in session().scalars(select(Booking))} == {"arrived"}

    def test_a_line_that_does_not_fit_is_refused_alone(self, two: Sides) -> None:
        with inside(two.outside):
            made = booked()
            booked(1)
        taken(two, exported(two))
        with inside(two.inside):
            found = bookings.by_reference(made.reference)
        with inside(two.inside), ground().engine(current_space()).begin() as connection:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            connection.exec_driver_sql("DELETE FROM carried_booking WHERE booking_id = ?", (found.id,))
        report = taken(two, exported(two))
        assert counted(report) == {"unchanged": 1, "refused": 1}
        assert "こちらで取られて" in str(report.refused[0][1])


class TestRefused:
    def test_every_part_of_the_file_is_under_the_signature(self, two: Sides) -> None:
        with inside(two.outside):
            booked()
        file = exported(two)
        told = json.loads(file)
        body = carried.bytes_of(told["body"])
        flipped = body[:60] + bytes([body[60] ^ 1]) + body[61:]
        changes = {
            "office": "higashi", "day": "2026-11-26", "made_at": "2026-11-24T00:00:01+00:00",
            "body": base64.b64encode(flipped).decode(), "signature": told["signature"][::-1],
        }  # fmt: skip
        for name, value in changes.items():
            assert refused(two, json.dumps(told | {name: value}).encode()) in (
                "署名が合いません。途中で書き換えられたおそれがあるため、取り込みません。",
                "ファイルを読めません。途中で変わったか、別のファイルです。もう一方の側で、もう一度書き出してください。",
            ), name
        for broken in (
            b"",
            b"{}",
            file[:-40],
            b"\xff",
            b"[" * 100_000,
            json.dumps({**told, "x": 1}).encode(),
        ):
            assert "ファイルを読めません" in refused(two, broken)
        assert "別の自治体" in refused(two, json.dumps(told | {"municipality": "other"}).encode())
        assert "別の種類" in refused(two, json.dumps(told | {"format": carried.FORMATS["status"]}).encode())
        assert counted(taken(two, file)) == {"new": 1}

    def test_nothing_of_it_can_be_read_on_the_way(self, two: Sides) -> None:
        with inside(two.outside):
            made = booked()
        file = exported(two)
        body = carried.bytes_of(json.loads(file)["body"])
        assert made.reference.encode() not in file + body
        with pytest.raises(ValueError, match="packed"):
            carried.unpacked(body[52:])

    def test_a_day_that_is_over_and_a_clock_that_is_ahead(
        self, two: Sides, clock: FrozenDateTimeFactory
    ) -> None:
        file = exported(two)
        clock.move_to(now() + timedelta(days=2))
        assert "もう終わって" in refused(two, file)
        late = exported(two, DAY + timedelta(days=1))
        clock.move_to(now() - timedelta(hours=1))
        assert "両側の時計" in refused(two, late)

    def test_only_for_the_side_that_it_is_for(self, two: Sides) -> None:
        file = exported(two)
        with inside(two.inside), pytest.raises(Conflict):
            day_lists.export(honcho(), DAY, ACTOR)
        with inside(two.outside), pytest.raises(Conflict):
            day_list_intake.take(file, ACTOR)


class TestKeys:
    def test_the_first_time_somebody_compares_the_print(
        self, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        with sides(request, tmp_path) as two:
            file = two.keys_from(two.outside)
            with inside(two.inside):
                for trusted in ("", "0000-0000-0000-0000-0000"):
                    with pytest.raises(Conflict, match="まだ知らない鍵"):
                        pairing.take_over(file, ACTOR, trusted)
                with pytest.raises(Conflict, match="まだ取り込んで"):
                    pairing.known()
                with pytest.raises(Invalid):
                    pairing.take_over(two_keys_own(), ACTOR)
            with inside(two.outside), pytest.raises(Conflict):
                day_lists.export(honcho(), DAY, ACTOR)

    def test_a_key_vouches_for_the_one_after_it(self, two: Sides, clock: FrozenDateTimeFactory) -> None:
        old = exported(two)
        first_keys = two.keys_from(two.inside)
        clock.move_to(now() + timedelta(hours=20))
        for side, other in ((two.outside, two.inside), (two.inside, two.outside)):
            with inside(side):
                pairing.renew(honcho().day_of(now()), ACTOR)
                with pytest.raises(Conflict):
                    pairing.renew(honcho().day_of(now()), ACTOR)
            fresh = two.keys_from(side)
            with inside(other):
                pairing.take_over(fresh, ACTOR)
        assert "署名した鍵" in refused(two, old)
        assert counted(taken(two, exported(two))) == {}
        with inside(two.outside), pytest.raises(Conflict, match="古い"):
            pairing.take_over(first_keys, ACTOR)

    def test_what_was_under_way_when_the_inside_renewed_is_still_opened(
        self, two: Sides, clock: FrozenDateTimeFactory
    ) -> None:
        file = exported(two)
        clock.move_to(now() + timedelta(hours=20))
        with inside(two.inside):
            pairing.renew(honcho().day_of(now()), ACTOR)
        assert counted(taken(two, file)) == {}

    def test_a_strange_key_is_never_taken_for_the_known_one(
        self, two: Sides, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        with sides(request, tmp_path / "strange") as strange:
            strange.pair()
            theirs, keys = exported(strange), strange.keys_from(strange.outside)
            seals = strange.keys_from(strange.inside)
        assert "署名した鍵を、ここでは知りません" in refused(two, theirs)
        with inside(two.inside), pytest.raises(Conflict, match="署名がありません"):
            pairing.take_over(keys, ACTOR)
        with inside(two.outside), pytest.raises(Conflict, match="署名がありません"):
            pairing.take_over(seals, ACTOR)
        told = json.loads(two.keys_from(two.inside))
        told["keys"][0]["key"] = json.loads(seals)["keys"][0]["key"]
        with inside(two.outside), pytest.raises(Invalid):
            pairing.take_over(json.dumps(told).encode(), ACTOR)


class TestDocuments:
    def test_what_is_read_as_it_is_is_signed_all_the_same(self, two: Sides) -> None:
        with inside(two.inside):
            told = carried_documents.signed({"format": "maeniwa forms 1", "forms": ["様式"]})
        wrong = (
            told | {"forms": []},
            told | {"signature": {"key": told["signature"]["key"], "text": "AAAA"}},
            told | {"signature": 1},
        )
        with inside(two.outside):
            assert carried_documents.proven(told) == {"format": "maeniwa forms 1", "forms": ["様式"]}
            for one in wrong:
                with pytest.raises(Invalid):
                    carried_documents.proven(one)
            mine = carried_documents.signed({"forms": []})
            with pytest.raises(Conflict, match="署名した鍵"):
                carried_documents.proven(mine)


def two_keys_own() -> bytes:
    return pairing.exported(honcho().day_of(now()), ACTOR)
