"""What is carried arrives whole and under its receipt, is tried again, and goes nowhere else; I11, D8."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import os
import socket
from contextlib import redirect_stderr
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core import log
from models.core.directory import Municipality
from models.core.settings import Settings
from models.operations.handing_over import hand_over
from models.queries import handovers
from models.queries.handovers import HandoverView
from models.queries.offices import office
from models.rules.handover.receivers import Wanted
from scheduler.carriers import closed_network
from scheduler.carriers.folder import Folder
from scheduler.carriers.webhook import Webhook
from scheduler.porter import Porter
from tests.conftest import CITY, inside
from tests.operations import installed
from tests.operations.test_handing_over import filed
from tests.scheduler.test_senders import SECRET, Listener, other

__all__ = ["other"]
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MUNICIPALITY = Municipality(CITY, "前庭市", "", ())
LOCAL = frozenset({"127.0.0.1"})
ALLOWED = frozenset({"jumin.lan"})


@pytest.fixture
def outward(settings: Settings, clock: FrozenDateTimeFactory) -> Settings:
    """An installation with a watch folder `in`, and this machine as the one that may be called."""
    root = settings.instance.parent / "out"
    (root / CITY / "in").mkdir(parents=True)
    return replace(settings, handover_folder=root, allowed_hosts="127.0.0.1")


def asked(settings: Settings, wanted: Wanted) -> tuple[installed.Opened, HandoverView]:
    with inside(settings):
        made = installed.receiver(office("honcho"), wanted)
        return made, hand_over(office("honcho"), filed(), made.id, "ben", "2")


def carry(settings: Settings, receiver: installed.Opened, holder: str = "porter") -> int:
    return Porter(settings, holder).work_at(MUNICIPALITY, receiver.id)


def now_of(settings: Settings, one: HandoverView) -> HandoverView:
    with inside(settings):
        return handovers.by_receipt(one.receipt)


def watched(settings: Settings) -> list[str]:
    assert settings.handover_folder is not None
    return sorted(path.name for path in (settings.handover_folder / CITY / "in").iterdir())


def test_a_file_appears_in_the_watch_folder_under_its_receipt(outward: Settings) -> None:
    receiver, one = asked(outward, Wanted("a", "folder", "csv", ("氏名", "生年月日"), folder="in"))
    porter = Porter(outward, "porter")
    assert porter.look() == 1
    porter._pool.shutdown(wait=True)
    assert watched(outward) == [f"{one.receipt}.csv"]
    assert outward.handover_folder is not None
    path = outward.handover_folder / CITY / "in" / f"{one.receipt}.csv"
    head, row = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert dict(zip(head, row, strict=True))["連携番号"] == one.receipt
    assert row[-2:] == ["前庭　花子", "1985-04-01"]
    assert path.stat().st_mode & 0o007 == 0
    assert now_of(outward, one).state == "done"
    assert carry(outward, receiver) == 0


def test_whoever_watches_never_sees_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    seen: list[list[str]] = []
    real = os.fsync

    def watching(handle: int) -> None:
        seen.append([path.name for path in (tmp_path / "in").iterdir() if not path.name.startswith(".")])
        real(handle)

    monkeypatch.setattr(os, "fsync", watching)
    assert Folder(tmp_path, "in").carry("R", "R.csv", "text/csv", b"x" * 1000).what == "sent"
    assert seen[0] == []
    assert seen[-1] == ["R.csv"]


def test_what_a_killed_porter_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".R.csv.part").write_bytes(b"half")
    (tmp_path / "in" / "R.csv").write_bytes(b"first")
    assert Folder(tmp_path, "in").carry("R", "R.csv", "text/csv", b"second").what == "sent"
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["R.csv"]
    assert (tmp_path / "in" / "R.csv").read_bytes() == b"second"


def test_a_folder_that_leads_elsewhere_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "city" / "in").symlink_to(tmp_path / "other")
    root = tmp_path / "city"
    assert Folder(root, "in").carry("R", "R.csv", "text/csv", b"x").what == "never"
    assert Folder(root, "../other").carry("R", "R.csv", "text/csv", b"x").what == "never"
    assert Folder(None, "in").carry("R", "R.csv", "text/csv", b"x").what == "never"
    assert list((tmp_path / "other").iterdir()) == []


@SQLITE
def test_a_share_that_is_away_is_tried_again_for_a_day_and_then_said(
    outward: Settings, clock: FrozenDateTimeFactory
) -> None:
    receiver, one = asked(outward, Wanted("a", "folder", "csv", folder="away"))
    waits = []
    for _ in range(20):
        carry(outward, receiver)
        found = now_of(outward, one)
        if found.state == "dead":
            break
        waits.append(found.next_at - found.made_at)
        clock.move_to(found.next_at)
    assert (found.state, found.problem) == ("dead", "folder: FileNotFoundError")
    assert waits[-1] == timedelta(hours=24)


@SQLITE
def test_a_system_is_told_with_a_signature_and_every_try_has_the_same_receipt(
    outward: Settings, other: Listener, clock: FrozenDateTimeFactory
) -> None:
    receiver, one = asked(outward, Wanted("a", "webhook", "json", ("氏名",), url=other.url))
    other.status = 503
    assert carry(outward, receiver) == 0
    found = now_of(outward, one)
    assert (found.state, found.tries, found.problem) == ("due", 1, "503")
    other.status = 200
    clock.move_to(found.next_at)
    assert carry(outward, receiver) == 1
    assert {headers["maeniwa-id"] for _, headers, _ in other.asked} == {one.receipt}
    _, headers, body = other.asked[-1]
    key = receiver.secret.encode()
    expected = hmac.new(key, f"{headers['maeniwa-timestamp']}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["maeniwa-signature"] == f"sha256={expected}"
    assert json.loads(body)["items"] == {"氏名": "前庭　花子"}
    assert json.loads(body)["receipt"] == one.receipt


@SQLITE
def test_what_was_ended_is_not_carried(outward: Settings, other: Listener) -> None:
    receiver, one = asked(outward, Wanted("a", "webhook", "json", url=other.url))
    with inside(outward):
        installed.ended(office("honcho"), receiver.id)
    carry(outward, receiver)
    found = now_of(outward, one)
    assert (found.state, found.problem, other.asked) == ("dead", "receiver ended", [])


@SQLITE
def test_d8_neither_the_log_nor_the_record_tells_a_name(outward: Settings, other: Listener) -> None:
    receiver, one = asked(outward, Wanted("a", "webhook", "json", url=other.url))
    other.status, said = 400, io.StringIO()
    with redirect_stderr(said):
        log.configure("debug")
        carry(outward, receiver)
    log.configure("error")
    assert now_of(outward, one).state == "dead"
    told = said.getvalue()
    assert one.receipt in told
    assert "花子" not in told + repr(now_of(outward, one))
    assert "maeniwa" in told


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (201, "sent"),
        (409, "sent"),
        (302, "never"),
        (404, "never"),
        (401, "again"),
        (429, "again"),
        (500, "again"),
    ],
)
def test_what_a_system_answers_decides_and_nothing_is_followed(
    other: Listener, status: int, what: str
) -> None:
    other.status, other.location = status, f"{other.url}/further" if status == 302 else ""
    assert Webhook(other.url, SECRET, LOCAL).carry("R", "R.json", "application/json", b"{}").what == what
    assert [path for path, _, _ in other.asked] == ["/in"]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the name of the machine leads to: one address after the other, as a rebinding server would answer."""
    known: dict[str, list[str]] = {"jumin.lan": []}

    def resolved(host: str, port: int, *_: object, **__: object) -> list[object]:
        answers = known[host]
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(kind, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    return known


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["8.8.8.8"],
        ["0.0.0.0"],
        ["10.0.0.1", "127.0.0.1"],
    ],
)
def test_i11_a_name_that_leads_out_is_told_nothing(
    other: Listener, names: dict[str, list[str]], addresses: list[str]
) -> None:
    names["jumin.lan"] = addresses
    url = other.url.replace("http://127.0.0.1", "https://jumin.lan")
    outcome = Webhook(url, SECRET, ALLOWED).carry("R", "R.json", "application/json", b"{}")
    assert (outcome.what, outcome.reason) == ("never", closed_network.ELSEWHERE)
    assert other.asked == []


def test_i11_a_name_that_is_allowed_no_more_is_told_nothing(other: Listener) -> None:
    outcome = Webhook(other.url, SECRET, frozenset()).carry("R", "R.json", "application/json", b"{}")
    assert (outcome.what, outcome.reason, other.asked) == ("never", closed_network.NOT_ALLOWED, [])
