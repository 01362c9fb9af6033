"""D4, D8, I16: a whole visit with a mark in everything personal leaves no mark in logs, addresses or files."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, redirect_stderr
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from freezegun.api import FrozenDateTimeFactory

from models.core import log
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations import printing
from models.papers import qr
from models.papers.verification import SheetMismatch
from models.queries import applications, bookings, catalogue
from tests.conftest import inside
from tests.security.addresses import FREE
from tests.security.crawling import Tags
from tests.security.world import HOME, World, running
from tests.web.api.calls import Calls, issue_tokens
from tests.web.counter.conftest import family
from tests.web.people import BEN, employ, post, sign_in
from tests.web.resident.phone import Phone
from tests.web.resident.writing import form_of, write

KANA, EMAIL, PHONE, WORD, HOUSE = (
    "ケンチノモリ",
    "kenchi-d8@example.jp",
    "090-5550-1234",
    "検知守",
    "検知荘四〇四号",
)
SECRET = "kenchi himitsu no aikotoba"
BIRTH = "1931-07-19"
MARKS = (KANA, EMAIL, PHONE, PHONE.replace("-", ""), WORD, HOUSE, SECRET, BIRTH, "検知の伝言")
KEPT_NOWHERE = tuple(
    one.encode(code) for one in MARKS for code in ("utf-8", "utf-16-le", "unicode_escape", "cp932")
)


def answers() -> dict[str, Any]:
    """A form with a mark in every box of somebody's own."""
    made, name = family(), f"{WORD}　印"
    more = {"p_name": name, "p_birth": BIRTH, "p_mnc": "あり・持参", "p_foreign": False}
    return {
        **made, "d_name": name, "d_kana": f"{KANA}　シルシ", "d_tel": PHONE, "a_new_head": name, "a_prev_head": name,
        "a_new": {**made["a_new"], "katagaki": HOUSE}, "people": [{**one, **more} for one in made["people"]],
    }  # fmt: skip


@dataclass
class Traces:
    """What a visit leaves: every address that was asked for or given, and everything said to the log."""

    app: Flask
    settings: Settings
    log: io.StringIO
    temporary: Path
    addresses: list[str] = field(default_factory=list)

    def note(self, answer: Response) -> Response:
        """Keep the addresses of one answer."""
        self.addresses += [
            request.full_path,
            answer.headers.get("Location", ""),
            answer.headers.get("Referer", ""),
        ]
        if answer.mimetype == "text/html" and not answer.direct_passthrough:
            self.addresses += Tags(answer.get_data(as_text=True)).links()
        return answer

    def lines(self) -> list[dict[str, Any]]:
        """The log, each line of it one JSON object."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def traces(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FrozenDateTimeFactory
) -> Iterator[Traces]:
    """The product in all detail of its log, with a folder of its own for what is only passing."""
    temporary = tmp_path / "passing"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    said = io.StringIO()
    settings = replace(world.settings, log_level="debug")
    with redirect_stderr(said):
        app = running(settings)
        made = Traces(app, settings, said, temporary)
        app.after_request_funcs.setdefault(None, []).insert(0, made.note)
        yield made
        app.extensions["maeniwa"].close()
    log.configure("error")


def book_and_write(traces: Traces) -> tuple[str, str]:
    """Book by phone with mistakes on the way, write the form; the address of the booking and its token."""
    phone = Phone(traces.app.test_client())
    phone.open(f"/book/?procedure=IDO-01&office={HOME}")
    phone.submit(phone.buttons("starts_at")[0])
    wrong = {"name": f"{WORD} {KANA}", "phone": PHONE + "x", "email": EMAIL}
    phone.press("内容の確認へ進む", wrong)
    assert phone.status == 422
    phone.press("内容の確認へ進む", {"name": f"{KANA}　シルシ", "phone": PHONE, "email": EMAIL})
    phone.press("この内容で予約する")
    assert phone.status == 200
    mine = phone.address.partition("?")[0]
    client = phone.client
    stale = {"csrf_token": "stale", "d_name.family": WORD, "d_tel": PHONE}
    assert client.post(f"{mine}/forms/F02/todoke", data=stale).status_code == 400
    assert client.post(f"{mine}/forms/F02/todoke", data={"a": WORD * 40_000}).status_code == 413
    write(phone, mine, form_of(traces.settings, "F02"), answers())
    assert phone.status == 200
    return mine, mine.rpartition("/")[2]


def serve(traces: Traces, world: World, token: str, clock: FrozenDateTimeFactory) -> None:
    """Scan, check in, call, start, print, print again, finish; with a sheet that is refused on the way."""
    with inside(traces.settings):
        found = bookings.by_token(token)
        form = applications.of_booking(found.id)[0].reference
    clock.move_to(found.starts_at - timedelta(minutes=1))
    employ(traces.settings, replace(BEN, username="bento"))
    ben = sign_in(traces.app, replace(BEN, username="bento"))
    post(ben, "/counter/place", "/counter/place", place=f"{HOME}/2")
    code = qr.reference_text(derived(token, "qr"))
    slip = post(ben, "/counter/", "/counter/scans", code=code).headers["Location"].partition("scan=")[2]
    assert WORD in ben.get(f"/counter/?scan={slip}").text
    post(ben, "/counter/", "/counter/check-ins", scan=slip)
    post(ben, "/counter/", "/counter/scans", code=f"{WORD} {PHONE}")
    post(ben, "/counter/", "/counter/next")
    number = next(row["number"] for row in world.rows("ticket") if row["state"] == "called")
    post(ben, "/counter/", f"/counter/tickets/{number}/start")
    to = f"/counter/applications/{form}/print"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "verify", mismatched)
        assert post(ben, "/counter/", to, scan=slip).status_code == 503
    assert post(ben, "/counter/", to, scan=slip).mimetype == "application/pdf"
    assert post(ben, "/counter/", to, scan=slip, reason="紛失・汚れ").mimetype == "application/pdf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "current", defective)
        assert ben.get("/counter/").status_code == 500
    assert post(ben, "/counter/place", f"/counter/tickets/{number}/finish").status_code == 303


def mismatched(*_: Any) -> None:
    raise SheetMismatch(f"{WORD} {BIRTH}")


def defective() -> Any:
    raise RuntimeError(f"{WORD} {PHONE} {EMAIL}")


def through_the_api(traces: Traces) -> None:
    """The same by machines, with mistakes on the way."""
    calls = Calls(traces.app.test_client(), issue_tokens(traces.settings))
    contact = {"name": f"{KANA}　シルシ", "email": EMAIL, "phone": PHONE}
    headers = {"Idempotency-Key": "kenchi-1"}
    for _ in range(2):
        made = calls.book(FREE, "JUM-01", contact=contact, notes="検知の伝言", headers=headers)
        assert made.status_code == 201, made.text
    assert calls.book("", "JUM-01", contact={**contact, "phone": PHONE + WORD}).status_code == 422
    for _ in range(2):
        filed = calls.file("F02", fields=answers(), headers={"Idempotency-Key": "kenchi-2"})
        assert filed.status_code == 201, filed.text
    assert calls.file("F02", fields={**answers(), "d_tel": WORD, WORD: EMAIL}).status_code == 422
    unknown = {"form": WORD, "fields": {WORD: PHONE}}
    assert calls.post(f"/offices/{HOME}/applications", unknown).status_code == 422
    scan = calls.post(f"/offices/{HOME}/scans", {"code": filed.json["reference"]}, "counter")
    assert WORD in scan.text
    assert calls.post(f"/offices/{HOME}/scans", {"code": f"{WORD}{PHONE}"}, "counter").status_code == 404
    assert calls.get(f"/applications/{filed.json['reference']}/form.pdf", "counter").status_code == 200
    again = calls.post(
        f"/applications/{filed.json['reference']}/prints", {"printer": WORD, "reason": "紛失"}, "counter"
    )
    assert again.status_code == 202


def try_passwords(traces: Traces) -> None:
    """A password in each of the two boxes of the sign-in page."""
    client = traces.app.test_client()
    for typed in ({"username": "bento", "password": SECRET}, {"username": SECRET, "password": SECRET}):
        assert post(client, "/staff/sign-in", "/staff/sign-in", **typed).status_code == 401
    assert post(client, "/staff/code", "/staff/code", code=SECRET).status_code == 401


def test_d8_d4_a_whole_visit_leaves_no_mark(
    traces: Traces, world: World, clock: FrozenDateTimeFactory
) -> None:
    _, token = book_and_write(traces)
    serve(traces, world, token, clock)
    through_the_api(traces)
    try_passwords(traces)

    lines = traces.lines()
    assert len(lines) > 60
    assert {line["status"] for line in lines if "status" in line} >= {
        200,
        201,
        303,
        400,
        401,
        404,
        413,
        422,
        500,
        503,
    }
    assert {"defect", "print refused", "request"} <= {line["event"] for line in lines}
    assert not [mark for mark in (*MARKS, token) if mark in traces.log.getvalue()]
    assert set().union(*lines) <= log.ALLOWED
    given = "\n".join(traces.addresses)
    assert token in given, "the addresses were noted"
    assert not [mark for mark in MARKS if mark in given]
    for path, content in world.bytes_at_rest():
        assert not [mark for mark in KEPT_NOWHERE if mark in content], path
        assert token.encode() not in content, "tokens are kept as fingerprints"
    left = [path for path in traces.temporary.rglob("*") if path.is_file()]
    assert not [path for path in left if any(mark in path.read_bytes() for mark in KEPT_NOWHERE)]


def test_d4_a_stolen_database_says_when_and_where_but_not_who(traces: Traces, world: World) -> None:
    book_and_write(traces)
    with closing(sqlite3.connect(world.file())) as stolen:
        dump = "\n".join(stolen.iterdump())
    assert "IDO-01" in dump
    assert not [mark for mark in (*MARKS, world.here.word + "　太郎", world.here.kana) if mark in dump]


def test_d8_the_check_can_fail(traces: Traces, world: World) -> None:
    """The planted faults: a mark in the log, in an address and in a file."""
    log.logger().error("print refused", error=WORD)
    traces.app.test_client().get("/guide/search", query_string={"q": WORD})
    world.execute("UPDATE staff SET name = ?", WORD)
    assert WORD in traces.log.getvalue()
    assert any("%E6%A4%9C" in one or WORD in one for one in traces.addresses)
    assert any(mark in content for _, content in world.bytes_at_rest() for mark in KEPT_NOWHERE)


FORGED = 'x\r\n{"event":"forged","level":"info"}\n\x1b[31m\u2028'


def test_i16_nothing_that_is_sent_makes_a_line_of_the_log(traces: Traces) -> None:
    client = traces.app.test_client()
    environ = {
        "HTTP_USER_AGENT": FORGED,
        "HTTP_X_REQUEST_ID": FORGED,
        "HTTP_REFERER": FORGED,
        "REMOTE_USER": FORGED,
    }
    client.get("/", environ_overrides=environ)
    client.get("/" + "%0d%0a%7b%22event%22%3a%22forged%22%7d", environ_overrides=environ)
    client.get("/guide/search", query_string={"q": FORGED})
    client.open("/", method="FORGED\nX", environ_overrides=environ)
    client.get("/m/" + "x%0a%7b/", environ_overrides=environ)
    post(client, "/staff/sign-in", "/staff/sign-in", username=FORGED, password=FORGED)
    client.post("/api/v1/offices/honcho/bookings", json={FORGED: FORGED}, headers={"Idempotency-Key": "a"})
    lines = traces.lines()
    assert len(lines) >= 8
    assert {line["event"] for line in lines} == {"request"}
    assert "\x1b" not in traces.log.getvalue()
    assert "forged" not in json.dumps([line for line in lines if line["method"] in ("GET", "POST")])
