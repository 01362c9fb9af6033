"""A city's own log of past visits, read from CSV: bad lines are named one by one, good ones kept."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.catalogue.definitions import Catalogue
from models.core.errors import invalid
from models.core.messages import Message, _n, message
from models.rules import mynumber
from models.rules.statistics import HandledTicket, Outcome
from models.rules.visit_times import NotATime, order_fault, read_time

MOST_LINES = 200_000
LONGEST_CELL, LONGEST_COUNTER = 64, 8

_COLUMNS = {
    "ticket_id": ("ticket_id", "受付番号", "番号"),
    "day": ("date", "日付"),
    "queue": ("queue", "業務記号", "業務"),
    "procedure": ("procedure", "service", "手続コード", "手続き"),
    "arrived_at": ("arrived_at", "発券時刻", "受付時刻"),
    "booked_for": ("booked_for", "予約時刻"),
    "called_at": ("called_at", "呼出時刻"),
    "started_at": ("started_at", "対応開始時刻"),
    "finished_at": ("finished_at", "対応終了時刻"),
    "counter": ("counter", "窓口番号", "窓口"),
    "prefilled": ("prefilled", "事前入力有無"),
}
_NAMED = {word: name for name, words in _COLUMNS.items() for word in words}
_NEEDED = ("ticket_id", "arrived_at", "called_at", "finished_at")
_TIMES = ("arrived_at", "booked_for", "called_at", "started_at", "finished_at")
_YES = frozenset({"1", "true", "yes", "y", "有", "有り", "あり", "はい", "○"})
_GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True, slots=True)
class LoggedVisit:
    """One past visit of a log, checked; `line` is where it stood."""

    line: int
    ticket_id: str
    ticket: HandledTicket


class Rejected(NamedTuple):
    """A line that was not taken, and what to do about it."""

    line: int
    message: Message


@dataclass(frozen=True)
class Known:
    """The words a log may use: each maps to a code of this office; `queue_of` gives a procedure's queue.

    Words are compared without regard to case and width. Add a city's own words (`{"転入": "IDO-01"}`) to read the
    log of an older machine.
    """

    queues: Mapping[str, str]
    procedures: Mapping[str, str]
    queue_of: Mapping[str, str] = field(default_factory=dict)


def known_words(catalogue: Catalogue) -> Known:
    """Codes and Japanese names of every queue and procedure of a catalogue."""
    queues = {word: code for code, queue in catalogue.queues.items() for word in (queue.words.ja, code)}
    procedures = {word: code for code, one in catalogue.procedures.items() for word in (one.words.ja, code)}
    return Known(queues, procedures, {code: one.queue for code, one in catalogue.procedures.items()})


@dataclass(frozen=True)
class ReadLog:
    """What a log held: visits, refused lines in order, and notes on columns that were not used."""

    visits: list[LoggedVisit]
    rejected: list[Rejected]
    notes: list[Message]


def read_log(content: str | bytes, zone: ZoneInfo, known: Known, now: datetime) -> ReadLog:
    """Read a whole log; `Invalid` (field `file`) when it is no text, has no header or lacks a needed column.

    UTF-8 (with or without BOM) and Shift_JIS. Times carry an offset or are office-local. Nothing after `now`.
    """
    header, lines = _open(content)
    visits: list[LoggedVisit] = []
    rejected: list[Rejected] = []
    for read in _each(header, lines, zone, known, now):
        if isinstance(read, Rejected):
            rejected.append(read)
        else:
            visits.append(read)
    return ReadLog(visits, rejected, header.notes)


def stream_log(
    content: str | bytes, zone: ZoneInfo, known: Known, now: datetime
) -> Iterator[LoggedVisit | Rejected]:
    """The same line by line, for logs too long to hold twice."""
    header, lines = _open(content)
    return _each(header, lines, zone, known, now)


def decoded(content: str | bytes) -> str:
    """The text of an upload, UTF-8 or Shift_JIS; `Invalid` when it is neither."""
    text = content if isinstance(content, str) else _from_bytes(content)
    if "\0" in text:
        raise invalid(
            "file", _n("CSVではないようです。表計算ソフトで「CSV UTF-8」として保存し直してください。")
        )
    return text.removeprefix("\ufeff")


def _from_bytes(content: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise invalid("file", _n("文字を読めません。表計算ソフトで「CSV UTF-8」として保存し直してください。"))


@dataclass(frozen=True)
class _Header:
    columns: Mapping[str, int]
    words: tuple[str, ...]
    notes: list[Message]


class _Bad(Exception):
    """This line cannot be taken."""

    def __init__(self, text: Message) -> None:
        self.message = text


def _bad(template: str, /, **values: object) -> _Bad:
    return _Bad(message(template, **values))


def _open(content: str | bytes) -> tuple[_Header, Iterator[tuple[int, str]]]:
    """The header and an iterator of the numbered lines after it."""
    lines = enumerate(io.StringIO(decoded(content), newline=None), start=1)
    for _, line in lines:
        if line.strip():
            return _header(line), lines
    raise invalid("file", _n("中身がありません。1行目に列の名前、2行目から記録を書いてください。"))


def _header(line: str) -> _Header:
    words = tuple(word.strip() for word in _cells(line))
    columns: dict[str, int] = {}
    unused = []
    for place, word in enumerate(words):
        name = _NAMED.get(word.lower())
        if name is None or name in columns:
            unused.append(mynumber.masked(word)[:LONGEST_CELL])
        else:
            columns[name] = place
    missing = [name for name in _NEEDED if name not in columns]
    if "queue" not in columns and "procedure" not in columns:
        missing.append("queue")
    if missing:
        names = "、".join(missing)
        raise invalid(
            "file", _n("1行目に次の列の名前がありません：{names}。列の名前を足してください。"), names=names
        )
    notes = [message(_n("「{column}」の列は使いませんでした。"), column=word) for word in unused if word]
    return _Header(columns, words, notes)


def _each(
    header: _Header, lines: Iterator[tuple[int, str]], zone: ZoneInfo, known: Known, now: datetime
) -> Iterator[LoggedVisit | Rejected]:
    reader = _Reader(header, zone, known, now)
    for count, (number, line) in enumerate(lines):
        if count >= MOST_LINES:
            text = _n("一度に読めるのは {most:,}行までです。この行から先は別のファイルに分けてください。")
            yield Rejected(number, message(text, most=MOST_LINES))
            return
        if not line.strip(" ,\t\r\n"):
            continue
        try:
            yield reader.visit(number, _cells(line))
        except _Bad as bad:
            yield Rejected(number, bad.message)


def _cells(line: str) -> list[str]:
    """The cells of one physical line, so that a lost quotation mark spoils no other line."""
    try:
        return next(csv.reader([line.rstrip("\n")]), [])
    except csv.Error:
        return []


class _Reader:
    """Turns lines into visits and remembers the ticket numbers of each day."""

    def __init__(self, header: _Header, zone: ZoneInfo, known: Known, now: datetime) -> None:
        self._header, self._zone, self._now = header, zone, now
        self._queues = {_same(word): code for word, code in known.queues.items()}
        self._procedures = {_same(word): code for word, code in known.procedures.items()}
        self._queue_of = known.queue_of
        self._column = {
            name: header.words[header.columns[name]] if name in header.columns else name for name in _COLUMNS
        }
        self._first: dict[tuple[str, date | None], int] = {}

    def visit(self, line: int, cells: list[str]) -> LoggedVisit:
        """The visit of one line; `_Bad` says what to mend."""
        width = len(self._header.words)
        if len(cells) < width or any(cells[width:]):
            text = _n("列の数が違います（1行目は {width}列、この行は {count}列）。")
            raise _bad(text, width=width, count=len(cells))
        found = {name: self._text(name, cells[place]) for name, place in self._header.columns.items()}
        times = self._times(found)
        queue, procedure = self._place(found.get("queue", ""), found.get("procedure", ""))
        ticket = HandledTicket(
            arrived_at=times["arrived_at"],
            booked_for=times["booked_for"],
            called_at=times["called_at"],
            started_at=times["started_at"],
            finished_at=times["finished_at"],
            queue=queue,
            procedure=procedure,
            counter=found.get("counter") or None,
            source="imported",
            prefilled=_same(found.get("prefilled", "")) in _YES,
            outcome=_outcome(times),
        )
        self._once(line, found["ticket_id"], ticket)
        return LoggedVisit(line, found["ticket_id"], ticket)

    def _text(self, name: str, cell: str) -> str:
        """A cell without the apostrophe that guards it from being taken for a formula."""
        text = (cell[1:] if cell.startswith(_GUARDED) else cell).strip()
        longest = LONGEST_COUNTER if name == "counter" else LONGEST_CELL
        if len(text) > longest or not text.isprintable():
            raise _bad(_n("{column} が長すぎるか、使えない文字があります。"), column=self._column[name])
        return text

    def _times(self, found: Mapping[str, str]) -> dict[str, datetime | None]:
        times: dict[str, datetime | None] = {}
        for name in _TIMES:
            text = found.get(name, "")
            try:
                times[name] = read_time(text, found.get("day", ""), self._zone)
            except NotATime:
                told = _n("{column}「{text}」は時刻として読めません。2026-04-01 09:05 の形で書いてください。")
                raise _bad(told, column=self._column[name], text=mynumber.masked(text)) from None
        fault = order_fault(times, self._column, self._zone, self._now)
        if fault is not None:
            raise _Bad(fault)
        return times

    def _place(self, queue_word: str, procedure_word: str) -> tuple[str, str]:
        """Queue and procedure codes; the procedure may stay unknown ("") where the queue is given."""
        queue = self._queues.get(_same(queue_word), "")
        procedure = self._procedures.get(_same(procedure_word), "")
        if queue_word and not queue:
            text = _n("{column}「{word}」という業務はありません。業務の一覧にある記号に直してください。")
            raise _bad(text, column=self._column["queue"], word=mynumber.masked(queue_word))
        if procedure_word and not procedure:
            text = _n(
                "{column}「{word}」という手続きはありません。手続きの一覧にある記号に直してください。"
                "分からないときは空にして、業務の記号を書いてください。"
            )
            raise _bad(text, column=self._column["procedure"], word=mynumber.masked(procedure_word))
        queue = queue or self._queue_of.get(procedure, "")
        if not queue:
            raise _bad(_n("業務が分かりません。業務か手続きの記号を書いてください。"))
        return queue, procedure

    def _once(self, line: int, ticket_id: str, ticket: HandledTicket) -> None:
        if not ticket_id:
            raise _bad(_n("{column} が空です。番号を書いてください。"), column=self._column["ticket_id"])
        at = ticket.counts_at
        day = at.astimezone(self._zone).date() if at else None
        if not _begins_with(ticket_id, day) and mynumber.contains_my_number(ticket_id):
            raise _bad(mynumber.REFUSED)
        key = ticket_id, day
        first = self._first.setdefault(key, line)
        if first != line:
            raise _bad(_n("{first}行目と同じ日の同じ番号です。どちらかを消してください。"), first=first)


def _begins_with(ticket_id: str, day: date | None) -> bool:
    """Whether a ticket's number is its own day and a count, as machines make them: no person's number."""
    return day is not None and ticket_id.startswith(f"{day:%Y%m%d}")


def _same(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


def _outcome(times: Mapping[str, datetime | None]) -> Outcome:
    if times["arrived_at"] is None:
        return "no_show"
    return "abandoned" if times["called_at"] is None else "finished"
