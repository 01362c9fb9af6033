"""One visit from the phone to the manager's table, through the API alone."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory
from pdfminer.high_level import extract_text

from models.core.settings import Settings
from tests.web.api.calls import Calls, decoded, issue_tokens

AT = "/offices/honcho"
NAMES = ("𠮷田　髙志", "𠮷田　葛\U000e0100子", "𠮷田　神\ufa19", "𠮷田　﨑")
READINGS = ("よしだ　たかし", "ﾖｼﾀﾞ ｶﾂｺ", "ヨシダ　カミ", "ヨシダ　サキ")
KEPT_READINGS = ("ヨシダ　タカシ", "ヨシダ　カツコ", "ヨシダ　カミ", "ヨシダ　サキ")
OLD = {"pref": "東京都", "city": "葛飾区", "town": "西新小岩", "block": "四丁目21番4号"}
NEW = {"pref": "静岡県", "city": "前庭市", "town": "本町", "block": "1番1号", "katagaki": "前庭ハイツ101号室"}
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def family() -> list[dict[str, Any]]:
    people = zip(NAMES, READINGS, ("1985-04-01", "1987-12-31", "2015-05-05", "2019-05-01"), strict=True)
    return [
        {
            "p_name": name, "p_kana": reading, "p_birth": birth, "p_sex": "男" if place % 2 == 0 else "女",
            "p_rel": ("世帯主", "妻", "子", "子")[place], "p_mnc": "あり・持参", "p_foreign": False,
        }
        for place, (name, reading, birth) in enumerate(people)
    ]  # fmt: skip


def moving_in() -> dict[str, Any]:
    return {
        "kind": "転入", "ido_date": "2026-11-20", "tokurei": "転出証明書あり",
        "d_name": NAMES[0], "d_kana": READINGS[0], "d_rel": "本人", "d_tel": "090-1234-5678",
        "a_new": NEW, "a_new_head": NAMES[0], "a_join": False, "a_prev": OLD, "a_prev_head": NAMES[0],
        "people": family(),
    }  # fmt: skip


def plain(text: str) -> str:
    """Text as two readers of a PDF agree on it: without white space and without variation selectors."""
    return SELECTORS.sub("", "".join(text.split()))


def test_a_family_moves_in_through_the_api_alone(
    client: FlaskClient, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    calls = Calls(client, issue_tokens(settings))

    booked = calls.booked("IDO-01")
    filed = calls.post(
        f"{AT}/applications", {"form": "F02", "fields": moving_in(), "booking_token": booked["token"]}
    )
    assert filed.status_code == 201, filed.text
    shown_on_the_phone = calls.open(filed.json["qr_url"].replace(".svg", ".png")).data
    code = decoded(shown_on_the_phone)

    clock.move_to(datetime.fromisoformat(booked["starts_at"]) - timedelta(minutes=1))
    ticket = calls.post(f"{AT}/check-ins", {"code": code}, "kiosk").json
    assert ticket["on_time"]
    clock.tick(timedelta(minutes=4))
    called = calls.post(f"{AT}/counters/2/call-next", who="counter").json
    assert called["number"] == ticket["number"]
    assert calls.open(ticket["status_url"]).json["counter"] == "2"
    calls.post(f"{AT}/tickets/{ticket['number']}/start", {"counter": "2"}, "counter")

    scan = calls.post(f"{AT}/scans", {"code": code, "counter": "2"}, "counter").json
    assert scan["ticket"]["number"] == ticket["number"]
    assert (scan["missing"], scan["warnings"], scan["already_printed"]) == ([], [], False)
    read = scan["application"]["fields"]
    assert [person["p_name"] for person in read["people"]] == list(NAMES)
    assert [person["p_kana"] for person in read["people"]] == list(KEPT_READINGS)

    sheet = calls.get(scan["print_url"].removeprefix("http://localhost/api/v1"), "counter")
    assert sheet.mimetype == "application/pdf"
    printed = plain(extract_text(io.BytesIO(sheet.data)))
    for typed in (*NAMES, *KEPT_READINGS, *NEW.values(), *OLD.values(), "090-1234-5678"):
        assert plain(typed) in printed, typed

    clock.tick(timedelta(minutes=12))
    done = calls.post(f"{AT}/tickets/{ticket['number']}/finish", {"outcomes": ["IDO-01"]}, "counter").json
    assert done["status"] == "done"
    assert done["scanned_at"]
    assert done["printed_at"]

    lines = calls.get(f"{AT}/stats?from=2026-11-24&to=2026-11-24&by=weekday,procedure", "manager").json
    assert len(lines) == 1
    counted = {name: lines[0][name] for name in ("weekday", "procedure", "visits", "booked", "prefilled")}
    assert counted == {"weekday": 1, "procedure": "IDO-01", "visits": 1, "booked": 1, "prefilled": 1}
    assert (lines[0]["wait_mean"], lines[0]["handling_mean"]) == (3.0, 12.0)
