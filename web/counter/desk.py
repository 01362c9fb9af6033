"""窓口の画面: choose a place, call, start, finish; every step is a POST and a redirect to the desk as it is then."""

from __future__ import annotations

from typing import cast

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Conflict, DomainError, Invalid, NotFound
from models.core.messages import Message, _n, message
from models.operations import calling
from models.queries import catalogue, line, offices, shifts
from models.rules.ticket_states import Action
from web import presentation
from web.access import COUNTER, DESK, visitor
from web.counter import place as places
from web.counter import reading, screen
from web.counter.door import back, opened, told
from web.counter.place import Place, here
from web.counter.shifts import open_here, refuse_others
from web.languages import gettext

blueprint = opened("desk")
ANYWHERE: tuple[Action, ...] = ("return", "cancel")
"""Steps that the reception takes too."""
AT_DESK: tuple[Action, ...] = (
    "call", "start", "recall", "hold", "resume", "back_office", "deliver", "finish", "absent", "no_show", *ANYWHERE,
)  # fmt: skip
CALLS: tuple[Action, ...] = ("call", "deliver")
NOBODY_WAITS = _n("待っている人はいません。")
DONE: dict[Action, str] = {
    "absent": _n("{number}を「いない」にしました。戻ってきたら「戻った」を押すと、列の先頭に入ります。"),
    "no_show": _n("{number}を「来なかった」にしました。"),
    "cancel": _n("{number}を取り消しました。"),
    "return": _n("{number}を列に戻しました。"),
    "finish": _n("{number}を終了しました。"),
    "hold": _n("{number}を保留にしました。"),
    "back_office": _n("{number}を処理に回しました。できたら「交付で呼ぶ」を押してください。"),
}
GOES_ON = _n("{number}を終了しました。続けて「{queue}」の列に並んでいます。")


@blueprint.get("/")
@DESK
def page() -> str:
    """The desk, with what a scan of this tab showed."""
    where, slip = here(), request.args.get("scan", "")
    if not slip:
        return screen.desk_page(where)
    try:
        return screen.desk_page(where, reading=reading.again(where, slip, contents=places.handles()))
    except DomainError as problem:
        return screen.desk_page(where, refused=told(problem.message))


@blueprint.get("/place")
@DESK
def place() -> str:
    """Which office and counter is this?"""
    return _place_page()


@blueprint.post("/place")
@DESK
def choose_place() -> Response | tuple[str, int]:
    """Keep the office and the counter for this session, and open the counter; somebody who is on there stays asked."""
    office, _, number = request.form.get("place", "").partition("/")
    try:
        where = places.chosen(office, number)
        if where.number:
            open_here(where, request.form.get("take_over") == f"{office}/{number}")
    except (Invalid, NotFound):
        return _place_page(places.WHICH_COUNTER), 422
    except Conflict as problem:
        return _place_page(problem.message, taken=f"{office}/{number}"), 409
    places.keep(where)
    return redirect(url_for("desk.page"), 303)


@blueprint.post("/next")
@COUNTER
def call_next() -> Response:
    """Call the next one, after finishing the present ticket where its number is sent along."""
    where, number = here(), request.form.get("finish", "")

    def go_on() -> str:
        refuse_others(where)
        if number:
            calling.step(
                where.office, number, "finish", visitor().actor, where.number, request.form.getlist("outcome")
            )
        called = calling.call_next(where.office, where.number or "", visitor().actor)
        return "" if called else gettext(NOBODY_WAITS)

    return back(go_on)


@blueprint.post("/tickets/<number>/<action>")
@DESK
def step(number: str, action: str) -> Response:
    """One step of one ticket; what the state forbids is said on the desk."""
    where, chosen = here(), cast("Action", action.replace("-", "_"))
    if chosen not in (AT_DESK if where.number else ANYWHERE):
        raise NotFound

    def go_on() -> str:
        if chosen in CALLS:
            refuse_others(where)
        outcomes = request.form.getlist("outcome") if chosen == "finish" else ()
        calling.step(where.office, number, chosen, visitor().actor, where.number, outcomes)
        return _said(where, number, chosen)

    return back(go_on)


def _said(where: Place, number: str, action: Action) -> str:
    """What a step comes to; after an end also where the visitor goes on to."""
    if action == "finish":
        after = line.by_number(where.office, where.office.day_of(now()), number)
        if after.state == "waiting":
            queue = presentation.plain_words(catalogue.current().queues[after.queue].words)
            return gettext(GOES_ON, number=number, queue=queue)
    return told(message(DONE[action], number=number)) if action in DONE else ""


def _place_page(error: str | Message = "", taken: str = "") -> str:
    choices = []
    for office in places.offices_of_visitor():
        today = office.day_of(now())
        choices.append((office, [(one, shifts.state_of(one, today)) for one in offices.counters_of(office)]))
    return render_template(
        "counter/place.html", choices=choices, handles=places.handles(), error=error, taken=taken,
        queues=dict(catalogue.current().queues), me=visitor().actor, kept=places.kept(),
    )  # fmt: skip
