"""Both sides' files by the administrator's page: written, carried, looked at, taken in; and every page of each side."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from tests.applications import APPLICATIONS
from tests.conftest import inside
from tests.operations.test_day_lists import DAY, booked
from tests.sides import Sides, sides
from tests.web.people import AYA, BEN, employ, sign_in, token_of

PAGE = "/admin/crossing/"


@pytest.fixture
def two(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory) -> Iterator[Sides]:
    with sides(request, tmp_path) as found:
        found.pair()
        yield found


def sent(aya: FlaskClient, to: str, file: bytes | None = None, **fields: str) -> str:
    """What is shown after a form of the page was sent, maybe with a file."""
    token = token_of(aya.get(PAGE))
    upload = {} if file is None else {"file": (BytesIO(file), "carried.json")}
    answer = aya.post(PAGE + to, data={"csrf_token": token, **fields, **upload}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def written(aya: FlaskClient, to: str, **fields: str) -> bytes:
    answer = aya.post(PAGE + to, data={"csrf_token": token_of(aya.get(PAGE)), **fields})
    assert answer.headers["Content-Disposition"].startswith("attachment"), answer.text
    return answer.data


def every_page(aya: FlaskClient, settings: Settings) -> None:
    """Whatever an administrator can open without an address of something."""
    for rule in sorted(aya.application.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith("/admin/") and not rule.arguments and "GET" in (rule.methods or ()):
            assert aya.get(rule.rule).status_code < 500, rule.rule


def test_keys_cross_by_hand_and_their_print_is_compared_by_two_people(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory
) -> None:
    with sides(request, tmp_path) as unknown:
        employ(unknown.inside, AYA)
        with APPLICATIONS.of(unknown.inside) as app:
            aya = sign_in(app, AYA)
            file = written(aya, "keys")
            read_out = unknown.print_of(unknown.inside)
            assert read_out in aya.get(PAGE).text
        employ(unknown.outside, AYA)
        with APPLICATIONS.of(unknown.outside) as app:
            aya = sign_in(app, AYA)
            assert "相手の側の鍵を、まだ取り込んでいません" in aya.get(PAGE).text
            assert "まだ知らない鍵です" in sent(aya, "keys/import", file)
            other = f"0000{read_out[4:]}"
            assert "まだ知らない鍵です" in sent(aya, "keys/import", file, print=other)
            assert "相手の側の鍵を、まだ取り込んでいません" in aya.get(PAGE).text
            assert "ファイルを選んでください" in sent(aya, "keys/import", print=read_out)
            taken = sent(aya, "keys/import", file, print=f" {read_out.lower()} ")
            assert "相手の側の鍵を取り込みました" in taken
            assert read_out in taken
            assert "相手の側の鍵を取り込みました" in sent(aya, "keys/import", file)


def test_a_day_and_its_counts_cross_by_hand(two: Sides) -> None:
    employ(two.outside, AYA)
    with APPLICATIONS.of(two.outside) as app:
        aya = sign_in(app, AYA)
        with inside(two.outside):
            booked()
        assert "2027年2月の来庁の分まで" in aya.get(PAGE).text
        file = written(aya, "day-list", office="honcho", day=DAY.isoformat())
        every_page(aya, two.outside)
    employ(two.inside, AYA, BEN)
    with APPLICATIONS.of(two.inside) as app:
        aya = sign_in(app, AYA)
        assert "ファイルを選んでください" in sent(aya, "day-list/import")
        assert "書き換えられた" in sent(
            aya, "day-list/import", file.replace(b'"day": "2026-11-25"', b'"day": "2026-11-26"')
        )
        looked = sent(aya, "day-list/import", file)
        assert "まだ取り込んでいません" in looked
        assert "1件" in looked
        taken = sent(aya, "day-list/import", do="take", text=file.decode().replace("\n", "\r\n"))
        assert "取り込みました" in taken
        assert "aya" in aya.get(PAGE).text
        counts = written(aya, "status")
        every_page(aya, two.inside)
    with APPLICATIONS.of(two.outside) as app:
        aya = sign_in(app, AYA)
        assert "住民の画面に出しました" in sent(aya, "status/import", counts)
        page = app.test_client().get("/now/").text
        assert "9:00 の情報です" in page
        assert "庁舎から運ばれた" in page
        assert "ここまでに0人をお呼びしました" in page
