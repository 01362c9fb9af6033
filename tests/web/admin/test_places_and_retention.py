"""Two pages of numbers: how freed places are given, and how long what is personal is kept (two people decide)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations.booking import Request, book
from models.queries.offices import office
from models.queries.past_retention import kept
from models.queries.places_policy import places_policy
from models.queries.retention import policy_of, proposed_of
from tests.conftest import inside
from tests.operations.test_waiting_list import CODES, free, honcho, somebody, two_slots, wait
from tests.web.admin.previews import changed, done
from tests.web.people import AYA, Person, employ, post, sign_in

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MIKI = Person("miki", "administrator", None)
PLACES, RETENTION = "/admin/places/", "/admin/retention/"
NUMBERS = {
    "reopen_from_minutes": "1", "reopen_to_minutes": "10", "offer_minutes": "30", "most_waiting": "3",
    "most_lapses": "1", "waiting_list": "true", "most_booked": "2", "most_cancelled": "4",
    "cancelled_minutes": "120",
}  # fmt: skip
DAYS = {
    "form": "2", "form_alone": "30", "contact": "7", "no_show": "30", "waiting": "1", "message": "3",
}  # fmt: skip


@pytest.fixture
def aya(app: Flask, settings: Settings) -> FlaskClient:
    employ(settings, AYA, MIKI)
    return sign_in(app, AYA)


def seen_in(client: FlaskClient) -> str:
    """Which proposal the page shows."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(RETENTION).text)
    assert found
    return found[1]


def test_an_office_decides_how_freed_places_are_given(aya: FlaskClient, settings: Settings) -> None:
    changed(aya, PLACES, **NUMBERS)
    with inside(settings):
        mine = places_policy(office("honcho"))
    assert (mine.reopen_to_minutes, mine.offer_minutes, mine.most_waiting, mine.waiting_list) == (
        10,
        30,
        3,
        True,
    )
    assert (mine.most_booked, mine.most_cancelled, mine.cancelled_minutes) == (2, 4, 120)
    assert "いまは、だれも待っていません。" in aya.get(PLACES).text


def test_who_waits_is_counted_before_the_waiting_list_ends(aya: FlaskClient, settings: Settings) -> None:
    with inside(settings):
        two_slots()
        for at, one in enumerate(free()):
            book(Request(honcho(), CODES, one.starts_at, somebody(90 + at)))
        wait(1)
    preview = post(aya, PLACES, PLACES, office="honcho", **{**NUMBERS, "waiting_list": ""})
    assert "キャンセル待ちの1人に、空きをご案内しなくなります" in preview.text
    with inside(settings):
        assert places_policy(office("honcho")).waiting_list


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"offer_minutes": "5"}, "15から480まで"),
        ({"most_booked": "21"}, "0から20まで"),
        ({"reopen_from_minutes": "20"}, "小さくできません"),
    ],
)
def test_what_cannot_be_is_said_at_its_number(
    aya: FlaskClient, settings: Settings, wrong: dict[str, str], words: str
) -> None:
    answer = post(aya, PLACES, PLACES, **{**NUMBERS, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    with inside(settings):
        assert not places_policy(office("honcho")).waits


def test_one_proposes_and_another_confirms(aya: FlaskClient, app: Flask, settings: Settings) -> None:
    assert "まだ変えていません" in post(aya, RETENTION, RETENTION, **DAYS).text
    with inside(settings):
        assert proposed_of(office("honcho")) is None
    assert done(aya, RETENTION, RETENTION, **DAYS).status_code == 303
    with inside(settings):
        assert policy_of(office("honcho").id).form == 3
    page = aya.get(RETENTION).text
    assert "3日 → 2日" in page
    assert "確かめたので、この期間にする" not in page
    assert post(aya, RETENTION, f"{RETENTION}confirm").status_code == 403
    miki = sign_in(app, MIKI)
    seen = seen_in(miki)
    assert post(miki, RETENTION, f"{RETENTION}confirm", seen=seen).status_code == 303
    with inside(settings):
        assert policy_of(office("honcho").id).form == 2
    assert "事前に書いた申請書：3日 → 2日" in aya.get(RETENTION).text
    assert post(miki, RETENTION, f"{RETENTION}confirm", seen=seen).status_code == 409


def test_both_see_how_much_the_days_would_delete_and_the_night_does_that(
    aya: FlaskClient, app: Flask, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    with inside(settings):
        book(Request(honcho(), CODES, free()[0].starts_at, somebody(1)))
    clock.tick(timedelta(days=10))
    employed = sign_in(app, AYA)
    fewer = {**DAYS, "contact": "2", "no_show": "2"}
    said = "予約の連絡先：1件が、決まった日の夜に消えます"
    assert said in post(employed, RETENTION, RETENTION, **fewer).text
    assert "その夜に消えるものはありません" in post(employed, RETENTION, RETENTION, **DAYS).text
    done(employed, RETENTION, RETENTION, **fewer)
    miki = sign_in(app, MIKI)
    assert said in miki.get(RETENTION).text
    post(miki, RETENTION, f"{RETENTION}confirm", seen=seen_in(miki))
    with inside(settings):
        place = office("honcho")
        assert kept(place, policy_of(place.id))["contact"].overdue == 1


def test_what_was_proposed_after_the_look_is_not_confirmed(
    aya: FlaskClient, app: Flask, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    done(aya, RETENTION, RETENTION, **DAYS)
    miki = sign_in(app, MIKI)
    seen = seen_in(miki)
    clock.tick(1)
    done(aya, RETENTION, RETENTION, **{**DAYS, "contact": "30"})
    answer = post(miki, RETENTION, f"{RETENTION}confirm", seen=seen)
    assert answer.status_code == 409
    assert "別の変更が出されました" in answer.text
    with inside(settings):
        assert (policy_of(office("honcho").id).form, policy_of(office("honcho").id).contact) == (3, 7)


def test_a_proposal_can_be_dropped_and_nothing_above_the_most_is_taken(
    aya: FlaskClient, settings: Settings
) -> None:
    done(aya, RETENTION, RETENTION, **DAYS)
    assert post(aya, RETENTION, f"{RETENTION}drop").status_code == 303
    answer = post(aya, RETENTION, RETENTION, **{**DAYS, "contact": "31"})
    assert answer.status_code == 422
    assert "0から30までの日数" in answer.text
    with inside(settings):
        assert proposed_of(office("honcho")) is None
