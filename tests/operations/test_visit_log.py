"""A city's own log becomes tickets: good lines are kept, bad ones named, and nothing is counted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.core.db import session
from models.core.errors import Invalid
from models.operations import visit_log
from models.operations.idempotency import Key
from models.operations.visit_log import Imported, import_log
from models.queries import measures
from models.queries.offices import office
from models.rules.visit_export import COLUMNS
from models.tables import AuditEntry, Ticket
from tests.conftest import BOTH, SQLITE
from tests.past_visits import MONDAY

HEAD = "ticket_id,queue,procedure,arrived_at,booked_for,called_at,finished_at,counter\n"
GOOD = (
    "A001,A,JUM-01,2026-11-16 09:00,,2026-11-16 09:12,2026-11-16 09:30,1\n"
    "A002,A,JUM-01,2026-11-16 09:50,2026-11-16 10:00,2026-11-16 09:58,2026-11-16 10:10,2\n"
    "A003,A,JUM-01,,2026-11-16 11:00,,,\n"
)
BAD = "A004,A,JUM-01,2026-11-16 09:00,,2026-11-16 08:12,2026-11-16 09:30,1\nA005,Q,,9時,,,,\n"

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def take(text: str | bytes, key: Key | None = None) -> Imported:
    return import_log(office("honcho"), text, "manager", key)


def kept() -> int:
    return session().scalar(select(func.count()).select_from(Ticket)) or 0


@BOTH
def test_good_lines_are_kept_and_bad_ones_named_by_their_number() -> None:
    done = take(HEAD + GOOD + BAD)
    assert done.imported == kept() == 3
    assert [one.line for one in done.rejected] == [5, 6]
    assert all(str(one.message) for one in done.rejected)
    (found,) = measures.stats(office("honcho"), MONDAY, MONDAY)
    assert (found.visits, found.booked, found.no_shows, found.wait_mean) == (2, 1, 1, 6)


@BOTH
def test_the_same_file_again_adds_nothing_and_says_so() -> None:
    take(HEAD + GOOD)
    again = take(HEAD + GOOD + "A009,A,,2026-11-16 13:00,,2026-11-16 13:05,2026-11-16 13:10,1\n")
    assert (again.imported, again.known_before, kept()) == (1, 3, 4)
    assert [(one.line, one.message.template) for one in again.rejected] == [
        (line, visit_log.KNOWN_ALREADY) for line in (2, 3, 4)
    ]


def test_the_same_number_on_another_day_is_another_visit() -> None:
    take(HEAD + GOOD)
    assert take(HEAD + GOOD.replace("11-16", "11-17")).imported == 3


def test_two_offices_may_have_the_same_log() -> None:
    take(HEAD + GOOD)
    assert import_log(office("higashi"), HEAD + GOOD, "manager").imported == 3


def test_shift_jis_and_japanese_words_are_read() -> None:
    text = "受付番号,業務,日付,発券時刻,呼出時刻,対応終了時刻,備考\n1,証明書,2026/11/16,9:00,9:05,9:10,山田\n"
    done = take(text.encode("cp932"))
    assert (done.imported, len(done.notes)) == (1, 1)
    assert session().scalar(select(Ticket.queue)) == "A"


@BOTH
def test_a_number_longer_than_a_column_is_kept_once() -> None:
    line = f"{'9' * 64},A,,2026-11-16 13:00,,2026-11-16 13:05,2026-11-16 13:10,1\n"
    assert take(HEAD + line).imported == 1
    assert take(HEAD + line).known_before == 1


def test_our_own_export_can_be_taken_in_elsewhere() -> None:
    take(HEAD + GOOD)
    rows = [",".join(COLUMNS), *map(as_line, measures.visit_rows(office("honcho"), MONDAY, MONDAY))]
    done = import_log(office("higashi"), "\n".join(rows), "manager")
    assert (done.imported, done.rejected) == (3, ())
    one, other = (measures.stats(office(code), MONDAY, MONDAY)[0] for code in ("honcho", "higashi"))
    assert one == other


def test_what_is_no_log_is_refused_whole() -> None:
    for text in ("", "name,age\nx,1\n", b"\x89PNG\r\n\x1a\n\x00", "a" * (visit_log.LARGEST_BYTES + 1)):
        with pytest.raises(Invalid):
            take(text)
    assert kept() == 0


@BOTH
def test_a_long_log_is_written_in_several_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit_log, "LINES_AT_ONCE", 2)
    assert take(HEAD + GOOD + BAD).imported == kept() == 3


def test_the_same_key_gives_the_first_answer_again() -> None:
    key = Key("import", "k1", "one")
    first = take(HEAD + GOOD + BAD, key)
    assert take(HEAD + GOOD + BAD, key) == first
    with pytest.raises(Invalid):
        take(HEAD + GOOD, Key("import", "k1", "other"))


def test_who_imported_how_much_is_noted_once() -> None:
    take(HEAD + GOOD + BAD)
    noted = session().execute(
        select(AuditEntry.actor, AuditEntry.subject, AuditEntry.detail).where(
            AuditEntry.action == "visits.import"
        )
    )
    assert noted.all() == [("manager", "honcho", "imported 3, rejected 2")]


def test_nothing_after_now_is_taken() -> None:
    tomorrow = (MONDAY + timedelta(9)).isoformat()
    done = take(HEAD + GOOD.replace("2026-11-16", tomorrow))
    assert (done.imported, len(done.rejected)) == (0, 3)


def as_line(row: tuple[object, ...]) -> str:
    return ",".join("" if cell is None else str(cell) for cell in row)
