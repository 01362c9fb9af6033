"""A form that was read goes on to another system: a button, a receipt, and only what this tab's scan showed."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.core.settings import Settings
from models.queries import handovers
from models.queries.offices import office
from models.rules.handover.receivers import Wanted
from tests.operations import installed
from tests.web.counter.conftest import AOI, TODAY, Hall, scan
from tests.web.counter.test_scanning import EMI, slip_of
from tests.web.people import employ, post, sign_in, token_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ORDER = ("氏名", "氏名の振り仮名", "生年月日", "届出に来られた方／電話番号")


def opened(hall: Hall, *wanted: Wanted) -> list[int]:
    with hall.inside() as place:
        return [installed.receiver(place, one).id for one in wanted]


def handed(client: FlaskClient, page: TestResponse, form: str, receiver: int, **fields: str) -> TestResponse:
    data = {"csrf_token": token_of(page), "scan": slip_of(page), "receiver": str(receiver), **fields}
    return client.post(f"/counter/applications/{form}/handovers", data=data)


def test_the_clipboards_text_is_there_in_the_receivers_order_without_javascript(
    hall: Hall, ben: FlaskClient
) -> None:
    (receiver,) = opened(hall, Wanted("住民記録", "copy", "tabbed", ORDER, "wareki"))
    visitor = hall.book(TODAY)
    page = scan(ben, visitor.code)
    assert "「住民記録」へコピー" in page.text
    answer = handed(ben, page, visitor.form, receiver)
    assert answer.status_code == 303
    shown = ben.get(answer.headers["Location"])
    (text,) = re.findall(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>", shown.text)
    assert html.unescape(text).lstrip("\n") == f"{AOI}\tカツラギ　アオイ\t平成3年11月5日\t090-0000-0001"
    receipt = re.search(r"/handovers/([A-Z0-9]{12})", answer.headers["Location"])
    assert receipt
    with hall.inside():
        one = handovers.by_receipt(receipt[1])
        assert (one.actor, one.counter, one.application, one.state) == ("ben", "2", visitor.form, "done")
    assert "no-store" in shown.headers["Cache-Control"]


def test_a_second_time_asks_why(hall: Hall, ben: FlaskClient) -> None:
    (receiver,) = opened(hall, Wanted("住民記録", "copy", "lines", ORDER))
    visitor = hall.book(TODAY)
    handed(ben, scan(ben, visitor.code), visitor.form, receiver)
    page = scan(ben, visitor.code)
    assert "9:00 渡しました" in page.text
    assert "もう一度渡す理由" in page.text
    refused = handed(ben, page, visitor.form, receiver)
    assert "もう渡しました" in ben.get(refused.headers["Location"]).text
    again = handed(ben, page, visitor.form, receiver, reason="内容を直したため")
    assert "2回目 内容を直したため" in ben.get(again.headers["Location"]).text
    with hall.inside():
        assert len(handovers.latest(office("honcho"))) == 2


def test_files_are_named_by_the_receipt(hall: Hall, ben: FlaskClient) -> None:
    table, tree = opened(hall, Wanted("CSV", "file", "csv", ORDER), Wanted("JSON", "file", "json"))
    visitor = hall.book(TODAY)
    page = scan(ben, visitor.code)
    found = {}
    for receiver in (table, tree):
        shown = ben.get(handed(ben, page, visitor.form, receiver).headers["Location"])
        link = re.search(r'href="([^"]*/file[^"]*)"', shown.text)
        assert link, shown.text
        found[receiver] = ben.get(html.unescape(link[1]))
    head, row = csv.reader(io.StringIO(found[table].data.decode("utf-8-sig")))
    assert dict(zip(head, row, strict=True))["氏名"] == AOI
    told = json.loads(found[tree].data)
    assert found[tree].headers["Content-Disposition"] == f'attachment; filename="{told["receipt"]}.json"'
    assert [one["items"]["氏名"] for one in told["sections"] if one["person"]] == [AOI, "𠮷田　髙"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation with watch folders."""
    return replace(settings, handover_folder=settings.instance.parent / "out")


def test_what_is_carried_says_so_and_waits_for_the_porter(hall: Hall, ben: FlaskClient) -> None:
    (receiver,) = opened(hall, Wanted("住民記録", "folder", "csv", folder="in"))
    visitor = hall.book(TODAY)
    page = scan(ben, visitor.code)
    answer = handed(ben, page, visitor.form, receiver)
    assert "9:00 送っています" in ben.get(answer.headers["Location"]).text
    assert "9:00 送っています" in scan(ben, visitor.code).text


class TestNobodyElse:
    def test_only_what_this_scan_showed(self, hall, ben):
        (receiver,) = opened(hall, Wanted("住民記録", "copy", "tabbed", ORDER))
        visitor, other = hall.book(TODAY), hall.book(TODAY)
        page = scan(ben, visitor.code)
        refused = handed(ben, page, other.form, receiver)
        assert refused.status_code == 409
        assert "この画面で読み取った申請書ではありません。" in refused.text
        with hall.inside():
            assert handovers.latest(office("honcho")) == ()

    def test_only_whoever_did_it_looks_at_it_and_only_for_ten_minutes(self, hall, ben, clock):
        (receiver,) = opened(hall, Wanted("住民記録", "copy", "tabbed", ORDER))
        visitor = hall.book(TODAY)
        at = handed(ben, scan(ben, visitor.code), visitor.form, receiver).headers["Location"]
        employ(hall.settings, EMI)
        emi = sign_in(hall.app, EMI)
        post(emi, "/counter/place", "/counter/place", place="honcho/3")
        assert emi.get(at).status_code == 404
        assert ben.get(at.partition("?")[0]).status_code == 409
        assert ben.get(at.replace("?", "/file?")).status_code == 404
        clock.tick(timedelta(minutes=11))
        assert ben.get(at).status_code == 410

    def test_the_reception_and_drafts_have_no_button(self, hall, ben, keiko):
        opened(hall, Wanted("住民記録", "copy", "tabbed", ORDER))
        assert "「住民記録」" not in scan(keiko, hall.book(TODAY).code).text
        assert "「住民記録」" not in scan(ben, hall.book(TODAY, ready=False).code).text

    @pytest.mark.parametrize("number", ["", "x", "-1", "99", "９", "1" * 30])
    def test_a_receiver_that_is_none_is_not_found(self, hall, ben, number):
        visitor = hall.book(TODAY)
        page = scan(ben, visitor.code)
        assert handed(ben, page, visitor.form, number).status_code == 404
