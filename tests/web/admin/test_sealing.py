"""An office's seal: turned on with its keys, turned off again, and a month ended at once."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import sealing_keys
from models.queries import sealing_keys as keys_seen
from models.queries.offices import office
from models.queries.sealing_policy import seals
from tests.conftest import inside
from tests.web.admin.previews import back_of, changed, done, keep
from tests.web.people import AYA, employ, post, sign_in

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/admin/sealing/"


def said(aya: FlaskClient, to: str, **fields: str) -> str:
    """What the page says after a form was sent."""
    assert post(aya, f"{PAGE}?office=honcho", to, office="honcho", **fields).status_code == 303
    return aya.get(f"{PAGE}?office=honcho").text


def test_turning_it_on_makes_the_keys_and_ending_a_month_says_so(
    settings: Settings, aya: FlaskClient
) -> None:
    page = changed(aya, f"{PAGE}?office=honcho", office="honcho", seals="true")
    assert "申請書に封をする：いいえ → はい" in page
    assert "2027年2月" in page
    with inside(settings):
        assert seals(office("honcho"))
        assert not seals(office("higashi"))
        assert len(keys_seen.keys_of(office("higashi"))) == 4
    page = keep(aya, PAGE, aya.get(back_of(page)))
    assert "申請書に封をする：はい → いいえ" in page
    with inside(settings):
        assert not seals(office("honcho"))


def test_nobody_destroys_a_key_alone_while_residents_may_hold_its_codes(
    settings: Settings, aya: FlaskClient
) -> None:
    with inside(settings):
        sealing_keys.make_ahead(date(2026, 11, 24))
    page = aya.get(f"{PAGE}?office=honcho").text
    assert "この画面ではできません。" in page
    assert "この月の鍵を壊す" not in page
    for month in ("2026-11", "2026-12"):
        assert "画面では壊せません。" in said(aya, f"{PAGE}end", month=month, do="keep")
    with inside(settings):
        assert all(key.opens for key in keys_seen.keys_of(office("honcho")))
    assert "その月の鍵はここにありません。" in said(aya, f"{PAGE}end", month="soon", do="keep")


def test_the_key_of_a_month_that_is_over_is_destroyed_by_one(
    app: Flask, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    with inside(settings):
        sealing_keys.make_ahead(date(2026, 11, 24))
    clock.move_to("2026-11-30T15:00:00+00:00")
    employ(settings, AYA)
    aya = sign_in(app, AYA)
    done(aya, f"{PAGE}?office=honcho", f"{PAGE}end", office="honcho", month="2026-11")
    ended = aya.get(f"{PAGE}?office=honcho").text
    assert "2026年11月の鍵を壊しました。" in ended
    assert "2026年11月の鍵　申請書を開けられる：はい → いいえ" in ended
    with inside(settings):
        assert [key.month.month for key in keys_seen.keys_of(office("honcho")) if not key.opens] == [11]
