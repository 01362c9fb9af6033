"""Waiting for a place as a resident does: join from the calendar, see the line, take what is offered or leave it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import offers
from models.operations.booking import Made, Request, book, cancel
from models.operations.places_policy import set_policy
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import office
from models.tables import Slot
from tests.conftest import inside
from tests.web.resident.phone import Phone

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
DAY = date(2026, 11, 25)
JOIN = f"/book/wait?procedure=JUM-01&office=honcho&first_day={DAY}&last_day={DAY}"
MINE = {"name": "マエニワ　ハナコ", "email": "hanako@example.jp", "first_day": str(DAY), "last_day": str(DAY)}


@act
def one_place(db: Session) -> None:
    """A day with a single place."""
    mine = (Slot.office_id == office("honcho").id, Slot.queue == "A", Slot.day == DAY)
    db.execute(update(Slot).where(*mine).values(capacity=0))
    last = db.scalar(select(Slot.id).where(*mine).order_by(Slot.starts_at.desc()).limit(1))
    db.execute(update(Slot).where(Slot.id == last).values(capacity=1))


@pytest.fixture
def full(settings: Settings, clock: FrozenDateTimeFactory) -> Made:
    """The booking that makes tomorrow full."""
    with inside(settings):
        one_place()
        place = office("honcho")
        need = availability.need_of(catalogue.current(), place, ("JUM-01",))
        (free,) = availability.free_times(place, need, DAY, DAY, now())
        return book(Request(place, ("JUM-01",), free.starts_at, Contact("アイ", "ai@example.jp")))


def give_up(settings: Settings, booking: Made) -> None:
    with inside(settings):
        cancel(booking.token)


def waiting(phone: Phone) -> Phone:
    return phone.open(JOIN).press("キャンセル待ちに並ぶ", MINE)


def test_the_calendar_of_full_days_leads_to_the_line(phone: Phone, full: Made) -> None:
    phone.open("/book/?procedure=JUM-01&office=honcho").link("満員の日に空きが出るのを待つ")
    assert phone.heading == "満員の日に空きが出るのを待ちます"


def test_who_wrote_who_they_are_writes_it_once_on_the_way_to_the_line_and_back(
    phone: Phone, full: Made
) -> None:
    typed = {"name": "マエニワ　ハナコ", "email": "hanako@example.jp"}
    phone.open(f"/book/contact?procedure=JUM-01&office=honcho&starts_at={DAY + timedelta(1)}T10:00")
    phone.press("内容の確認へ進む", typed).press("直す（日と時間")
    phone.press("満員の日に空きが出るのを待つ")
    assert (phone.status, phone.heading) == (200, "満員の日に空きが出るのを待ちます")
    assert {name: phone.value(name) for name in typed} == typed
    phone.press("時間を選び直す")
    assert phone.heading == "来る日と時間を選んでください"
    phone.submit(phone.buttons("starts_at")[0])
    assert phone.heading == "この内容でよろしいですか"
    assert typed["email"] in phone.text


def test_who_waits_sees_the_line_and_takes_what_is_offered(
    phone: Phone, full: Made, settings: Settings
) -> None:
    waiting(phone)
    assert phone.heading == "キャンセル待ちに並んでいます"
    assert "次はあなたの番です" in phone.text
    mine = phone.address
    give_up(settings, full)
    phone.open(mine)
    assert phone.heading == "空きが出ました"
    assert "まで、この時間を取っておきます" in phone.text
    phone.press("この時間にする")
    assert phone.heading == "予約ができました"
    booking = phone.address
    phone.open(mine).link("予約のページへ")
    assert phone.address == booking


def test_an_offer_can_be_left_to_the_next(phone: Phone, full: Made, settings: Settings) -> None:
    mine = waiting(phone).address
    give_up(settings, full)
    phone.open(mine).press("この時間は見送って、次を待つ")
    assert phone.heading == "空きが出ました"
    phone.press("この時間は見送って、次を待つ")
    assert phone.heading == "キャンセル待ちをやめました"
    assert "連絡先は消しました" in phone.text


def test_an_offer_that_is_over_is_refused_plainly(
    phone: Phone, full: Made, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    mine = waiting(phone).address
    give_up(settings, full)
    phone.open(mine)
    clock.tick(timedelta(minutes=61))
    phone.press("この時間にする")
    assert phone.status == 409
    assert "このご案内は終わりました" in phone.text
    with inside(settings):
        offers.look()
    phone.open(mine)
    assert phone.heading in ("空きが出ました", "キャンセル待ちに並んでいます")


def test_leaving_is_asked_once(phone: Phone, full: Made) -> None:
    waiting(phone).link("キャンセル待ちをやめる")
    assert phone.heading == "キャンセル待ちをやめますか"
    phone.press("キャンセル待ちをやめる")
    assert phone.heading == "キャンセル待ちをやめました"


def test_the_title_speaks_of_something_wrong_only_where_something_is(phone: Phone, full: Made) -> None:
    assert phone.open(JOIN).page.all("title")[0].shown.startswith("キャンセル待ち")
    phone.press("キャンセル待ちに並ぶ", MINE | {"name": ""})
    assert phone.page.all("title")[0].shown.startswith("入力を直してください")


def test_what_cannot_be_is_said_at_its_field(phone: Phone, full: Made) -> None:
    later = str(DAY + timedelta(days=5))
    phone.open(JOIN).press("キャンセル待ちに並ぶ", {**MINE, "name": "漢字", "last_day": later})
    assert phone.status == 422
    assert "全角カタカナ" in phone.text
    phone.press("キャンセル待ちに並ぶ", {**MINE, "name": "マエニワ　ハナコ"})
    assert phone.heading == "キャンセル待ちに並んでいます"
    phone.open(JOIN).press("キャンセル待ちに並ぶ", MINE)
    assert phone.status == 409
    assert "もう並んでいます" in phone.text


def test_b1_an_offer_stands_while_its_holder_has_too_many_bookings(
    phone: Phone, full: Made, settings: Settings
) -> None:
    waiting(phone)
    with inside(settings):
        place = office("honcho")
        need = availability.need_of(catalogue.current(), place, ("JUM-01",))
        later = availability.free_times(place, need, DAY + timedelta(1), DAY + timedelta(1), now())[0]
        held = book(Request(place, ("JUM-01",), later.starts_at, Contact("ハナコ", MINE["email"])))
        set_policy(place, {"most_booked": 1}, "test")
    give_up(settings, full)
    phone.open(phone.address).press("この時間にする")
    assert phone.status == 409
    assert "予約は、1件までです。" in phone.text
    give_up(settings, held)
    assert (
        phone.open(phone.address.removesuffix("/accept")).press("この時間にする").heading
        == "予約ができました"
    )
