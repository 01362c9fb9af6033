"""受付の画面: every queue of the hall at a glance, numbers stopped and resumed, what boards say, who asked for help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.catalogue.definitions import Procedure
from models.core.clock import now
from models.core.errors import Invalid
from models.core.messages import _n
from models.operations import hall, help, tickets
from models.queries import catalogue, estimates, line, offices
from models.queries import hall as halls
from models.queries.hall import HallView
from models.queries.line import TicketView
from models.rules import mynumber
from web import presentation
from web.access import DESK, visitor
from web.counter.door import back, opened, told
from web.counter.place import Place, here
from web.counter.waiting import line_of, waited
from web.languages import gettext

blueprint = opened("reception")
EVERYBODY = 200
OFTEN = 8
STOPPED = _n("きょうの番号札を終わりにしました。待っている人は、このまま呼びます。")
AGAIN = _n("番号札をまた出せるようにしました。")
NOTICE_SET = _n("案内表示に「{text}」と出します。")
NOTICE_GONE = _n("案内表示のお知らせを消しました。")
ANSWERED = _n("対応に行くことを記録しました。")
FIRST = _n("{number}を優先にしました。")
NOT_FIRST = _n("{number}の優先をやめました。")
RESTORED = _n("{number}を予約の順番に戻しました。")


@dataclass(frozen=True)
class QueueSeen:
    """One queue as the reception sees it: who waits, the longest wait against the target, the estimate, who is on.

    Minutes; `low` to `high` is for somebody who takes a number now, None where no counter serves the queue.
    """

    code: str
    words: str
    waiting: int
    longest: int
    target: int
    low: int | None
    high: int | None
    counters: tuple[str, ...]

    @property
    def late(self) -> bool:
        """Whether somebody waits longer than the target."""
        return self.longest > self.target


@dataclass(frozen=True)
class HallSeen:
    """The hall as the reception sees it."""

    queues: tuple[QueueSeen, ...]
    view: HallView
    open_counters: int


def seen(place: Place, waiting: Iterable[TicketView] | None = None) -> HallSeen:
    """Every queue that this office serves, and what was set for today; `waiting` is everybody, where that was read."""
    known, at = catalogue.current(), now()
    today = place.office.day_of(at)
    served = {code for one in offices.counters_of(place.office) for code in one.queues}
    shifts = halls.on_now(place.office, today)
    waits: dict[str, list[int]] = {}
    for ticket in line.line(place.office, today) if waiting is None else waiting:
        waits.setdefault(ticket.queue, []).append(waited(ticket))
    ranges = _ranges(place, at)
    rows = []
    for code, queue in known.queues.items():
        if code in served or code in waits:
            low, high = ranges.get(code, (None, None))
            on = tuple(one.counter.number for one in shifts if code in one.counter.queues)
            mine = waits.get(code, [])
            rows.append(
                QueueSeen(
                    code,
                    presentation.plain_words(queue.words),
                    len(mine),
                    max(mine, default=0),
                    queue.target_wait_minutes,
                    low,
                    high,
                    on,
                )
            )
    return HallSeen(tuple(rows), halls.hall(place.office, today), len(shifts))


def often(place: Place) -> list[Procedure]:
    """The procedures that most people come for, for whom a number is one press away."""
    offered, known = set(offices.procedures_of(place.office)), catalogue.current().procedures
    mine = (known[code] for code in offered if code in known)
    return sorted(mine, key=lambda one: (-one.yearly_volume, one.code))[:OFTEN]


def _ranges(place: Place, at: datetime) -> dict[str, tuple[int, int]]:
    found = estimates.of_hall(place.office, at)
    return {code: estimates.shown_range(one) for code, one in found.queues.items()}


@blueprint.get("/hall")
@DESK
def page() -> str:
    """The whole hall: every queue, everybody who waits, numbers and notice of today."""
    return _page(here())


@blueprint.post("/hall/stop")
@DESK
def stop() -> Response:
    """Give out no more numbers today."""
    where = here()

    def go_on() -> str:
        hall.stop_issuing(where.office, visitor().actor)
        return gettext(STOPPED)

    return back(go_on, _home(where))


@blueprint.post("/hall/resume")
@DESK
def resume() -> Response:
    """Give out numbers again."""
    where = here()

    def go_on() -> str:
        hall.issue_again(where.office, visitor().actor)
        return gettext(AGAIN)

    return back(go_on, _home(where))


@blueprint.post("/hall/notice")
@DESK
def notice() -> Response:
    """What boards and kiosks say besides; nothing for nothing. A refusal keeps what was typed."""
    where, text = here(), " ".join(request.form.get("words", "")[:500].split())
    try:
        hall.set_notice(where.office, text, visitor().actor)
    except Invalid as refused:
        shown = "" if mynumber.contains_my_number(text) else text
        return make_response(_page(where, told(refused.problems[0].message), shown), 422)
    flash(gettext(NOTICE_SET, text=text) if text else gettext(NOTICE_GONE), "done")
    return redirect(_home(where), 303)


@blueprint.post("/help/<int:call>/answer")
@DESK
def answer(call: int) -> Response:
    """Somebody goes to the kiosk that asked for staff."""
    where = here()

    def go_on() -> str:
        help.answer(where.office, call, visitor().actor)
        return gettext(ANSWERED)

    return back(go_on)


@blueprint.post("/tickets/<number>/priority")
@DESK
def prioritise(number: str) -> Response:
    """Somebody cannot wait long, or can after all."""
    where, on = here(), request.form.get("on") == "true"

    def go_on() -> str:
        tickets.prioritise(where.office, number, visitor().actor, on)
        return gettext(FIRST if on else NOT_FIRST, number=number)

    return back(go_on, url_for("numbers.ticket", number=number))


@blueprint.post("/tickets/<number>/restore")
@DESK
def restore(number: str) -> Response:
    """A booked visitor who came late stands at the booked time again."""
    where = here()

    def go_on() -> str:
        tickets.restore(where.office, number, visitor().actor)
        return gettext(RESTORED, number=number)

    return back(go_on, url_for("numbers.ticket", number=number))


def _home(where: Place) -> str:
    """Where this visitor sees the hall: the reception on its desk, a counter on a page of its own."""
    return url_for("desk.page" if where.counter is None else "reception.page")


def _page(where: Place, error: str = "", typed: str | None = None) -> str:
    everybody = Place(where.office, None)
    return render_template(
        "counter/hall.html",
        where=where,
        hall=seen(everybody),
        line=line_of(everybody, most=EVERYBODY),
        error=error,
        typed=typed,
    )
