"""The four items of a card by the real `pcscd`, and no command that could ever reach the number on it."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from http.client import HTTPConnection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.agent.card import pcsc, reading
from kiosk.agent.card.codes import code_b, code_of
from kiosk.agent.card.commands import (
    SELECT_ITEMS,
    SELECT_KEY,
    SELECT_TEXT,
    TRIES,
    Line,
    read,
    verify,
)
from kiosk.agent.card.desk import CardDesk
from kiosk.agent.card.four_items import FourItems, Unreadable, length_of, parsed
from kiosk.agent.card.trouble import CardTrouble
from kiosk.agent.pairing import Pairing
from kiosk.agent.server import Agent, House
from tests.kiosk.agent.cards import CODE_B, LONG, NUMBER, PIN, SHORT, TEXT, Card, Reader, virtual_reader

HANAKO = FourItems("山田　花子", "静岡県架空市中央１－２－３", "1989-01-08", "女")
TARO = FourItems(
    "ＳＡＭＰＬＥ　ＴＡＲＯ", "三重県架空市阿児町鵜方９９９９番地の９９　サンプルマンション海の見える棟１２０４号室",
    "2000-02-29", "男",
)  # fmt: skip
HIGH = (0, 1, 2, 7, 8, 0x7F, 0x80, 0x81, 0x82, 0x9F, 0xFF)
SELECT_NUMBER = bytes.fromhex("00A4020C020001")


def line_to(card: Card) -> Line:
    """A card without any reader."""

    def transmit(command: bytes) -> tuple[bytes, int]:
        told = card.answer(command)
        return told[:-2], int.from_bytes(told[-2:], "big")

    return Line(transmit)


def trouble(act: Callable[[], object]) -> tuple[str, int | None]:
    with pytest.raises(CardTrouble) as met:
        act()
    return met.value.word, met.value.tries


class TestWhatTheCardSays:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [(SHORT, HANAKO), (LONG, TARO), (b"\x00\x71" + SHORT, HANAKO), (SHORT + b"\xff" * 16, HANAKO)],
    )
    def test_every_shape_of_the_file_is_read(self, content: bytes, expected: FourItems) -> None:
        card = Card(items=content)
        assert reading.four_items(line_to(card), "code_b", bytearray(CODE_B)) == expected

    @pytest.mark.parametrize("byte", range(len(SHORT)))
    def test_a_file_cut_short_is_refused(self, byte: int) -> None:
        with pytest.raises(Unreadable):
            parsed(SHORT[:byte])

    @given(some.binary(max_size=300))
    def test_no_bytes_break_it(self, content: bytes) -> None:
        for act in (parsed, length_of):
            with contextlib.suppress(Unreadable):
                act(content)

    @given(some.integers(0, len(SHORT) - 1), some.integers(1, 255))
    def test_a_changed_byte_gives_four_items_or_nothing(self, place: int, change: int) -> None:
        changed = bytearray(SHORT)
        changed[place] ^= change
        with contextlib.suppress(Unreadable):
            assert parsed(bytes(changed)).name

    @pytest.mark.parametrize(
        ("birth", "expires", "security", "expected"),
        [("1989-01-08", "2031", "1234", "01010820311234"), ("2020-02-24", "2030", "0007", "02022420300007"),
         ("1989-01-07", "2032", "1234", "64010720321234")],
    )  # fmt: skip
    def test_code_b_is_what_stands_on_the_face(
        self, birth: str, expires: str, security: str, expected: str
    ) -> None:
        assert code_b(birth, expires, security) == expected

    @pytest.mark.parametrize(
        "sent",
        [{}, {"way": "code_a", "code": "123456789018"}, {"way": "pin", "code": "12345"}, {"way": "pin", "code": 1234},
         {"way": "pin", "code": "１２３４"}, {"way": "code_b", "code": "123456789018"}, {"way": "code_b", "birth": "x"},
         {"way": "code_b", "birth": "1989-01-08", "expires": "31", "security": "1234"}, {"way": ["pin"]}],
    )  # fmt: skip
    def test_a_value_that_can_be_none_is_never_presented(self, sent: dict[str, object]) -> None:
        assert trouble(lambda: code_of(sent.get("way"), sent)) == ("bad_code", None)


class TestTries:
    def test_a_wrong_value_says_how_many_are_left_and_is_not_tried_again(self) -> None:
        card = Card()
        assert trouble(lambda: reading.four_items(line_to(card), "pin", bytearray(b"0000"))) == ("wrong", 2)
        assert sum(command[:2] == b"\x00\x20" and len(command) > 4 for command in card.asked) == 1

    @pytest.mark.parametrize(("left", "word"), [(1, "last_try"), (0, "blocked")])
    def test_nothing_is_presented_where_it_would_be_the_last(self, left: int, word: str) -> None:
        card = Card(tries={0x11: left, 0x15: left})
        for way, code in (("pin", PIN), ("code_b", CODE_B)):
            assert trouble(lambda: reading.four_items(line_to(card), way, bytearray(code))) == (word, left)  # type: ignore[arg-type]  # noqa: B023
        assert card.tries == {0x11: left, 0x15: left}

    def test_asking_uses_none(self) -> None:
        card = Card()
        assert [reading.tries_left(line_to(card), "pin") for _ in range(5)] == [3] * 5

    def test_another_card_is_another_card(self) -> None:
        assert trouble(lambda: reading.tries_left(line_to(Card(applications=())), "pin")) == (
            "other_card",
            None,
        )


def states() -> Iterator[tuple[str, Line, Card]]:
    """A line in every place where it can stand."""
    steps: dict[str, list[bytes]] = {
        "nothing": [],
        "application": [SELECT_TEXT],
        "key": [SELECT_TEXT, SELECT_KEY["pin"]],
        "tries": [SELECT_TEXT, SELECT_KEY["pin"], TRIES],
        "open": [SELECT_TEXT, SELECT_KEY["pin"], TRIES, verify("pin", PIN)],
        "items": [SELECT_TEXT, SELECT_KEY["pin"], TRIES, verify("pin", PIN), SELECT_ITEMS],
    }
    for name, commands in steps.items():
        card = Card()
        line = line_to(card)
        for command in commands:
            assert line.send(command)[1] in (0x9000, 0x63C3)
        yield name, line, card


class TestTheNumberIsOutOfReach:
    NEVER = [
        SELECT_NUMBER, bytes.fromhex("00A4020C0200010000"), bytes.fromhex("00A40200020001"),
        bytes.fromhex("01A4020C020001"), bytes.fromhex("10A4020C020001"), bytes.fromhex("00A4000C020001"),
        bytes.fromhex("00A4080C020001"), bytes.fromhex("00A4020C0000020001"), bytes.fromhex("00A4020C020014"),
        bytes.fromhex("00B0810010"), bytes.fromhex("00B08100FF"), bytes.fromhex("00B1000104540200FF"),
        bytes.fromhex("00B2010C00"), bytes.fromhex("00CA000100"), TRIES, TRIES + b"\x00",
        bytes.fromhex("002000810431323334"), b"\x00\x20\x00\x80\x0c" + NUMBER, SELECT_TEXT + b"\x00",
        SELECT_ITEMS + b"\x01", bytes.fromhex("00A4040C0AD3921000310001010402"),
        bytes.fromhex("00A4040C0AD392F000260100000001"), b"",
    ]  # fmt: skip

    def test_no_state_of_a_reading_lets_one_of_them_out(self) -> None:
        for (name, line, card), command in itertools.product(list(states()), self.NEVER):
            if command == TRIES and name in ("key", "tries"):
                continue
            before = list(card.asked)
            assert trouble(lambda: line.send(command)) == ("forbidden", None), (name, command.hex())  # noqa: B023
            assert card.asked == before

    def test_of_every_select_and_read_only_the_four_items_pass(self) -> None:
        for _, line, card in states():
            for high, low in itertools.product(HIGH, range(256)):
                for command in (
                    bytes.fromhex("00A4020C02") + bytes([high, low]),
                    bytes([0, 0xB0, high, low, 7]),
                ):
                    known = line._known(command)
                    if known is not None:
                        assert command in (SELECT_ITEMS, *SELECT_KEY.values()) or (
                            high < 8 and known.name == "read"
                        )
            assert SELECT_NUMBER not in card.asked

    def test_nothing_is_read_before_the_four_items_are_selected(self) -> None:
        for name, line, _ in states():
            if name != "items":
                assert trouble(lambda: line.send(read(0, 7))) == ("forbidden", None), name  # noqa: B023

    def test_the_line_itself_presents_one_value_and_never_the_last(self) -> None:
        for left, asks in ((1, True), (0, True), (3, False)):
            line = line_to(Card(tries={0x11: left}))
            for command in (SELECT_TEXT, SELECT_KEY["pin"], *([TRIES] if asks else [])):
                line.send(command)
            assert trouble(lambda: line.send(verify("pin", PIN))) == ("forbidden", None), left  # noqa: B023
        line = line_to(Card())
        for command in (SELECT_TEXT, SELECT_KEY["pin"], TRIES, verify("pin", b"0000"), SELECT_TEXT):
            line.send(command)
        for command in (verify("pin", PIN), SELECT_KEY["pin"], SELECT_KEY["code_b"], TRIES):
            assert trouble(lambda: line.send(command)) == ("forbidden", None)  # noqa: B023

    @given(some.lists(some.one_of(
        some.sampled_from([SELECT_TEXT, *SELECT_KEY.values(), TRIES, verify("pin", PIN), verify("code_b", CODE_B),
                           SELECT_ITEMS, read(0, 7), SELECT_NUMBER, bytes.fromhex("00B0810010")]),
        some.binary(max_size=12)), max_size=25))  # fmt: skip
    def test_whatever_is_sent_in_whatever_order_the_number_never_comes_back(
        self, commands: list[bytes]
    ) -> None:
        card = Card()
        line = line_to(card)
        for command in commands:
            with contextlib.suppress(CardTrouble):
                assert NUMBER not in line.send(command)[0]
        assert not [
            one
            for one in card.asked
            if one[:2] == b"\x00\xa4" and one.endswith(b"\x00\x01") and len(one) == 7
        ]
        assert card.tries[0x11] >= 2

    def test_a_planted_fault_in_the_reading_is_stopped_at_the_line(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "SELECT_ITEMS", SELECT_NUMBER)
        card = Card()
        assert trouble(lambda: reading.four_items(line_to(card), "pin", bytearray(PIN))) == (
            "forbidden",
            None,
        )
        assert SELECT_NUMBER not in card.asked

    def test_nothing_but_the_line_talks_to_a_card(self) -> None:
        found = [
            path.name
            for path in Path(pcsc.__file__).parents[2].rglob("*.py")
            if re.search(r"\.transmit\(|_transmit\(|SCardTransmit", path.read_text(encoding="utf-8"))
        ]
        assert sorted(found) == ["commands.py", "pcsc.py"]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The real `pcscd`; skips with the reason where it cannot be."""
    if not pcsc.installed():
        pytest.skip("the extra `card` is not installed here")
    with virtual_reader() as found:
        yield found


class TestAtTheReader:
    @pytest.fixture
    def desk(self) -> CardDesk:
        return CardDesk(lambda: pcsc.opened("Virtual"))

    def test_a_card_is_read_by_its_face_and_by_its_pin(self, reader: Reader, desk: CardDesk) -> None:
        with reader.with_card(Card(items=LONG)) as card:
            assert desk.tries({"way": "pin"}) == {"tries": 3}
            for sent in ({"way": "code_b", "code": CODE_B.decode()}, {"way": "pin", "code": PIN.decode()}):
                assert desk.read(sent) == asdict(TARO)
            assert trouble(lambda: desk.read({"way": "pin", "code": "0000"})) == ("wrong", 2)
            assert trouble(lambda: desk.read({"way": "pin", "code": "0000"})) == ("wrong", 1)
            assert trouble(lambda: desk.read({"way": "pin", "code": PIN.decode()})) == ("last_try", 1)
        assert SELECT_NUMBER not in card.asked
        assert {one[5:] for one in card.asked if one[:4] == bytes.fromhex("00A4040C")} == {TEXT}

    def test_no_card_no_reader_and_a_card_pulled_out_have_their_words(
        self, reader: Reader, desk: CardDesk
    ) -> None:
        assert trouble(lambda: desk.tries({"way": "pin"})) == ("no_card", None)
        assert trouble(lambda: CardDesk(lambda: pcsc.opened("nobody's")).tries({"way": "pin"})) == (
            "no_reader",
            None,
        )
        with reader.with_card(Card(pulled_at=read(0, 7))):
            assert trouble(lambda: desk.read({"way": "pin", "code": PIN.decode()})) == ("removed", None)
        with reader.with_card(Card()):
            assert desk.read({"way": "pin", "code": PIN.decode()})["name"] == HANAKO.name

    def test_a_planted_fault_never_reaches_the_card(
        self, reader: Reader, desk: CardDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "SELECT_ITEMS", SELECT_NUMBER)
        with reader.with_card(Card()) as card:
            assert trouble(lambda: desk.read({"way": "pin", "code": PIN.decode()})) == ("forbidden", None)
        assert SELECT_NUMBER not in card.asked


class TestThePagesDoor:
    """The agent in this process, with a card and without a reader."""

    @pytest.fixture
    def card(self) -> Card:
        return Card()

    @pytest.fixture
    def asked(self, card: Card, tmp_path: Path) -> Iterator[Callable[..., tuple[int, dict[str, object]]]]:
        @contextlib.contextmanager
        def opened() -> Iterator[Line]:
            yield line_to(card)

        pairing = Pairing(tmp_path)
        secret = pairing.pair(pairing.code)
        agent = Agent(
            "127.0.0.1", 0, House(None, pairing, frozenset({"https://a.example"}), CardDesk(opened))
        )
        threading.Thread(target=agent.serve_forever, daemon=True).start()

        def ask(path: str, **sent: object) -> tuple[int, dict[str, object]]:
            line = HTTPConnection("127.0.0.1", agent.server_address[1], timeout=5)
            headers = {"Origin": "https://a.example", "Content-Type": "application/json"}
            headers["Authorization"] = f"Bearer {sent.pop('secret', secret)}"
            line.request("POST" if sent else "GET", path, json.dumps(sent) if sent else None, headers)
            answer = line.getresponse()
            found = answer.status, json.loads(answer.read())
            line.close()
            return found

        yield ask
        agent.shutdown()
        agent.server_close()

    def test_a_paired_page_gets_the_four_items_and_nothing_else(self, asked, card):
        assert asked("/status") == (200, {"ready": False, "problem": "no_printer", "card": True})
        assert asked("/card/tries", way="code_b") == (200, {"tries": 10})
        status, found = asked("/card", way="code_b", birth="1989-01-08", expires="2031", security="1234")
        assert (status, found) == (
            200,
            {"name": HANAKO.name, "address": HANAKO.address, "birth": HANAKO.birth, "sex": "女"},
        )
        assert SELECT_NUMBER not in card.asked

    def test_what_went_wrong_is_a_word_with_the_tries_left(self, asked):
        assert asked("/card", way="pin", code="0000") == (409, {"error": "wrong", "tries": 2})
        assert asked("/card", way="pin", code="0000") == (409, {"error": "wrong", "tries": 1})
        assert asked("/card", way="pin", code="4321") == (409, {"error": "last_try", "tries": 1})
        assert asked("/card", way="code_a", code="1" * 12) == (409, {"error": "bad_code"})
        assert asked("/jobs", job="1", slip={}) == (404, {"error": "printer"})

    def test_a_page_that_was_not_paired_gets_nothing(self, asked, card):
        assert asked("/card", way="pin", code="4321", secret="x") == (401, {"error": "secret"})
        assert card.asked == []


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcsc, "scard", None)
    assert trouble(lambda: CardDesk(pcsc.opened).tries({"way": "pin"})) == ("not_installed", None)
