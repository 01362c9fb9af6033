"""Importing a log through the page: every line is answered for, and the numbers show at once."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from models.core.settings import Settings
from tests.web.manager.conftest import browser, send, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/import"
LOG = (
    "ticket_id,queue,procedure,arrived_at,booked_for,called_at,finished_at,counter,氏名\n"
    "A001,A,JUM-01,2026-11-16 09:00,,2026-11-16 09:12,2026-11-16 09:30,1,山田\n"
    "A002,Q,,2026-11-16 09:00,,2026-11-16 09:12,2026-11-16 09:30,1,鈴木\n"
    "A003,A,,9時,,2026-11-16 09:12,2026-11-16 09:30,1,佐藤\n"
)


def give(client: FlaskClient, content: bytes | str, office: str = "honcho") -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    return send(client, PAGE, office=office, file=(io.BytesIO(raw), "log.csv"))


def test_good_lines_are_counted_and_bad_ones_told_by_number(manager: FlaskClient) -> None:
    page = give(manager, LOG)
    text = words(page)
    assert page.status_code == 200
    assert "取り込みました 1 件" in text
    assert "直すと取り込める 2 行" in text
    assert "3 queue「Q」という業務はありません" in text
    assert "4 arrived_at「9時」は時刻として読めません" in text
    assert "山田" not in text
    assert "12.0" in manager.get("/manager/").text


def test_the_same_file_again_says_that_it_is_there_already(manager: FlaskClient) -> None:
    give(manager, LOG)
    text = words(give(manager, LOG))
    assert "取り込みました 0 件" in text
    assert "前から入っていた 1 件" in text
    assert "月曜日 1 " in words(manager.get("/manager/"))


def test_shift_jis_is_read(manager: FlaskClient) -> None:
    text = "受付番号,業務,日付,発券時刻,呼出時刻,対応終了時刻\n1,証明書,2026/11/16,9:00,9:05,9:10\n"
    assert "すべての行を読めました" in words(give(manager, text.encode("cp932")))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "中身がありません"),
        ("name,age\nx,1\n", "1行目に次の列の名前がありません"),
        (b"\xff\xfe\x00", "CSV"),
    ],
)
def test_what_is_no_log_is_told_on_the_same_page(
    manager: FlaskClient, content: bytes | str, told: str
) -> None:
    page = give(manager, content)
    assert page.status_code == 422
    assert told in words(page)


def test_no_file_is_told(manager: FlaskClient) -> None:
    page = send(manager, PAGE, office="honcho")
    assert page.status_code == 422
    assert "ファイルを選んでください" in page.text


def test_another_offices_log_is_refused(app: Flask, settings: Settings) -> None:
    assert give(browser(app, settings, office="higashi"), LOG, "honcho").status_code == 403


def test_the_example_can_be_saved_and_taken_in(manager: FlaskClient) -> None:
    sample = manager.get("/manager/import/sample.csv").data
    page = give(manager, sample)
    assert "取り込みました 4 件" in words(page)
    assert "すべての行を読めました" in words(page)


def test_a_file_beyond_eight_mebibytes_is_refused(manager: FlaskClient) -> None:
    # Written out here: the test client would put so much into a file, and leave that open.
    boundary, body = encode_multipart(
        {"office": "honcho", "file": FileStorage(io.BytesIO(b"a" * (8 * 1024 * 1024 + 1)), "log.csv")}
    )
    kind = f'multipart/form-data; boundary="{boundary}"'
    assert manager.post(PAGE, data=body, content_type=kind).status_code == 413


def test_many_bad_lines_are_summed_up_after_the_first_five_hundred(manager: FlaskClient) -> None:
    lines = "".join(f"B{n},Q,,2026-11-16 09:00,,2026-11-16 09:12,2026-11-16 09:30,1,\n" for n in range(510))
    text = words(give(manager, LOG.splitlines(keepends=True)[0] + lines))
    assert "直すと取り込める 510 行" in text
    assert "10行：" in text
