"""An office's seal: turned on with its keys, turned off again, and a month ended at once."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.queries import sealing_keys
from models.queries.offices import office
from models.queries.sealing_policy import seals
from tests.conftest import inside
from tests.web.admin.previews import back_of, changed, done, keep
from tests.web.people import post

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
        assert len(sealing_keys.keys_of(office("higashi"))) == 4
    done(aya, f"{PAGE}?office=honcho", f"{PAGE}end", office="honcho", month="2026-11")
    ended = aya.get(f"{PAGE}?office=honcho").text
    assert "2026年11月の鍵を壊しました。" in ended
    assert "2026年11月の鍵　申請書を開けられる：はい → いいえ" in ended
    assert "その月の鍵はここにありません。" in said(aya, f"{PAGE}end", month="soon", do="keep")
    page = keep(aya, PAGE, aya.get(back_of(page)))
    assert "申請書に封をする：はい → いいえ" in page
    with inside(settings):
        assert not seals(office("honcho"))
