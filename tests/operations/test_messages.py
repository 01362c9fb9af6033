"""Messages: written with the act that causes them, once; reminders by state; subscriptions and who is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Invalid, NotFound
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import arrivals, calling, channels, reminding, subscriptions, texts
from models.operations.booking import Made, SlotTaken, book, cancel, move
from models.operations.messages import Notice, Recipient, tell
from models.operations.reissuing import reissue
from models.queries import bookings
from models.queries.channels import is_open
from models.queries.letters import letter_of
from models.queries.messages import preview, shipped_parts, text_of
from models.rules.notices import KINDS
from models.tables import Channel, Message, Subscription
from tests.conftest import START, inside
from tests.operations.test_booking import AIKO, asked, fill, free, honcho

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PUSH = '{"endpoint": "https://push.example.jp/%s", "keys": {"p256dh": "BA", "auth": "AA"}}'


@pytest.fixture
def city(settings: Settings, clock: FrozenDateTimeFactory) -> Iterator[None]:
    """The demo city with a mail server and a public address."""
    given: dict[str, Any] = {
        "smtp_url": "smtp://127.0.0.1:1",
        "mail_from": "a@city.example.jp",
        "public_url": "https://a.example.jp",
    }
    with inside(replace(settings, **given)):
        yield


def written(*states: str) -> list[tuple[str, str]]:
    chosen = select(Message.kind, Message.state).order_by(Message.id)
    return [(row[0], row[1]) for row in session().execute(chosen) if not states or row[1] in states]


def tomorrow(turn: int = 0) -> Made:
    """A booking for 25 November, some time of it."""
    return book(asked(free(on=honcho().day_of(START + timedelta(days=1)))[turn]))


@pytest.mark.usefixtures("city")
class TestBookings:
    def test_each_change_is_told_once_and_what_is_not_true_any_more_is_not(self) -> None:
        made = tomorrow()
        assert written() == [("booked", "due")]
        move(made.token, bookings.by_token(made.token).starts_at)
        assert written() == [("booked", "due")]
        move(made.token, free()[-1])
        assert written() == [("booked", "dropped"), ("moved", "due")]
        cancel(made.token)
        cancel(made.token)
        assert written("due") == [("cancelled", "due")]
        assert session().scalars(select(Subscription.address)).all() == [None]

    @SQLITE
    def test_a_booking_that_was_refused_tells_nothing(self) -> None:
        starts_at = free()[0]
        count = len(fill(starts_at))
        with pytest.raises(SlotTaken):
            book(asked(starts_at))
        assert len(written()) == count

    @SQLITE
    def test_who_leaves_no_address_is_told_nothing(self) -> None:
        book(replace(asked(free()[0]), contact=replace(AIKO, email="")))
        assert written() == []

    @SQLITE
    def test_a_new_link_is_the_one_that_is_told_from_then_on(self, clock: FrozenDateTimeFactory) -> None:
        made = tomorrow()
        fresh = reissue(bookings.by_token(made.token), "staff")
        clock.move_to(START + timedelta(hours=9))
        assert reminding.remind() == 1
        number = session().scalar(select(Message.id).where(Message.kind == "reminder"))
        assert fresh.token in letter_of(number or 0).url


@pytest.mark.usefixtures("city")
class TestReminders:
    def test_the_day_before_and_on_the_day_once_each(self, clock: FrozenDateTimeFactory) -> None:
        tomorrow(-1)
        clock.move_to(START + timedelta(hours=8, minutes=59))
        assert reminding.remind() == 0
        clock.tick(timedelta(minutes=1))
        assert [reminding.remind(), reminding.remind()] == [1, 0]
        clock.move_to(START + timedelta(hours=22, minutes=30))
        assert [reminding.remind(), reminding.remind()] == [1, 0]

    @SQLITE
    def test_made_after_the_time_gets_none_for_that_time(self, clock: FrozenDateTimeFactory) -> None:
        clock.move_to(START + timedelta(hours=10))
        tomorrow(-1)
        assert reminding.remind() == 0
        clock.move_to(START + timedelta(hours=23))
        assert reminding.remind() == 1

    @SQLITE
    def test_a_moved_booking_is_reminded_of_the_new_time_only(self, clock: FrozenDateTimeFactory) -> None:
        made = tomorrow()
        clock.move_to(START + timedelta(hours=9))
        reminding.remind()
        later = free()[-1]
        move(made.token, later)
        assert written("due") == [("moved", "due")]
        assert reminding.remind() == 0
        clock.move_to(later - timedelta(hours=14))
        assert reminding.remind() == 1

    @SQLITE
    def test_a_cancelled_booking_is_reminded_of_nothing(self, clock: FrozenDateTimeFactory) -> None:
        cancel(tomorrow().token)
        clock.move_to(START + timedelta(hours=9))
        assert reminding.remind() == 0

    @SQLITE
    def test_after_six_hours_down_it_is_sent_while_the_visit_is_an_hour_away(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        made = tomorrow(0)
        starts_at = bookings.by_token(made.token).starts_at
        clock.move_to(starts_at - timedelta(minutes=30))
        reminding.remind()
        late = session().scalars(select(Message.too_late_at).where(Message.kind == "reminder")).all()
        assert late
        assert all(one <= now() for one in late if one is not None)

    @SQLITE
    def test_an_office_sets_its_own_times(self, clock: FrozenDateTimeFactory) -> None:
        tomorrow()
        with pytest.raises(Invalid):
            reminding.set_policy(honcho(), {"morning_at": "25:00"}, "staff")
        reminding.set_policy(honcho(), {"day_before_at": "", "morning_at": "08:00"}, "staff")
        clock.move_to(START + timedelta(hours=22, minutes=30))
        assert reminding.remind() == 0
        clock.tick(timedelta(minutes=30))
        assert reminding.remind() == 1


@pytest.mark.usefixtures("city")
class TestTelling:
    @SQLITE
    def test_an_occasion_is_told_once(self) -> None:
        @act
        def told(session):
            notice = Notice("offer_ended", "one", honcho(), "ja", {})
            return tell(session, notice, Recipient(email="a@example.jp"))

        assert [told(), told()] == [1, 0]

    def test_who_asked_hears_that_three_are_before_them_and_when_to_come(self) -> None:
        channels.open_channel("push", {"contact": "it@city.example.jp"}, "staff")
        issued = [arrivals.issue(honcho(), ["JUM-01"], "kiosk") for _ in range(6)]
        for number in (4, 5):
            subscriptions.subscribe(issued[number].token, "push", PUSH % number, "ja")
        desk = next(one for one in "123456789" if _serves(one))
        calling.call_next(honcho(), desk, "staff")
        assert written() == [("soon", "due")]
        calling.step(honcho(), issued[0].number, "start", "staff", desk)
        assert written() == [("soon", "due")]
        calling.step(honcho(), issued[0].number, "finish", "staff", desk)
        calling.step(honcho(), issued[4].number, "call", "staff", desk)
        assert ("come", "due") in written()
        assert ("soon", "dropped") in written()

    def test_a_call_that_was_taken_back_is_not_told_and_the_next_one_is(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        channels.open_channel("push", {"contact": "it@city.example.jp"}, "staff")
        ticket = arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        desk = next(one for one in "123456789" if _serves(one))
        subscriptions.subscribe(ticket.token, "push", PUSH % 0, "ja")
        calling.call_next(honcho(), desk, "staff")
        calling.undo(honcho(), ticket.number, "mispress", "staff")
        assert written() == [("come", "dropped")]
        clock.tick(1)
        calling.call_next(honcho(), desk, "staff")
        assert written() == [("come", "dropped"), ("come", "due")]
        calling.step(honcho(), ticket.number, "start", "staff", desk)
        calling.undo(honcho(), ticket.number, "mispress", "staff")
        assert written("due") == [("come", "due")]

    @SQLITE
    def test_three_at_most_and_only_on_open_ways(self) -> None:
        token = arrivals.issue(honcho(), ["JUM-01"], "kiosk").token
        with pytest.raises(Conflict):
            subscriptions.subscribe(token, "push", PUSH % 0, "ja")
        channels.open_channel("push", {"contact": "it@city.example.jp"}, "staff")
        first = [subscriptions.subscribe(token, "push", PUSH % number, "ja") for number in (1, 2, 3, 3)]
        assert len(set(first)) == 3
        with pytest.raises(Conflict):
            subscriptions.subscribe(token, "push", PUSH % 4, "ja")
        assert subscriptions.end(token, first[0])
        subscriptions.subscribe(token, "push", PUSH % 4, "ja")
        with pytest.raises(NotFound):
            subscriptions.subscribe("A" * 32, "push", PUSH % 5, "ja")
        with pytest.raises(Invalid):
            subscriptions.subscribe(token, "push", '{"endpoint": "http://10.0.0.1/"}', "ja")

    @SQLITE
    def test_a_closed_way_is_not_promised_and_its_secrets_are_sealed(self) -> None:
        assert is_open("email")
        needs = {"url": "smtp://u:geheimnis@mail.example.jp", "sender": "b@city.example.jp"}
        channels.open_channel("email", needs, "staff")
        assert channels.needs_of("email") == needs
        assert b"geheimnis" not in (session().scalar(select(Channel.needs)) or b"")
        tomorrow()
        channels.close_channel("email", "staff")
        assert not is_open("email")
        assert written() == [("booked", "dropped")]
        with pytest.raises(Invalid):
            channels.open_channel("webhook", {"url": "http://example.jp", "secret": "short"}, "staff")

    @SQLITE
    def test_the_citys_own_words_are_used_until_they_are_reset(self) -> None:
        texts.set_text("come", "ja", "{number}番", "{office}の{counter}番へ。{number}番の方", "staff")
        assert preview("come", "ja").subject == "A012番"
        texts.set_text("come", "ja", **shipped_parts("come", "ja"), actor="staff")
        assert not text_of("come", "ja").own
        assert text_of("come", "zh").language == "ja"

    @SQLITE
    def test_a_sample_says_what_a_real_message_of_its_kind_would(self) -> None:
        assert "K7FX29MB" in preview("reminder", "ja").body
        assert all("A012" not in preview(kind, "ja").body for kind in KINDS if kind not in ("soon", "come"))
        assert "A012番の方、3番窓口へ" in preview("come", "ja").body
        texts.set_text("soon", "ja", "まもなく", "{office} {number}\n窓口：{counter}", "staff")
        assert "窓口" not in preview("soon", "ja").body


def _serves(number: str) -> bool:
    from models.queries.offices import counters_of  # noqa: PLC0415

    found = {one.number: one.queues for one in counters_of(honcho())}
    return "A" in found.get(number, ()) and session().scalar(select(func.count()).select_from(Message)) == 0
