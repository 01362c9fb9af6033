"""ほかの窓口へ、取り消し、終了: the steps that need one more answer, each a small page that works by keys alone."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.messages import _n
from models.operations import calling, tickets
from models.operations.calling import STATE_WORDS, refused
from models.queries import catalogue, line, offices, undoing
from models.queries.line import TicketView
from models.rules.ticket_states import UNDO_REASONS, allowed
from web import presentation
from web.access import COUNTER, DESK, visitor
from web.counter import reception, stay
from web.counter.door import back, opened
from web.counter.place import Place, here
from web.languages import gettext

blueprint = opened("moving")
UNDO_WORDS = {
    "mispress": _n("押しまちがえた"),
    "other_person": _n("別の人だった"),
    "came_back": _n("本人が戻ってきた"),
    "not_finished": _n("まだ続きがあった"),
}
UNDONE = _n("{number}の操作を取り消しました。いまは「{state}」です。")
MOVED = _n("{number}を「{queue}」の列に移しました。番号はそのままです。")
CHOOSE_QUEUE = _n("移す先の業務を選んでください。")
CHOOSE_REASON = _n("取り消す理由を選んでください。")


@blueprint.get("/tickets/<number>/transfer")
@DESK
def transfer_page(number: str) -> str:
    """To which queue?"""
    return _transfer_page(here(), number)


@blueprint.post("/tickets/<number>/transfer")
@DESK
def transfer(number: str) -> Response:
    """On to another queue, with number and place; the reception moves only who waits."""
    where, queue = here(), request.form.get("queue", "")
    ticket = _today(where, number)
    if queue not in {code for one in offices.counters_of(where.office) for code in one.queues}:
        return make_response(_transfer_page(where, number, CHOOSE_QUEUE), 422)

    def go_on() -> str:
        if where.counter is None and ticket.state != "waiting":
            raise refused(ticket)
        seen, chosen = request.form.get("state", ""), request.form.getlist("procedure")
        tickets.transfer(where.office, number, queue, visitor().actor, chosen, seen)
        words = presentation.plain_words(catalogue.current().queues[queue].words)
        return gettext(MOVED, number=number, queue=words)

    return back(go_on)


@blueprint.get("/tickets/<number>/undo")
@DESK
def undo_page(number: str) -> str:
    """Why is the last step taken back?"""
    return _undo_page(here(), number)


@blueprint.post("/tickets/<number>/undo")
@DESK
def undo(number: str) -> Response:
    """Take the last step back; the history keeps both."""
    where, reason = here(), request.form.get("reason", "")
    if reason not in UNDO_REASONS:
        return make_response(_undo_page(where, number, CHOOSE_REASON), 422)

    def go_on() -> str:
        ticket = calling.undo(where.office, number, reason, visitor().actor)
        return gettext(UNDONE, number=number, state=gettext(STATE_WORDS[ticket.state]))

    return back(go_on)


@blueprint.get("/tickets/<number>/finish")
@COUNTER
def finish_page(number: str) -> str:
    """What was done?"""
    where, known = here(), catalogue.current()
    ticket = _today(where, number)
    offered = set(offices.procedures_of(where.office))
    queues = where.counter.queues if where.counter else ()
    others = [
        one
        for one in sorted(known.procedures.values(), key=lambda item: -item.yearly_volume)
        if one.code in offered and one.code not in ticket.procedures and one.queue in (*queues, ticket.queue)
    ]
    return render_template(
        "counter/finish.html",
        ticket=ticket,
        asked=[known.procedures[code] for code in ticket.procedures if code in known.procedures],
        others=others,
        state=STATE_WORDS[ticket.state],
        allowed=allowed("finish", ticket.state),
    )


def _today(where: Place, number: str) -> TicketView:
    return line.by_number(where.office, where.office.day_of(now()), number)


def _transfer_page(where: Place, number: str, error: str = "") -> str:
    ticket, known = _today(where, number), catalogue.current()
    shown = [
        one
        for one in reception.seen(Place(where.office, None)).queues
        if one.code != "R" and not (one.code == ticket.queue and ticket.state == "waiting")
    ]
    return render_template(
        "counter/transfer.html",
        ticket=ticket,
        state=STATE_WORDS[ticket.state],
        allowed=allowed("transfer", ticket.state)
        and (where.counter is not None or ticket.state == "waiting"),
        queues=shown,
        asked=[(code, stay.procedure_name(known, code)) for code in ticket.procedures],
        error=error,
    )


def _undo_page(where: Place, number: str, error: str = "") -> str:
    ticket = _today(where, number)
    step = undoing.step_of(where.office, line.stay_of(ticket), now())
    return render_template(
        "counter/undo.html",
        ticket=ticket,
        state=STATE_WORDS[ticket.state],
        step=stay.event(step) if step else "",
        before=STATE_WORDS[step.before] if step and step.before else "",
        at=step.at if step else None,
        where=where,
        reasons=[(code, gettext(UNDO_WORDS[code])) for code in UNDO_REASONS],
        error=error,
    )
