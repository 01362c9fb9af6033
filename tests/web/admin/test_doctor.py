"""The page of what is wrong: every finding in words, only what is this city's, and buttons that really mend."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core import directory
from models.core.clock import now
from models.core.db import session, standing
from models.core.settings import Settings
from models.core.space import Space
from models.core.transaction import act
from models.operations import booking, channels, diagnosis, jobs
from models.operations.booking import Request
from models.queries import undelivered
from models.queries.agreement import disagreement
from models.queries.jobs import history
from models.queries.offices import office
from models.rules.findings import KINDS, Finding
from models.rules.timetable import ENTRIES
from models.tables import AuditEntry, Channel, Slot
from tests.conftest import inside
from tests.operations.test_booking import free
from tests.scheduler.test_mailer import AIKO
from tests.web.admin.previews import untagged
from tests.web.people import AYA, employ, post, sign_in
from web.admin import finding_words

PAGE, MEND = "/admin/doctor/", "/admin/doctor/mend"


@pytest.fixture
def engine() -> str:
    """What is shown does not depend on the database; what is mended is tested with its operations."""
    return "sqlite"


@pytest.fixture
def aya(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(diagnosis, "MOST_SKEW_SECONDS", 10**9)  # the clock of the tests stands still
    with inside(settings):
        jobs.beat("test")
    employ(settings, AYA)
    return sign_in(app, AYA)


def pressed(aya: FlaskClient, page: str, text: str) -> str:
    """Follow a button that leads to a confirmation, see what it says, and press there; where one ends up."""
    found = re.search(rf'href="([^"]+)">{text}</a>', aya.get(page).text)
    assert found, text
    asks = found[1].replace("&amp;", "&")
    assert "監査記録に残ります" in aya.get(asks).text
    fields = dict(part.split("=") for part in asks.partition("?")[2].split("&"))
    return str(post(aya, asks, MEND, **fields).headers["Location"])


def noted(settings: Settings) -> list[tuple[str, str, str]]:
    with inside(settings):
        rows = session().scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.actor, row.action, row.subject) for row in rows]


@act
def miscount(session: Session, *slots: int) -> None:
    session.execute(update(Slot).where(Slot.id.in_(slots)).values(taken=1))


def test_every_kind_of_finding_is_said_on_both_sides_with_the_same_values() -> None:
    assert set(KINDS) == set(finding_words.WORDS)
    for kind, words in finding_words.WORDS.items():
        known = set(re.findall(r"{(\w+)}", "".join(KINDS[kind])))
        assert set(re.findall(r"{(\w+)}", words.what + words.mend)) <= known, kind


def test_a_sound_installation_is_called_so_also_after_a_close_look(aya: FlaskClient) -> None:
    assert "悪いところは見つかりませんでした" in aya.get(PAGE).text
    page = aya.get(PAGE, query_string={"whole": "true"}).text
    assert "悪いところは見つかりませんでした" in page


def test_slots_that_count_wrong_are_counted_anew_and_each_is_in_the_audit(
    aya: FlaskClient, settings: Settings
) -> None:
    with inside(settings):
        miscount(7000, 7001)
    assert "予約枠2個" in aya.get(PAGE, query_string={"whole": "true"}).text
    after = pressed(aya, f"{PAGE}?whole=true", "予約を数え直す")
    page = aya.get(after).text
    assert "予約枠2個を数え直しました" in page
    assert "悪いところは見つかりませんでした" in page
    with inside(settings):
        assert not disagreement(now().date()).found
    assert [one for one in noted(settings) if one[1] == "slot.recount"] == [
        ("aya", "slot.recount", "7000"),
        ("aya", "slot.recount", "7001"),
    ]


def test_a_job_that_failed_is_run_again(
    aya: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> dict[str, int]:
        raise RuntimeError

    period = ENTRIES["publish-slots"].last_due(now())
    with monkeypatch.context() as planted, inside(settings):
        planted.setattr(jobs, "JOBS", {**jobs.JOBS, "publish-slots": broken})
        with pytest.raises(RuntimeError):
            jobs.run("publish-slots", period)
    assert "「予約枠の公開」が失敗しました" in aya.get(PAGE).text
    assert "「予約枠の公開」を頼みました" in aya.get(pressed(aya, PAGE, "もう一度行う")).text
    with inside(settings):
        assert jobs.run("publish-slots", period) is not None
        assert [one.state for one in history(job="publish-slots")] == ["done"]
    assert "失敗" not in aya.get(PAGE).text
    assert ("aya", "job.ask", "publish-slots") in noted(settings)


class TestWay:
    """E-mail was open, a booking was made, and then the way was lost without a word."""

    @pytest.fixture
    def lost(self, aya: FlaskClient, settings: Settings) -> FlaskClient:
        with inside(settings):
            channels.open_channel(
                "email", {"url": "smtp://post.example.jp", "sender": "yoyaku@example.jp"}, "aya"
            )
            booking.book(Request(office("honcho"), ("JUM-01",), free()[20], AIKO))
            lose_mail()
            assert undelivered.stranded() == {"email": 1}
        return aya

    def test_it_is_opened_again_with_what_was_kept(self, lost: FlaskClient, settings: Settings) -> None:
        assert "メールで送るお知らせ1通が、送り方がなくて待っています" in lost.get(PAGE).text
        assert "メールをもう一度開きました" in untagged(lost.get(pressed(lost, PAGE, "もう一度開く")).text)
        with inside(settings):
            assert undelivered.stranded() == {}
            assert channels.needs_of("email")["url"] == "smtp://post.example.jp"
        assert noted(settings)[-1] == ("aya", "channel.open", "email")

    def test_whoever_finds_an_open_browser_must_give_the_password_first(
        self, lost: FlaskClient, settings: Settings, clock: object
    ) -> None:
        with lost.session_transaction() as kept:
            kept["fs_paa"] = 0
        answer = post(lost, f"{MEND}?what=way&which=email", MEND, what="way", which="email")
        assert answer.headers["Location"].startswith("/staff/sign-in?next=/admin/doctor/mend")
        with inside(settings):
            assert undelivered.stranded() == {"email": 1}

    def test_where_nothing_was_kept_the_page_of_ways_is_offered(
        self, lost: FlaskClient, settings: Settings
    ) -> None:
        with inside(settings):
            lose_mail(needs=True)
        page = lost.get(PAGE).text
        assert 'href="/admin/messages/ways/">送り方を決める' in page
        assert lost.get(f"{MEND}?what=way&which=email").status_code == 404


@act
def lose_mail(session: Session, needs: bool = False) -> None:
    row = session.get_one(Channel, "email")
    row.active = False
    if needs:
        row.needs = None


@pytest.mark.parametrize("asked", ["", "?what=keys", "?what=job&which=sweep-absent", "?what=way&which=fax"])
def test_nothing_else_can_be_mended_here(aya: FlaskClient, asked: str) -> None:
    assert aya.get(MEND + asked).status_code == 404


class TestSharedMachine:
    """Two cities on one machine: each administrator sees what is theirs."""

    @pytest.fixture
    def shared(self, settings: Settings, aya: FlaskClient) -> FlaskClient:
        with standing(settings):
            directory.enter_in_directory(Space("tonari"), "隣町")
        return aya

    def test_nothing_of_the_machine_and_of_others_is_shown(
        self, shared: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(diagnosis, "LEAST_FREE_BYTES", 10**18)
        with inside(settings):
            miscount(7000)
        page = shared.get(PAGE, query_string={"whole": "true"}).text
        assert "予約枠1個" in page
        assert "この自治体のことだけです" in page
        for word in ("MBしか", "tonari", "隣町", "maeniwa upgrade", str(settings.instance)):
            assert word not in page

    def test_alone_the_machine_is_shown_but_never_where_keys_are(
        self, aya: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(diagnosis, "LEAST_FREE_BYTES", 10**18)
        next(settings.keys.rglob("*.key")).chmod(0o644)
        page = aya.get(PAGE, query_string={"whole": "true"}).text
        assert "MBしかありません" in page
        assert "鍵のファイルを、ほかの利用者も読めます" in page
        for secret in (settings.keys, settings.instance):
            assert str(secret) not in page


def test_a_quick_look_opens_no_keys_draws_no_form_and_counts_no_rows(
    aya: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> Iterator[Finding]:
        raise AssertionError

    monkeypatch.setattr(diagnosis, "OF_MACHINE_WHOLE", (never,))
    monkeypatch.setattr(diagnosis, "OF_CITY_WHOLE", (never,))
    assert aya.get(PAGE).status_code == 200
