"""What stands on a board: the hall's state cut to this board. Numbers, counters, queues and notices, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from kiosk.board.options import Options
from models.catalogue.definitions import Words
from models.core.messages import Message, _n, message
from models.queries.hall_state import CallShown, HallState
from models.rules.announcements import Announced, Line, lines, on_screen
from models.rules.durations import LONG
from models.rules.opening import Span, Week
from models.rules.ticket_numbers import parts

FRESH = timedelta(seconds=90)
"""How long a call stands in yellow: after that whoever did not come counts as absent."""
MOST_ABSENT, MOST_DELIVERIES = 8, 4
FEW = 5
"""So many queues stand in one column even where the call is very large."""
STOPPED = _n("きょうの番号札の発券は終わりました。番号をお持ちの方は、順番にお呼びします。")
OPENS = _n("{opens}から受け付けます。")
OVER = _n("きょうの受付は終わりました。")
REST = _n("きょうの受付は終わりました。番号をお持ちの方は、順番にお呼びします。")
CLOSED = _n("きょうはお休みです。")
NEXT = _n("次に開くのは {day} {hours} です。")
LABELS: Mapping[str, str] = {
    "now": _n("お呼び出し中"),
    "last": _n("最後のお呼び出し"),
    "nobody": _n("ただいま お呼び出しはありません"),
    "recent": _n("さきほどのお呼び出し"),
    "deliveries": _n("受け渡し（交付）"),
    "deliver": _n("受け渡し"),
    "none": _n("ありません"),
    "waits": _n("待っている人と時間の目安"),
    "at_once": _n("すぐ"),
    "absent": _n("お呼び出し済み"),
    "come": _n("番号のある方は、窓口の職員にお声がけください。"),
    "hint": _n("番号札のQRコードで、スマートフォンでも順番がわかります。"),
    "stale": _n("更新停止"),
    "ask": _n("順番は、窓口の職員におたずねください。"),
}
ABOUT = _n("{length}くらい")
COUNTER = _n("{n}番窓口")
MEAN = _n("きょうの平均の待ち時間 {n}分")
LAST = _n("{time}から新しくなっていません。")
AS_OF = _n("{time}現在")


@dataclass(frozen=True)
class Shown:
    """One call as it stands on the board and as it is said there."""

    call: CallShown
    fresh: bool
    spoken: tuple[Line, ...]
    beside: tuple[tuple[str, str], ...]

    @property
    def deliver(self) -> bool:
        """Whether it calls to the hand-over."""
        return self.call.kind == "deliver"

    @property
    def long(self) -> bool:
        """Whether the number has more than a letter and three digits."""
        return len(self.call.number) > 4


@dataclass(frozen=True)
class Row:
    """One queue: its letter, its words, how many wait, and the minutes (None: not known; 0 to 0: at once)."""

    code: str
    words: Words
    waiting: int
    low: int | None
    high: int | None

    @property
    def long(self) -> bool:
        """Whether its wait is said in hours, which takes more room."""
        return (self.high or 0) >= LONG


@dataclass(frozen=True)
class Screen:
    """A whole board at one version.

    `closed` says why, where nobody is received and nobody is left to be called; `opens` is then the day on which the
    office opens next with its hours, unless it does so today.
    """

    version: int
    as_of: datetime
    options: Options
    now: Shown | None
    recent: tuple[Shown, ...]
    deliveries: tuple[Shown, ...]
    rows: tuple[Row, ...]
    absent: tuple[str, ...]
    notices: tuple[Message | str, ...]
    closed: Message | None
    opens: tuple[date, tuple[Span, ...]] | None
    mean: int | None
    calls: tuple[Shown, ...]

    @property
    def look(self) -> str:
        """The classes that say how the board is laid out."""
        chosen = self.options
        without = [f"no-{part}" for part in ("calls", "deliveries", "waits") if not chosen.shows(part)]
        over = (["over"] if self.closed else []) + (["many"] if len(self.rows) > FEW else [])
        sizes = [f"theme-{chosen.theme}", f"zoom-{chosen.zoom}", f"calls-{chosen.calls}"]
        return " ".join(["board", *sizes, *without, *over])


@dataclass(frozen=True)
class Wording:
    """The catalogue's words of a call: `voice` to be said, `screen` to be read."""

    voice: Mapping[str, Any]
    screen: Mapping[str, str]


def made(state: HallState, options: Options, week: Week, local: datetime, wording: Wording) -> Screen:
    """A board for a hall's state; `week` are the office's hours and `local` its time."""
    spans = week.on(local.date())
    calls = tuple(
        _shown(call, state.as_of, options, wording) for call in state.calls if options.serves(call.queue)
    )
    handed = {one.version for one in state.deliveries}
    closed = _closed(state, spans, local.time())
    over = closed is not None and not _busy(state) and not any(one.fresh for one in calls)
    newest = None if over else max(calls, key=lambda one: one.call.version, default=None)
    others = [one for one in calls if one is not newest and one.call.version not in handed]
    return Screen(
        version=state.version,
        as_of=state.as_of,
        options=options,
        now=newest,
        recent=() if over else tuple(others[: options.calls - 1]),
        deliveries=tuple(one for one in calls if one.call.version in handed)[:MOST_DELIVERIES],
        rows=_rows(state, options),
        absent=tuple(_absent(state, options))[:MOST_ABSENT],
        notices=tuple(_notices(state, None if over else closed)),
        closed=closed if over else None,
        opens=_opens(week, local) if over else None,
        mean=None if state.mean_wait_today is None else round(state.mean_wait_today),
        calls=calls,
    )


def _shown(call: CallShown, at: datetime, options: Options, wording: Wording) -> Shown:
    announced = Announced(call.number, call.counter, call.kind == "deliver", call.booked)
    texts = ((one, on_screen(wording.voice, wording.screen, announced, one)) for one in options.beside)
    return Shown(
        call,
        at - call.at < FRESH,
        lines(wording.voice, announced, options.voice),
        tuple((language, text) for language, text in texts if text),
    )


def _rows(state: HallState, options: Options) -> tuple[Row, ...]:
    """The queues of this board in its order; of a board for all, those that are served or waited for."""
    known = {one.code: Row(one.code, one.words, one.waiting, one.low, one.high) for one in state.queues}
    if options.queues:
        return tuple(known[code] for code in options.queues if code in known)
    return tuple(known.values())


def _absent(state: HallState, options: Options) -> Iterable[str]:
    """Who was called and did not come; a number that was moved counts where it was called last."""
    called = {call.number: call.queue for call in reversed(state.calls)}
    for number in state.absent:
        found = parts(number)
        if options.serves(called.get(number, found[0] if found else "")):
            yield number


def _notices(state: HallState, closed: Message | None) -> Iterable[Message | str]:
    if closed is not None:
        yield closed
    elif state.stopped and state.open:
        yield message(STOPPED)
    if state.notice:
        yield state.notice


def _closed(state: HallState, spans: Sequence[Span], local: time) -> Message | None:
    """Why nobody is received now; None within opening hours."""
    if state.open:
        return None
    if not spans:
        return message(CLOSED)
    later = [span.opens for span in spans if span.opens > local]
    if later:
        return message(OPENS, opens=f"{later[0].hour}:{later[0].minute:02}")
    return message(REST if _busy(state) else OVER)


def _opens(week: Week, local: datetime) -> tuple[date, tuple[Span, ...]] | None:
    """The next day with hours; None where the office opens again today or not within a month."""
    if any(span.opens > local.time() for span in week.on(local.date())):
        return None
    following = week.next_open(local.date())
    return None if following is None else (following, week.on(following))


def _busy(state: HallState) -> bool:
    """Whether somebody is still here to be served."""
    return any(one.waiting for one in state.queues) or bool(state.deliveries)
