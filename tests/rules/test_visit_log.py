"""Reading a city's own log of past visits: bad lines named one by one, good ones kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.loader import load
from models.core.errors import Invalid
from models.rules.statistics import handling_minutes, wait_minutes
from models.rules.visit_log import Known, LoggedVisit, ReadLog, Rejected, known_words, read_log, stream_log

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KNOWN = Known(
    queues={"A": "A", "証明書": "A", "B": "B"},
    procedures={"JUM-01": "JUM-01", "IDO-01": "IDO-01", "certificate": "JUM-01"},
    queue_of={"JUM-01": "A", "IDO-01": "B"},
)
HEADER = "ticket_id,queue,procedure,arrived_at,booked_for,called_at,finished_at,counter"
GOOD = "1102-001,A,JUM-01,2026-11-02 09:00:10,,2026-11-02 09:05:10,2026-11-02 09:17:10,3"


def read(*lines: str, header: str = HEADER) -> ReadLog:
    return read_log("\n".join([header, *lines]), TOKYO, KNOWN, NOW)


def reason(line: str, header: str = HEADER) -> str:
    """Why this line alone is refused."""
    found = read(line, header=header)
    assert found.visits == []
    (rejected,) = found.rejected
    assert rejected.line == 2
    return str(rejected.message)


def changed(**cells: str) -> str:
    """The good line with other cells."""
    names = HEADER.split(",")
    values = dict(zip(names, GOOD.split(","), strict=True)) | cells
    return ",".join(values[name] for name in names)


def test_a_good_line_becomes_a_visit_in_utc() -> None:
    (visit,) = read(GOOD).visits
    assert (visit.line, visit.ticket_id) == (2, "1102-001")
    assert visit.ticket.arrived_at == datetime(2026, 11, 2, 0, 0, 10, tzinfo=UTC)
    assert (visit.ticket.queue, visit.ticket.procedure, visit.ticket.counter) == ("A", "JUM-01", "3")
    assert (wait_minutes(visit.ticket), handling_minutes(visit.ticket)) == (5, 12)
    assert visit.ticket.outcome == "finished"


def test_bad_lines_are_named_and_good_ones_kept() -> None:
    second = changed(ticket_id="1102-002")
    found = read(GOOD, "nonsense", changed(arrived_at="yesterday", ticket_id="x"), "", second)
    assert [visit.ticket_id for visit in found.visits] == ["1102-001", "1102-002"]
    assert [rejected.line for rejected in found.rejected] == [3, 4]
    assert found.visits[1].line == 6


@pytest.mark.parametrize(
    "text",
    ["2026-11-02T09:00:10+09:00", "2026-11-02T00:00:10Z", "2026-11-02 09:00:10", "2026/11/2 9:00:10",
     "2026-11-02T09:00:10.482", "2026-11-01T19:00:10-0500"],
)  # fmt: skip
def test_times_carry_an_offset_or_are_those_of_the_office(text: str) -> None:
    (visit,) = read(changed(arrived_at=text)).visits
    assert visit.ticket.arrived_at == datetime(2026, 11, 2, 0, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"arrived_at": "09時"}, "arrived_at「09時」は時刻として読めません"),
        ({"arrived_at": "2026-02-30 09:00"}, "時刻として読めません"),
        ({"arrived_at": "0001-01-01 00:00"}, "時刻として読めません"),
        ({"arrived_at": "2026-11-02T09:00+99:00"}, "時刻として読めません"),
        ({"arrived_at": "2026-11-02 09:06"}, "called_at が arrived_at より前です"),
        ({"finished_at": "2026-11-02 09:05"}, "finished_at が called_at より前です"),
        ({"arrived_at": ""}, "来た時刻を書いてください"),
        ({"called_at": ""}, "呼んだ時刻を書いてください"),
        ({"finished_at": ""}, "終わった時刻を書いてください"),
        ({"booked_for": "2026-11-03 09:00"}, "同じ日の時刻で書いてください"),
        ({"queue": "Z"}, "queue「Z」という業務はありません"),
        ({"procedure": "XYZ-99"}, "procedure「XYZ-99」という手続きはありません"),
        ({"queue": "", "procedure": ""}, "業務が分かりません"),
        ({"ticket_id": ""}, "ticket_id が空です"),
        ({"ticket_id": "9" * 65}, "長すぎる"),
        ({"counter": "123456789"}, "counter が長すぎる"),
        ({"counter": "3,4"}, "列の数が違います（1行目は 8列、この行は 9列）"),
    ],
)
def test_a_bad_line_says_what_to_mend(cells: dict[str, str], says: str) -> None:
    assert says in reason(changed(**cells))


def test_visits_that_have_not_happened_yet_are_refused() -> None:
    local = NOW.astimezone(TOKYO)
    times = {
        name: f"{local + timedelta(minutes=minute):%Y-%m-%d %H:%M}"
        for name, minute in {"arrived_at": -9, "called_at": -4, "finished_at": 2}.items()
    }
    assert "これから先の時刻です" in reason(changed(**times))


def test_the_same_number_on_the_same_day_is_refused_and_the_first_kept() -> None:
    found = read(GOOD, changed(counter="4"))
    assert [visit.ticket.counter for visit in found.visits] == ["3"]
    assert "2行目と同じ日の同じ番号" in str(found.rejected[0].message)


def test_a_my_number_is_taken_in_no_cell_and_said_in_no_reason() -> None:
    for cells in (
        {"ticket_id": "123456789018"},
        {"ticket_id": "番号１２３４５６７８９０１８"},
        {"queue": "123456789018"},
        {"procedure": "1234-5678-9018"},
        {"arrived_at": "1234 5678 9018"},
    ):
        said = reason(changed(**cells))
        assert not any(one in said for one in cells.values())
    assert "マイナンバー" in reason(changed(ticket_id="123456789018"))
    assert "123456789018" not in str(read(header=f"{HEADER},123456789018").notes[0])


def test_a_machines_number_of_the_day_and_a_count_is_no_my_number() -> None:
    lines = [changed(ticket_id=f"20261102{count:04d}") for count in range(200)]
    assert read(*lines).rejected == []
    refused = [one for one in lines if read(one.replace("20261102", "20261103", 1)).rejected]
    assert 5 < len(refused) < 40, "another day's digits have a right check digit one time in eleven"


def test_numbers_that_start_again_every_day_are_taken() -> None:
    assert len(read(GOOD, GOOD.replace("2026-11-02", "2026-11-04")).visits) == 2


def test_a_booking_that_never_came_and_a_person_who_left_are_told_apart() -> None:
    found = read(
        changed(arrived_at="", booked_for="2026-11-02 10:00", called_at="", finished_at="", ticket_id="a"),
        changed(called_at="", finished_at="", ticket_id="b"),
    )
    assert [visit.ticket.outcome for visit in found.visits] == ["no_show", "abandoned"]


def test_the_procedure_may_be_unknown_and_the_queue_may_follow_from_it() -> None:
    found = read(changed(procedure="", ticket_id="a"), changed(queue="", procedure="IDO-01", ticket_id="b"))
    assert [(one.ticket.queue, one.ticket.procedure) for one in found.visits] == [("A", ""), ("B", "IDO-01")]


def test_words_are_compared_without_case_and_width() -> None:
    (visit,) = read(changed(queue="ａ", procedure="jum-01")).visits
    assert (visit.ticket.queue, visit.ticket.procedure) == ("A", "JUM-01")


def test_a_catalogue_is_known_by_its_codes_and_by_its_japanese_names() -> None:
    known = known_words(load())
    text = "\n".join(
        [HEADER, changed(queue="", procedure="住民票の写しの交付"), changed(queue="証明書", ticket_id="x")]
    )
    found = read_log(text, TOKYO, known, NOW)
    assert [(one.ticket.queue, one.ticket.procedure) for one in found.visits] == [("A", "JUM-01")] * 2


def test_the_log_of_a_simulated_hall_is_read_with_its_own_words() -> None:
    header = "ticket_id,service,arrived_at,booked_for,called_at,finished_at,counter"
    line = "0512-002,certificate,2025-05-12 08:36:19,,2025-05-12 08:36:19,2025-05-12 08:41:34,2"
    (visit,) = read(line, header=header).visits
    assert (visit.ticket.procedure, visit.ticket.queue) == ("JUM-01", "A")
    assert "service「mynumber」" in reason(line.replace("certificate", "mynumber"), header=header)


def test_our_own_japanese_export_is_read_with_its_day_column() -> None:
    header = (
        "庁舎名,日付,曜日,業務記号,手続コード,受付番号,経路,予約時刻,事前入力有無,"
        "発券時刻,呼出時刻,対応開始時刻,対応終了時刻,窓口番号"
    )
    line = "本庁舎,2026-11-02,月,A,JUM-01,A001,web,09:10,有,09:02,09:11,09:12,09:20,3"
    found = read(line, header=header)
    (visit,) = found.visits
    assert (visit.ticket_id, visit.ticket.source, visit.ticket.prefilled) == ("A001", "imported", True)
    assert (wait_minutes(visit.ticket), handling_minutes(visit.ticket)) == (1, 8)
    unused = [note.values["column"] for note in found.notes]
    assert unused == ["庁舎名", "曜日", "経路"]
    assert str(found.notes[0]) == "「庁舎名」の列は使いませんでした。"


def test_guarding_apostrophes_are_taken_off() -> None:
    found = read(changed(ticket_id="'=1102", counter="'-2"))
    assert (found.visits[0].ticket_id, found.visits[0].ticket.counter) == ("=1102", "-2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_utf8_with_and_without_bom_and_shift_jis_are_read(encoding: str, end: str) -> None:
    text = end.join([HEADER, changed(queue="証明書"), ""])
    (visit,) = read_log(text.encode(encoding), TOKYO, KNOWN, NOW).visits
    assert visit.ticket.queue == "A"


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PK\x03\x04\x00\x00", b"\xff\xfe\x00t", b"\x81", "just words"]
)
def test_a_file_that_is_no_log_is_refused_as_a_whole(content: str | bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_log(content, TOKYO, KNOWN, NOW)
    assert refused.value.problems[0].field == "file"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        read(GOOD, header=HEADER.replace("called_at", "called"))
    assert "called_at" in str(refused.value.problems[0].message)


def test_a_lost_quotation_mark_spoils_only_its_own_line() -> None:
    found = read(changed(ticket_id='"1102'), changed(ticket_id="1102-002"))
    assert [rejected.line for rejected in found.rejected] == [2]
    assert [visit.ticket_id for visit in found.visits] == ["1102-002"]


def test_lines_beyond_the_limit_are_refused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.rules.visit_log.MOST_LINES", 2)
    found = read(*(changed(ticket_id=str(number)) for number in range(5)))
    assert len(found.visits) == 2
    assert [rejected.line for rejected in found.rejected] == [4]
    assert "別のファイル" in str(found.rejected[0].message)


def test_a_stream_gives_the_same_in_the_order_of_the_lines() -> None:
    kinds = [type(one) for one in stream_log("\n".join([HEADER, "x", GOOD, "y"]), TOKYO, KNOWN, NOW)]
    assert kinds == [Rejected, LoggedVisit, Rejected]


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_no_content_breaks_the_reader(content: str | bytes) -> None:
    """Whatever follows the header: every line is a visit or named as refused."""
    head = HEADER + "\n"
    whole = head + content if isinstance(content, str) else head.encode() + content
    try:
        found = read_log(whole, TOKYO, KNOWN, NOW)
    except Invalid:
        return
    assert found.visits == []
    assert all(str(rejected.message) for rejected in found.rejected)


@given(
    st.dictionaries(
        st.sampled_from(HEADER.split(",")), st.text(st.characters(exclude_characters=',"\r\n'), max_size=20)
    )
)
def test_any_cells_give_a_visit_or_a_reason(cells: dict[str, str]) -> None:
    try:
        found = read(changed(**cells))
    except Invalid:
        return
    assert len(found.visits) + len(found.rejected) <= 1 + sum(
        len(cell.splitlines()) for cell in cells.values()
    )
