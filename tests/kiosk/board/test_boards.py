"""What a board shows, and what it never shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import jsonschema_rs
import pytest

from kiosk.board import pages
from models.catalogue.loader import load
from models.operations import arrivals, calling, hall
from models.queries import estimates
from tests.kiosk.board.conftest import House
from tests.postgresql import BOTH

TEXT = {"type": "string"}
NUMBER = {"type": "string", "pattern": "^[A-Z]{1,3}[0-9]{3,5}$"}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+09:00$"}


def closed(**properties):
    """An object with exactly these fields."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMA = closed(
    version={"type": "integer"},
    day={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    as_of=INSTANT,
    calls={"type": "array", "maxItems": 12, "items": closed(
        version={"type": "integer"}, number=NUMBER, counter={"type": "string", "maxLength": 8}, at=INSTANT,
        kind={"enum": ["call", "recall", "deliver"]},
        say={"type": "array", "items": closed(
            language={"enum": ["ja", "en"]}, text=TEXT,
            sound={"type": "string", "pattern": r"^/board/honcho/voice/[A-Z]+\d+/\w+\?[a-z0-9=&]+$"},
        )},
    )},
    look=TEXT,
    pieces=closed(mean=TEXT, now=TEXT, recent=TEXT, deliveries=TEXT, waits=TEXT, foot=TEXT),
)  # fmt: skip


def words(html):
    """The text of HTML, its pieces apart."""
    return [text for one in re.split(r"<[^>]*>", html) if (text := unescape(one).strip())]


def shown(state, piece):
    return words(state["pieces"][piece])


def test_an_empty_hall_says_so(told, house):
    state = told()
    assert "ただいま お呼び出しはありません" in shown(state, "now")
    assert state["calls"] == []


def test_the_newest_call_stands_large_and_the_others_below(told, house):
    first, second = house.serve("A"), house.call("B")
    state = told()
    assert shown(state, "now") == [
        "お呼び出し中", "Now calling", second, "2", "番窓口", f"Ticket number {second}, please come to counter 2.",
    ]  # fmt: skip
    assert first in shown(state, "recent")
    assert second not in shown(state, "recent")


def test_a_call_is_the_newest_again_when_it_is_repeated(told, house):
    first, second = house.call("A"), house.call("B")
    assert second in shown(told(), "now")
    house.step(first, "recall")
    state = told()
    assert first in shown(state, "now")
    assert [call["kind"] for call in state["calls"]].count("recall") == 1


def test_yellow_ends_when_whoever_did_not_come_counts_as_absent(told, house, clock):
    house.call("A")
    assert "fresh" in told()["pieces"]["now"]
    clock.tick(timedelta(seconds=95))
    state = told()
    assert "fresh" not in state["pieces"]["now"]
    assert "最後のお呼び出し" in shown(state, "now")


def test_calls_to_the_hand_over_have_their_own_column_and_wording(told, house):
    number = house.deliver("A")
    house.call("B")
    state = told()
    assert number in shown(state, "deliveries")
    assert number not in shown(state, "recent")
    said = next(call for call in state["calls"] if call["number"] == number)["say"]
    assert "受け渡し窓口" in said[0]["text"]


def test_who_did_not_come_is_listed(told, house):
    number = house.miss("A")
    house.call("B")
    assert number in shown(told(), "foot")


def test_waits_are_shown_as_ranges_and_people_as_numbers(told, house):
    for _ in range(3):
        house.issue("A")
    rows = shown(told(), "waits")
    at = rows.index("証明書")
    assert rows[at - 1] == "A"
    assert rows[at + 2] == "3人"
    assert re.fullmatch(r"すぐ|\d+分くらい|\d+〜\d+分|—", rows[at + 3])


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        ((110, 115), "110〜115分"),
        ((260, 290), "4時間20分〜4時間50分"),
        ((30, 30), "30分くらい"),
        ((180, 180), "3時間くらい"),
    ],
)
def test_from_two_hours_on_waits_are_shown_in_hours(told, house, monkeypatch, wait, said):
    monkeypatch.setattr(estimates, "shown_range", lambda _: wait)
    house.issue("A")
    rows = shown(told(), "waits")
    assert "".join(rows[rows.index("証明書") + 3 :]).startswith(said)


def test_a_board_for_some_queues_shows_and_says_those_only(told, house):
    certificate, moving = house.call("A"), house.call("B")
    missed = house.miss("F")
    state = told("?queues=A,C")
    assert [call["number"] for call in state["calls"]] == [certificate]
    everything = " ".join(state["pieces"].values())
    assert certificate in everything
    assert moving not in everything
    assert missed not in everything
    assert [one for one in shown(state, "waits") if re.fullmatch("[A-Z]", one)] == ["A", "C"]


def test_parts_that_were_not_asked_for_are_not_there(told, house):
    house.miss("A")
    house.call("A")
    state = told("?parts=calls")
    assert [name for name, html in state["pieces"].items() if html.strip()] == ["now", "recent"]


def test_numbers_that_ended_and_notices_are_said(told, house):
    house.stop("<b>証明書</b>はコンビニでも取れます。")
    foot = told()["pieces"]["foot"]
    assert "発券は終わりました" in foot
    assert "&lt;b&gt;証明書&lt;/b&gt;はコンビニでも取れます。" in foot


@pytest.mark.parametrize(
    ("instant", "sentence", "opens"),
    [
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "8:30から受け付けます。", ""),
        (
            datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
            "きょうの受付は終わりました。",
            "11月25日（水） 8:30〜17:15",
        ),
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), "きょうはお休みです。", "11月24日（火） 8:30〜17:15"),
    ],
)
def test_a_closed_hall_says_why_and_when_it_opens_and_shows_no_waits(
    client, told, house, clock, instant, sentence, opens
):
    clock.move_to(instant)
    state = told()
    assert shown(state, "now")[0] == sentence
    said = " ".join(shown(state, "now"))
    assert (f"次に開くのは {opens} です。" in said) if opens else "次に開くのは" not in said
    assert ("Next open: " in said) == bool(opens)
    assert not opens or "Wed" in said or "Tue" in said, "the date is English beside English"
    assert "over" in state["look"].split()
    assert sentence in client.get("/board/honcho").text


def test_after_closing_whoever_waits_is_still_called(told, house, clock):
    house.issue("A")
    number = house.call("B")
    clock.move_to(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    state = told()
    assert number in shown(state, "now")
    assert "over" not in state["look"].split()
    assert any("番号をお持ちの方は、順番にお呼びします。" in one for one in shown(state, "foot"))


def test_a_board_is_japanese_whatever_its_browser_would_like(client, house):
    page = client.get("/board/honcho", headers={"Accept-Language": "en"})
    assert '<html lang="ja"' in page.text
    assert '<html lang="en"' in client.get("/board/honcho?lang=en,ja").text
    assert "Nobody is being called now" in client.get("/board/honcho?lang=en").text


def test_other_languages_stand_beside_the_call(told, house):
    number = house.call("A")
    now = told("?lang=ja,ko,zh-Hans")["pieces"]["now"]
    assert f'<li lang="ko">{number}번 고객님, 1번 창구로 와 주십시오.</li>' in now
    assert '<li lang="zh-Hans">' in now
    assert "Now calling" not in now


def test_what_is_said_of_a_call(told, house):
    number = house.call("A")
    said = told("?voice=ja,en")["calls"][0]["say"]
    assert [one["language"] for one in said] == ["ja", "ja", "en"]
    assert said[0]["text"] == "番号札、エーのいち番のかた、いち番窓口へお越しください。"
    assert said[0]["sound"] == f"/board/honcho/voice/{number}/1?language=ja"
    assert said[1]["sound"].endswith("&again=1")
    assert told("?voice=off")["calls"][0]["say"] == []


def test_an_unchanged_hall_is_answered_by_its_tag(client, house):
    first = client.get("/board/honcho/state")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/board/honcho/state", headers=tag).status_code == 304
    assert client.get("/board/honcho/state?queues=A", headers=tag).status_code == 200
    house.call("A")
    assert client.get("/board/honcho/state", headers=tag).status_code == 200


def test_boards_that_are_set_up_alike_are_drawn_once(client, house, monkeypatch):
    drawn = []
    made = pages._told
    monkeypatch.setattr(pages, "_told", lambda *asked: drawn.append(1) or made(*asked))
    for _ in range(5):
        client.get("/board/honcho/state")
    assert len(drawn) == 1
    house.call("A")
    client.get("/board/honcho/state")
    assert len(drawn) == 2


def test_the_page_is_whole_without_scripts_and_renews_itself(client, house):
    number = house.call("A")
    page = client.get("/board/honcho")
    assert number in page.text
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page.text
    assert "9:00現在" in page.text


def test_an_unknown_office_is_not_found(client, house):
    for path in ("/board/nowhere", "/board/nowhere/state", "/board/nowhere/voice/A001/1"):
        assert client.get(path).status_code == 404


def test_the_setup_page_puts_the_address_together(client, house):
    page = client.get("/board/?office=higashi&queues=A&queues=B&voice=off&lang=ja&zoom=130").text
    assert "/board/higashi?queues=A,B&amp;lang=ja&amp;voice=off&amp;zoom=130" in page
    assert "--autoplay-policy=no-user-gesture-required" in page
    assert client.get("/board/?office=nix").status_code == 200


def busy(house: House) -> None:
    """A hall in which everything happens that could leak: names, reasons, priority, languages, booths."""
    with house.inside() as place:
        arrivals.issue(place, ["KOS-01"], "test")
    for queue in "ABCF":
        house.serve(queue)
        house.issue(queue)
    house.deliver("A")
    house.miss("B")
    house.call("C")
    house.stop("お知らせです。")


@BOTH
def test_a11_nothing_but_numbers_counters_queues_and_notices_is_told(told, house):
    busy(house)
    for query in ("", "?lang=en,ja", "?voice=ja,en&lang=ja,en,ko,vi", "?parts=calls,waits&voice=off"):
        jsonschema_rs.validator_for(SCHEMA).validate(told(query))


def test_a11_a_field_too_much_would_be_found(told, house):
    house.call("A")
    state = told()
    state["calls"][0]["name"] = "カツラギ"
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(SCHEMA).validate(state)


def test_a11_no_procedure_is_named_on_a_board(client, told, house):
    busy(house)
    text = client.get("/board/honcho").text + str(told())
    chosen = load()
    queues = {queue.words.ja for queue in chosen.queues.values()}
    for code, procedure in chosen.procedures.items():
        assert code not in text
        if procedure.words.ja not in queues:
            assert procedure.words.ja not in text
    assert "test" not in re.sub("newest|latest", "", text)


def test_a11_a_call_to_a_booth_is_not_shown(told, house):
    with house.inside() as place:
        hall.set_policy(place, {"several": "booth"}, "test")
        number = arrivals.issue(place, ["JUM-01", "KOK-01"], "test").number
        for action in ("call", "start", "finish"):
            calling.step(place, number, action, "test", "1")
        calling.step(place, number, "call", "test", "5")
    assert [call["counter"] for call in told()["calls"] if call["number"] == number] == ["1"]
