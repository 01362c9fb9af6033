"""The boards of a hall: the screen, its state for the page that stays open, its voice, and how to set one up."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, render_template, request, url_for
from markupsafe import Markup

from kiosk.board import options as board_options
from kiosk.board import screen, tongues
from kiosk.board.options import Known, Options
from kiosk.board.screen import LABELS, Screen, Shown, Wording
from models.core.clock import now
from models.core.errors import NotFound
from models.core.messages import _n
from models.papers import voice
from models.queries import catalogue, live, offices
from models.queries.offices import OfficeView
from models.rules.announcements import SPOKEN, Announced
from models.rules.entry import PUBLIC
from models.rules.message_languages import LANGUAGES
from models.rules.ticket_numbers import parts

blueprint = Blueprint("board", __name__)
PIECES = ("mean", "now", "recent", "deliveries", "waits", "foot")
"""What of the page is renewed, each by its id."""
PART_NAMES = {
    "calls": _n("さきほどのお呼び出し"),
    "deliveries": _n("受け渡し（交付）"),
    "waits": _n("待っている人と時間の目安"),
    "absent": _n("お呼び出し済みの番号"),
    "notices": _n("お知らせ"),
    "mean": _n("きょうの平均の待ち時間"),
    "hint": _n("スマートフォンの案内"),
    "clock": _n("時計"),
}
LANGUAGE_NAMES = {one.code: one.name for one in LANGUAGES}
"""Each language by its own name."""
KEPT = 128
A_DAY = 86_400


@blueprint.get("/")
@PUBLIC
def setup() -> str:
    """Put a board's address together, and see what it will look like."""
    places = offices.offices()
    place = next((one for one in places if one.code == request.args.get("office")), places[0])
    chosen, known = _options(place)
    board, pieces = _drawn(place, chosen, now())
    g.pop("language")
    return render_template(
        "board/setup.html", places=places, office=place, options=chosen, known=known, parts=PART_NAMES, board=board,
        pieces=pieces, queues=_queues(place), numbers_of_calls=board_options.CALLS,
        zooms=board_options.ZOOMS, recorded=voice.recorded(), address=_address(place, chosen),
        language_names=LANGUAGE_NAMES, spoken=tongues.tag(chosen.languages[0]),
    )  # fmt: skip


@blueprint.get("/<office>")
@PUBLIC
def show(office: str) -> str:
    """A board. Without scripts it renews itself as a still page."""
    place = offices.office(office)
    chosen, _ = _options(place)
    board, pieces = _drawn(place, chosen, now())
    return render_template(
        "board/screen.html", office=place, options=chosen, board=board, pieces=pieces, labels=LABELS, words=screen,
        poll=url_for(".state", office=place.code) + _behind(chosen), spoken=tongues.tag(chosen.languages[0]),
    )  # fmt: skip


@blueprint.get("/<office>/state")
@PUBLIC
def state(office: str) -> Response:
    """What the board shows now, in pieces, and what is to be said of each call; 304 where nothing has changed."""
    place = offices.office(office)
    chosen, _ = _options(place)
    at = now()
    tag = _tag(place, chosen, at)
    if tag in request.if_none_match:
        response = make_response("", 304)
    else:
        response = make_response(
            _kept(f"{g.municipality.code} {place.code} {tag}", lambda: _told(place, chosen, at))
        )
        response.mimetype = "application/json"
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/<office>/voice/<number>/<counter>")
@PUBLIC
def say(office: str, number: str, counter: str) -> Response:
    """A call as sound, for browsers without a voice. Only what can be called is said: nothing is free text."""
    place = offices.office(office)
    desk = offices.counter(place, counter)
    found = parts(number)
    if (
        found is None
        or not set(found[0]) <= set("".join(catalogue.current().queues))
        or not 0 < found[1] <= voice.MOST
    ):
        raise NotFound
    kind = request.args.get("kind")
    call = Announced(number, desk.number, kind == "deliver", kind == "booked")
    sound = voice.spoken(call, request.args.get("language", SPOKEN[0]), "again" in request.args)
    if sound is None:
        raise NotFound
    response = make_response(sound)
    response.mimetype = voice.MIMETYPE
    response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def _options(place: OfficeView) -> tuple[Options, Known]:
    """This request's options, with its page in their language."""
    pages = tongues.pages()
    others = tuple(one for one in catalogue.current().rules["screen_call"] if one not in pages)
    known = Known(tuple(row.code for row in _queues(place)), pages, others, SPOKEN)
    chosen = board_options.read(request.args.to_dict(flat=False), known)
    tongues.use(chosen.languages[0])
    return chosen, known


def _queues(place: OfficeView) -> list[Any]:
    served = {code for one in offices.counters_of(place) for code in one.queues}
    return [queue for code, queue in catalogue.current().queues.items() if code in served]


def _drawn(place: OfficeView, chosen: Options, at: datetime) -> tuple[Screen, dict[str, Markup]]:
    """A board and its pieces as HTML."""
    rules = catalogue.current().rules
    wording = Wording(rules["voice"], rules["screen_call"])
    board = screen.made(
        live.state(place, at), chosen, offices.week_of(place), at.astimezone(place.zone), wording
    )
    context = {
        "office": place, "board": board, "options": chosen, "labels": LABELS, "words": screen,
        "also": next((one for one in chosen.beside if one in tongues.pages()), None),
        "in_language": tongues.in_language, "within": tongues.within, "tag": tongues.tag,
    }  # fmt: skip
    return board, {name: Markup(render_template(f"board/pieces/{name}.html", **context)) for name in PIECES}  # noqa: S704


def _told(place: OfficeView, chosen: Options, at: datetime) -> str:
    board, pieces = _drawn(place, chosen, at)
    return current_app.json.dumps({
        "version": board.version,
        "day": place.day_of(at).isoformat(),
        "as_of": board.as_of.astimezone(place.zone).isoformat(),
        "calls": [_call(place, one) for one in board.calls],
        "look": board.look,
        "pieces": pieces,
    })  # fmt: skip


def _call(place: OfficeView, shown: Shown) -> dict[str, Any]:
    call = shown.call
    return {
        "version": call.version,
        "number": call.number,
        "counter": call.counter,
        "at": call.at.astimezone(place.zone).isoformat(),
        "kind": call.kind,
        "say": [{**asdict(line), "sound": _sound(place, shown, at)} for at, line in enumerate(shown.spoken)],
    }


def _sound(place: OfficeView, shown: Shown, at: int) -> str:
    """The address of a line's recorded sound."""
    call, language = shown.call, shown.spoken[at].language
    said: dict[str, Any] = {
        "kind": "deliver" if shown.deliver else "booked" if call.booked else None,
        "language": language,
        "again": 1 if language in [one.language for one in shown.spoken[:at]] else None,
    }
    return url_for(".say", office=place.code, number=call.number, counter=call.counter, **said)


def _tag(place: OfficeView, chosen: Options, at: datetime) -> str:
    said = f"{chosen} {current_app.jinja_env.globals['kiosk_asset']('board/board.css')}"  # type: ignore[operator]
    return f"{live.etag(place, at)}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _kept(key: str, make: Callable[[], str]) -> str:
    """The same answer for every board that is set up alike."""
    answers: OrderedDict[str, str] = current_app.extensions.setdefault("boards", OrderedDict())
    found = answers.get(key)
    if found is None:
        found = answers[key] = make()
        while len(answers) > KEPT:
            answers.popitem(last=False)
    return found


def _address(place: OfficeView, chosen: Options) -> str:
    return url_for(".show", office=place.code, _external=True) + _behind(chosen)


def _behind(chosen: Options) -> str:
    return f"?{found}" if (found := chosen.query()) else ""
