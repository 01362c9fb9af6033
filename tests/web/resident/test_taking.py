"""A number from home: where the city allows it, in opening hours, one a browser, and refused plainly otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core.db import session
from models.core.settings import Settings
from models.operations import hall
from models.queries.offices import office
from models.tables import Ticket
from tests.conftest import inside
from tests.web.resident.phone import Phone
from web.account import security
from web.resident import taking

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def allowed(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    """The first office gives out numbers by phone."""
    with inside(settings):
        hall.set_policy(office("honcho"), {"from_home": True}, "test")


def tickets(settings: Settings) -> int:
    with inside(settings):
        return session().scalar(select(func.count()).select_from(Ticket)) or 0


def take(phone: Phone, *procedures: str) -> Phone:
    phone.open("/take/honcho")
    return phone.press("番号を取る", {"procedure": list(procedures or ("JUM-01",))})


class TestWhereItIsAllowed:
    def test_office_then_what_for_then_the_numbers_page(self, phone: Phone, allowed: None) -> None:
        phone.open("/take/").link("本庁舎")
        assert "まだ番号は取っていません" in phone.text
        phone.press("番号を取る", {"procedure": ["JUM-01", "JUM-02"]})
        assert phone.address.startswith("/tickets/")
        assert "A001" in phone.heading

    def test_one_number_a_browser(self, phone: Phone, allowed: None, settings: Settings, app: Flask) -> None:
        mine = take(phone).address
        for path in ("/take/", "/take/honcho"):
            assert phone.open(path).address == mine
        assert tickets(settings) == 1
        take(Phone(app.test_client()))
        assert tickets(settings) == 2
        phone.open(f"{mine}/leave").press("取り消して帰る")
        assert take(phone).address != mine

    def test_pressing_twice_leads_to_the_same_number(
        self, phone: Phone, allowed: None, settings: Settings
    ) -> None:
        phone.open("/take/honcho")
        button = phone.named("button", "番号を取る")
        sent = {**dict(phone.boxes(button)), "procedure": "JUM-01"}
        first, second = (phone.client.post("/take/honcho", data=sent) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
        assert tickets(settings) == 1

    def test_nothing_chosen_is_said_and_kept_open(self, phone: Phone, allowed: None) -> None:
        phone.open("/take/honcho").press("番号を取る", {"procedure": []})
        assert phone.status == 422
        assert "用事を1つ以上選んでください。" in phone.text

    def test_what_needs_a_booking_is_not_on_offer(
        self, phone: Phone, allowed: None, settings: Settings
    ) -> None:
        phone.open("/take/honcho")
        offered = {one.get("value") for one in phone.page.all("input") if one.get("name") == "procedure"}
        assert "JUM-01" in offered
        with inside(settings):
            assert all(one.booking != "required" for one in taking._on_offer(office("honcho")).values())


class TestRefusedPlainly:
    def test_where_the_city_does_not_allow_it(self, phone: Phone, settings: Settings) -> None:
        phone.open("/take/")
        assert "いま、家から番号を取れる庁舎はありません" in phone.heading
        phone.open("/take/honcho")
        assert "この庁舎では、家から番号を取れません。" in phone.text
        assert phone.named("a", "時間を予約する").get("href") == "/guide/search"

    @pytest.mark.parametrize(
        ("cause", "told"),
        [
            ("stop", "きょうの番号札は終わりました"),
            ("closed", "いまは開いていません"),
            ("forbid", "家から番号を取れません"),
        ],
    )
    def test_what_changed_while_the_page_stood_open(
        self,
        phone: Phone,
        allowed: None,
        settings: Settings,
        clock: FrozenDateTimeFactory,
        cause: str,
        told: str,
    ) -> None:
        phone.open("/take/honcho")
        with inside(settings):
            if cause == "stop":
                hall.stop_issuing(office("honcho"), "test")
            elif cause == "forbid":
                hall.set_policy(office("honcho"), {"from_home": False}, "test")
            else:
                clock.tick(timedelta(hours=9))
        phone.press("番号を取る", {"procedure": ["JUM-01"]})
        assert phone.status == 409
        assert told in phone.text
        assert tickets(settings) == 0

    def test_a_contingent_that_is_used_up(self, phone: Phone, allowed: None, settings: Settings) -> None:
        with inside(settings):
            hall.set_limits(office("honcho"), {"A": 0}, "test")
        take(phone)
        assert phone.status == 409
        assert "すべてお配りしました" in phone.text

    def test_too_many_from_one_address(
        self, app: Flask, allowed: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The store forgets by the real clock, in a thread that no frozen clock reaches.
        forgetting = "_MemoryStorage__expire_events"
        monkeypatch.setattr(type(security.limiter.storage), forgetting, lambda _: None)
        taken = [take(Phone(app.test_client())) for _ in range(21)]
        assert [one.status for one in taken[:20]] == [200] * 20
        assert taken[20].status == 429
        assert tickets(settings) == 20
