"""F8, B5, I8, D8: mail through a real server that is down, refuses, hangs or drops: nothing lost, nothing told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.directory import Municipality
from models.core.errors import Conflict
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import diagnosis, sending
from models.operations.booking import Made, Request, book, cancel, move
from models.operations.dead_letters import send_again
from models.operations.messages import Notice, Recipient, tell
from models.queries import undelivered
from models.queries.bookings import Contact
from models.queries.messages import counts, dead_letters
from models.queries.offices import office
from models.tables import Message
from scheduler.mailer import Mailer
from scheduler.senders import mail as mail_module
from tests.conftest import CITY, START, inside
from tests.operations.test_booking import free
from tests.scheduler.mailbox import Mailbox, mailbox

SENDER = "yoyaku@city.example.jp"
AIKO = Contact(name="マエニワ　アイコ", email="aiko@example.jp")
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MUNICIPALITY = Municipality(CITY, "前庭市", "", ())


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """The city's mail server."""
    with mailbox() as found:
        yield found


@pytest.fixture
def posted(settings: Settings, clock: FrozenDateTimeFactory, box: Mailbox) -> Settings:
    """An installation with a mail server and a public address."""
    return replace(settings, smtp_url=box.url, mail_from=SENDER, public_url="https://yoyaku.city.example.jp")


def send(settings: Settings) -> int:
    return Mailer(settings, "test").work_at(MUNICIPALITY, "email")


def booked(settings: Settings, contact: Contact = AIKO, at: int = 0) -> Made:
    with inside(settings):
        return book(Request(office("honcho"), ("JUM-01",), free()[at], contact))


def standing_at(settings: Settings) -> dict[str, int]:
    with inside(settings):
        return {state: count for state, count in counts().items() if count}


def test_what_waits_for_a_server_that_was_taken_away_is_given_up_after_a_day_and_never_lost(
    posted: Settings, box: Mailbox, clock: FrozenDateTimeFactory
) -> None:
    booked(posted)
    without = replace(posted, smtp_url="", mail_from="")

    def looked() -> dict[str, int]:
        mailer = Mailer(without, "test")
        mailer.look()
        mailer.finish()
        return standing_at(without)

    with inside(without):
        assert undelivered.stranded() == {"email": 1}
        told = [one for one in diagnosis.diagnose() if one.kind == "stranded_mail"]
        assert [("smtp_url" in one.mend) for one in told] == [True]
    clock.tick(timedelta(hours=23, minutes=59))
    assert looked() == {"due": 1}
    clock.tick(timedelta(minutes=1))
    assert looked() == {"dead": 1}
    with inside(without):
        (lost,) = undelivered.undelivered()
        assert (lost.fate, lost.again, undelivered.stranded()) == ("closed", True, {})
        with pytest.raises(Conflict):
            send_again(lost.id, "aya")
    with inside(posted):
        send_again(lost.id, "aya")
    assert send(posted) == 1
    assert len(box.mails) == 1


def test_a_server_that_is_back_within_the_day_gets_what_waited(
    posted: Settings, box: Mailbox, clock: FrozenDateTimeFactory
) -> None:
    booked(posted)
    clock.tick(timedelta(hours=25))
    with inside(posted):
        assert (undelivered.lost_ways(), sending.give_up("email")) == ((), 0)
    assert send(posted) == 1


@act
def fill(session, count, to="r{}@example.jp"):
    """So many messages, each to somebody."""
    place = office("honcho")
    values = {"at": START.isoformat(), "ends": START.isoformat(), "number": "ABCD2345"}
    for number in range(count):
        tell(
            session,
            Notice("reminder", f"test/{number}", place, "ja", values),
            Recipient(email=to.format(number)),
        )


def test_a_booking_is_confirmed_in_japanese_with_calendar_and_link(posted: Settings, box: Mailbox) -> None:
    made = booked(posted)
    assert send(posted) == 1
    (mail,) = box.mails
    assert box.to == [[AIKO.email]]
    assert mail["Subject"].startswith("来庁のご予約を受け付けました（11月")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == START
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert f"https://yoyaku.city.example.jp/bookings/{made.token}" in plain.get_content()
    assert f'href="https://yoyaku.city.example.jp/bookings/{made.token}"' in page.get_content()
    (calendar,) = mail.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert f"UID:{made.reference}@maeniwa" in calendar.get_content()


@SQLITE
def test_d8_no_message_tells_who_somebody_is_or_why_they_come(posted: Settings, box: Mailbox) -> None:
    made = booked(posted)
    with inside(posted):
        move(made.token, free()[5])
        cancel(made.token)
        fill(1)
    send(posted)
    assert [mail["Subject"].split("（")[0] for mail in box.mails] == [
        "来庁のご予約を取り消しました", "ご来庁の予定のお知らせ",
    ]  # fmt: skip
    for mail, raw in zip(box.mails, box.raw, strict=True):
        said = raw.decode() + "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
        for marker in ("アイコ", "マエニワ", "住民票", "JUM-01", "転入"):
            assert marker not in said
    with inside(posted):
        assert set(session().scalars(select(Message.address))) == {None}


def test_f8_a_server_that_is_down_for_three_hours_loses_nothing(
    posted: Settings, box: Mailbox, clock: FrozenDateTimeFactory
) -> None:
    with inside(posted):
        fill(5)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = replace(posted, smtp_url=f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        for _ in range(36):
            assert send(away) == 0
            clock.tick(timedelta(minutes=5))
    assert standing_at(posted) == {"due": 5}
    clock.tick(timedelta(hours=4))
    assert send(posted) == 5
    assert set(box.ids().values()) == {1}
    assert standing_at(posted) == {"sent": 5}


@SQLITE
def test_f8_what_is_refused_for_a_while_is_tried_ever_later_for_24_hours(
    posted: Settings, box: Mailbox, clock: FrozenDateTimeFactory
) -> None:
    tried = []
    box.answer = lambda _: tried.append(now()) or "451 4.3.0 later"
    with inside(posted):
        fill(1)
    send(posted)
    for nth, minutes in enumerate((1, 5, 15, 60, 240, 240, 240, 240, 240, 159), start=1):
        for early in (minutes / 2, minutes / 2 - 0.05):
            clock.tick(timedelta(minutes=early))
            send(posted)
        assert len(tried) == nth, "too early"
        assert standing_at(posted) == {"due": 1}
        clock.tick(timedelta(minutes=0.05))
        send(posted)
        assert len(tried) == nth + 1
    assert standing_at(posted) == {"dead": 1}
    assert tried[-1] - tried[0] == timedelta(hours=24)
    with inside(posted):
        (dead,) = dead_letters()
        assert (dead.problem, dead.tries) == ("451 4.3.0", 11)
    assert box.mails == []


@SQLITE
def test_f8_a_wrong_address_is_dead_at_once_and_the_others_go_out(posted: Settings, box: Mailbox) -> None:
    box.answer = lambda to: "550 5.1.1 no such r1@example.jp" if to.startswith("r1@") else "250 OK"
    with inside(posted):
        fill(3)
    assert send(posted) == 2
    with inside(posted):
        (dead,) = dead_letters()
        assert dead.problem == "550 5.1.1"
        assert "r1" not in repr(dead)


@SQLITE
def test_f8_a_server_that_hangs_is_left_after_one_try(
    posted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_module, "SECONDS", 0.2)
    with inside(posted):
        fill(5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(20)
        hanging = replace(posted, smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        assert send(hanging) == 0
        silent.setblocking(False)
        met = 0
        while True:
            try:
                silent.accept()[0].close()
                met += 1
            except BlockingIOError:
                break
    assert met == 1
    assert standing_at(posted) == {"due": 5}


@SQLITE
@pytest.mark.parametrize(("answer", "copies"), [("drop", 1), ("keep and drop", 2)])
def test_f8_accepted_and_dropped_is_sent_again_as_the_same_message(
    posted: Settings, box: Mailbox, clock: FrozenDateTimeFactory, answer: str, copies: int
) -> None:
    box.answer = lambda _: answer
    with inside(posted):
        fill(1)
    assert send(posted) == 0
    box.answer = lambda _: "250 OK"
    clock.tick(timedelta(minutes=1))
    assert send(posted) == 1
    assert list(box.ids().values()) == [copies]


def test_b5_a_fourth_mail_to_an_address_within_an_hour_waits(
    posted: Settings, box: Mailbox, clock: FrozenDateTimeFactory
) -> None:
    for number in range(5):
        booked(
            posted, replace(AIKO, email="Victim@example.jp" if number % 2 else "victim@EXAMPLE.jp"), number
        )
    send(posted)
    assert len(box.mails) == 3
    clock.tick(timedelta(minutes=59))
    send(posted)
    assert len(box.mails) == 3
    clock.tick(timedelta(minutes=2))
    send(posted)
    assert len(box.mails) == 5


@SQLITE
@pytest.mark.parametrize(
    "to",
    [
        "a@example.jp\r\nBcc: b@example.jp", "a@example.jp, b@example.jp", "a@example.jp>\r\nRCPT TO:<b@example.jp",
        "<a@example.jp> b@example.jp", "a@example.jp\x00", "a b@example.jp", '"a@b"@example.jp',
    ],
)  # fmt: skip
def test_i8_nothing_in_an_address_reaches_a_second_recipient(posted: Settings, box: Mailbox, to: str) -> None:
    with inside(posted):
        fill(1, to.replace("{", "").replace("}", ""))
    assert send(posted) == 0
    assert box.mails == []
    assert standing_at(posted) == {"dead": 1}


@SQLITE
def test_i8_line_breaks_in_a_value_stay_words(posted: Settings, box: Mailbox) -> None:
    @act
    def told(session):
        values = {
            "at": START.isoformat(),
            "number": "A\r\nBcc: b@example.jp\r\n\r\n" + "あ" * 300,
            "counter": "3",
        }
        notice = Notice("come", "test/i8", office("honcho"), "ja", values)
        return tell(session, notice, Recipient(email="a@example.jp"))

    with inside(posted):
        assert told() == 1
    assert send(posted) == 1
    (mail,) = box.mails
    assert box.to == [["a@example.jp"]]
    assert mail["Bcc"] is None
    assert len(mail.get_all("To", [])) == len(mail.get_all("Subject", [])) == 1


@SQLITE
def test_what_is_too_late_is_dropped_with_a_record(posted: Settings, box: Mailbox) -> None:
    @act
    def told(session):
        notice = Notice(
            "come", "x", office("honcho"), "ja", {"number": "A1", "counter": "1"}, too_late_at=now()
        )
        return tell(session, notice, Recipient(email="a@example.jp"))

    with inside(posted):
        told()
    assert send(posted) == 0
    assert standing_at(posted) == {"dropped": 1}


@SQLITE
def test_without_a_mail_server_nothing_is_written(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    booked(settings)
    assert standing_at(settings) == {}


@SQLITE
def test_a_city_whose_server_hangs_holds_up_no_other(
    posted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, begun = threading.Event(), []

    def sending(self, one, way):
        begun.append(one.code)
        let_go.wait(10)

    monkeypatch.setattr(Mailer, "work_at", sending)
    monkeypatch.setattr("scheduler.mailer.letters.due_ways", lambda: ("email",))
    monkeypatch.setattr("scheduler.mailer.undelivered.lost_ways", lambda: ())
    one = MUNICIPALITY
    cities = [one]
    monkeypatch.setattr("scheduler.rounds.directory.municipalities", lambda: tuple(cities))
    mailer = Mailer(posted, "test")
    assert mailer.look() == 1
    assert mailer.look() == 0
    cities.append(Municipality("other", "", "", ()))
    assert mailer.look() == 1
    let_go.set()
    mailer.finish()
    assert begun == [CITY, "other"]
