"""Somebody at a kiosk asks for staff: once until somebody goes, seen by the office alone, and the hall moves on."""

from __future__ import annotations

import pytest

from models.core.errors import NotFound
from models.operations import accounts, help
from models.queries import hall, staff
from models.queries.help import open_calls
from models.queries.offices import office
from tests.conftest import BOTH, SQLITE

pytestmark = SQLITE


@pytest.fixture
def kiosk(city):
    token = accounts.enrol_device("kiosk", "honcho", "test", "正面玄関")
    return staff.by_device(token).number


@BOTH
def test_a_call_is_open_until_somebody_goes_and_asking_again_changes_nothing(city, kiosk):
    place = office("honcho")
    before = hall.version(place)
    called = help.call(place, kiosk, "kiosk/1")
    version = hall.version(place)
    assert version > before
    assert help.call(place, kiosk, "kiosk/1") == called
    assert hall.version(place) == version
    assert [(one.id, one.device) for one in open_calls(place)] == [(called, "正面玄関")]
    help.answer(place, called, "ben")
    assert open_calls(place) == ()
    assert hall.version(place) > version
    assert help.call(place, kiosk, "kiosk/1") != called


def test_whoever_answers_first_has_answered(city, kiosk):
    place = office("honcho")
    called = help.call(place, kiosk, "kiosk/1")
    help.answer(place, called, "ben")
    version = hall.version(place)
    help.answer(place, called, "keiko")
    assert hall.version(place) == version


def test_another_office_neither_sees_nor_answers_it(city, kiosk):
    called = help.call(office("honcho"), kiosk, "kiosk/1")
    assert open_calls(office("higashi")) == ()
    with pytest.raises(NotFound):
        help.answer(office("higashi"), called, "ben")
    assert len(open_calls(office("honcho"))) == 1
