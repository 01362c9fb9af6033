"""A code that is sent in LINE ties its sender to a booking or a number: once, within ten minutes, not by guessing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Forbidden, Gone, NotFound
from models.core.settings import Settings
from models.core.space import Space
from models.core.tokens import new_token
from models.operations import arrivals, booking, channels, purging, reissuing, subscriptions
from models.operations.line_codes import LIFE, MOST_WRONG, hear, issue
from models.queries import bookings
from models.queries.letters import letter_of
from models.queries.offices import office
from models.queries.ways import line_account
from models.rules import references
from models.tables import LineCode, Message, Subscription
from tests.operations.sessions import at_once, two
from tests.operations.test_messages import tomorrow

SECRET = "0123456789abcdef0123456789abcdef"
NEEDS = {"token": "channel-token", "secret": SECRET, "account": "@maeniwa"}
BOT, AIKO, BEN = "U" + "b" * 32, "U" + "1" * 32, "U" + "2" * 32
EVENTS = count(1)
pytestmark = pytest.mark.usefixtures("account")
ONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def account(city: Space) -> None:
    """The city's LINE account is open, and its servers tell us of it."""
    channels.open_channel("line", NEEDS, "test")


def number() -> str:
    """The token of a number that was taken at the kiosk."""
    return arrivals.issue(office("honcho"), ["JUM-01"], "kiosk").token


def event(person: str, text: str = "", kind: str = "message", **more: Any) -> dict[str, Any]:
    told = {
        "type": kind, "source": {"type": "user", "userId": person}, "timestamp": int(now().timestamp() * 1000),
        "webhookEventId": f"01HX{next(EVENTS):022d}", "replyToken": "r", "deliveryContext": {"isRedelivery": False},
    }  # fmt: skip
    return told | ({"message": {"type": "text", "id": "1", "text": text}} if kind == "message" else {}) | more


def body(*events: dict[str, Any], destination: str = BOT) -> bytes:
    return json.dumps({"destination": destination, "events": list(events)}).encode()


def sign(content: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def send(*events: dict[str, Any], **more: Any) -> int:
    content = body(*events, **more)
    return hear(content, sign(content))


def answers() -> list[tuple[str, str]]:
    """Kind and language of what goes out by LINE, in order."""
    rows = session().execute(select(Message.kind, Message.language).where(Message.channel == "line"))
    return [(row.kind, row.language) for row in rows.all()]


def told() -> int:
    return session().scalar(select(func.count()).where(Subscription.ended_at.is_(None))) or 0


@ONE
@pytest.mark.parametrize("written", [" {spaced} ", "{small}", "{wide}"])
def test_the_code_ties_its_sender_and_is_answered_by_the_outbox(written: str) -> None:
    code = issue(number(), "vi").code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    text = written.format(code=code, spaced=f"{code[:4]}-{code[4:]}", small=code.lower(), wide=wide)
    assert send(event(AIKO, text)) == 1
    assert answers() == [("linked", "vi")]
    letter = letter_of(session().scalars(select(Message.id).where(Message.kind == "linked")).one())
    assert letter.to == AIKO
    assert "LINE" in letter.body
    (way,) = subscriptions.ways_of(session(), visit_id=1)
    assert (way.channel, way.address, way.language) == ("line", AIKO, "vi")


def test_a_booking_is_told_of_by_line_from_then_on() -> None:
    made = tomorrow()
    assert send(event(AIKO, issue(made.token, "ja").code)) == 1
    session().rollback()
    booking.cancel(made.token)
    assert [kind for kind, _ in answers()][:1] == ["linked"]
    assert told() == 0


@ONE
def test_a_code_works_once_and_the_same_event_told_again_changes_nothing() -> None:
    code = issue(number(), "ja").code
    first = event(AIKO, code)
    assert [send(first), send(first), send(event(AIKO, code))] == [1, 0, 0]
    assert answers() == [("linked", "ja")]
    assert send(event(BEN, code)) == 1
    assert answers()[1:] == [("not_linked", "ja")]
    assert told() == 1


@ONE
def test_an_event_that_is_played_again_does_not_bring_back_what_was_stopped() -> None:
    token = number()
    first = event(AIKO, issue(token, "ja").code)
    send(first)
    (way,) = subscriptions.ways_of(session(), visit_id=1)
    assert way.subscription_id
    session().rollback()
    subscriptions.end(token, way.subscription_id)
    assert send(first) == 0
    assert told() == 0


def test_two_who_send_the_same_code_at_once_are_not_both_tied(settings: Settings) -> None:
    code = issue(number(), "ja").code
    contents = [body(event(person, code)) for person in (AIKO, BEN)]
    hear(body(), sign(body()))
    session().rollback()
    with two(settings) as seats:
        at_once(seats, [partial(hear, one, sign(one)) for one in contents])
    assert told() == 1
    assert sorted(kind for kind, _ in answers()) == ["linked", "not_linked"]


@ONE
def test_a_code_ends_after_ten_minutes_with_a_newer_one_and_with_its_page(
    clock: FrozenDateTimeFactory,
) -> None:
    token, made = number(), tomorrow()
    first = issue(token, "ja")
    second = issue(token, "ja")
    renewed = issue(made.token, "ja")
    session().rollback()
    reissuing.reissue(bookings.by_token(made.token), "resident")
    assert second.until == now() + LIFE
    send(event(AIKO, first.code), event(AIKO, renewed.code))
    clock.tick(LIFE - timedelta(seconds=1))
    last = issue(token, "ja")
    clock.tick(LIFE)
    send(event(AIKO, second.code), event(AIKO, last.code))
    assert [kind for kind, _ in answers()] == ["not_linked"] * 4
    assert told() == 0


@ONE
def test_whoever_guesses_is_answered_five_times_an_hour_and_then_not_even_read(
    clock: FrozenDateTimeFactory,
) -> None:
    code, wrong = issue(number(), "ja").code, references.new(b"12345678")
    for _ in range(MOST_WRONG + 3):
        send(event(BEN, wrong))
    assert answers() == [("not_linked", "ja")] * MOST_WRONG
    assert send(event(BEN, code)) == 0
    assert told() == 0
    assert send(event(AIKO, code)) == 1
    clock.tick(timedelta(hours=1, seconds=1))
    assert send(event(BEN, wrong)) == 1


@ONE
def test_a_wrong_code_costs_the_same_look_as_a_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("models.operations.line_codes.keyed", lambda text: asked.append(text) or b"0" * 32)
    for text in (references.new(b"12345678"), "ABCDEFGH", "00000000"):
        send(event(AIKO, text))
    assert len(asked) == 3


@ONE
def test_only_what_the_channels_secret_signed_is_heard() -> None:
    content = body(event(AIKO, issue(number(), "ja").code))
    changed = content.replace(AIKO.encode(), BEN.encode())
    for wrong, signature in (
        (content, ""), (content, sign(content, "f" * 32)), (changed, sign(content)), (content + b" ", sign(content)),
        (content, "日本"), (content, sign(content)[:-4]),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            hear(wrong, signature)
    assert told() == 0
    assert hear(content, sign(content)) == 1


@ONE
def test_another_accounts_events_are_refused_once_it_is_known_whose_they_are() -> None:
    send()
    with pytest.raises(Forbidden):
        send(event(AIKO, issue(number(), "ja").code), destination="U" + "c" * 32)
    assert told() == 0
    channels.open_channel("line", NEEDS, "test")
    assert send(destination="U" + "c" * 32) == 0


@ONE
def test_who_blocks_the_account_hears_nothing_more_of_what_was_asked_for_until_then(
    clock: FrozenDateTimeFactory,
) -> None:
    token = number()
    send(event(AIKO, issue(token, "ja").code))
    clock.tick(timedelta(minutes=1))
    left = event(AIKO, kind="unfollow")
    assert [send(left), send(left)] == [1, 0]
    assert told() == 0
    assert session().scalars(select(Message.state)).all() == ["dropped"]
    clock.tick(timedelta(minutes=1))
    send(event(AIKO, issue(token, "ja").code))
    assert send(left) == 0, "an old event does not end what was asked for since"
    assert told() == 1


@ONE
def test_groups_pictures_and_broken_events_are_passed_over() -> None:
    code = issue(number(), "ja").code
    group = {"type": "group", "userId": AIKO, "groupId": "C1"}
    strange: list[Any] = [
        event(AIKO, code, source=group), event(AIKO, code, message={"type": "image", "id": "1"}), event("U1", code),
        event(AIKO, code, timestamp=10**30), event(AIKO, code, timestamp="x"), event(AIKO, code, webhookEventId="'"),
        event(AIKO, kind="follow"), {}, 5, None, event(AIKO, code, source=None),
    ]  # fmt: skip
    assert send(*strange) == 0
    assert answers() == []


@ONE
def test_without_an_account_there_is_no_code_and_nobody_listens() -> None:
    token = number()
    session().rollback()
    for closing in (
        lambda: channels.open_channel("line", {"token": "t"}, "test"),
        lambda: channels.close_channel("line", "test"),
    ):
        closing()
        assert line_account() == ""
        with pytest.raises(Conflict):
            issue(token, "ja")
        with pytest.raises(NotFound):
            hear(body(), sign(body()))


@ONE
def test_a_code_is_for_whoever_holds_something_that_is_to_come(clock: FrozenDateTimeFactory) -> None:
    made, taken = tomorrow(), number()
    session().rollback()
    booking.cancel(made.token)
    with pytest.raises(Gone):
        issue(made.token, "ja")
    clock.tick(timedelta(days=1))
    with pytest.raises(Gone):
        issue(taken, "ja")
    with pytest.raises(NotFound):
        issue(new_token(), "ja")


@ONE
def test_of_a_code_nothing_can_be_read_and_nothing_is_left(clock: FrozenDateTimeFactory) -> None:
    token = number()
    issued = issue(token, "ja")
    row = session().scalars(select(LineCode)).one()
    kept = row.code_hash + row.holder_hash + row.holder
    assert issued.code.encode() not in kept
    assert token.encode() not in kept
    assert issued.code not in repr(issued)
    session().rollback()
    clock.tick(timedelta(days=1))
    purging.purge(office("honcho").day_of(now()))
    assert session().scalar(select(func.count()).select_from(LineCode)) == 0
