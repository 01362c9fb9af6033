"""The one page of the terminal, its pieces, its home screen, and the end of a person's turn."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from statistics import median_low

from flask import Blueprint, Response, make_response, render_template, request, session
from werkzeug.security import safe_join

from kiosk.entry import ACTS, LOOKS
from kiosk.terminal.place import here
from models.core.clock import now
from models.core.errors import NotFound
from models.queries import catalogue, estimates, live
from models.queries.leases import letters_of
from models.rules.entry import PUBLIC

STATIC = Path(__file__).parent.parent / "static"
A_YEAR = 31_536_000
blueprint = Blueprint("kiosk", __name__, template_folder="../templates")


@blueprint.get("/")
@LOOKS
def page() -> str:
    """The page that stays: screens come and go inside it."""
    return render_template("kiosk/shell.html")


@blueprint.get("/static/<path:filename>")
@PUBLIC
def static(filename: str) -> Response:
    """Scripts, styles and sounds of kiosks and boards."""
    response = _file(STATIC, filename)
    if "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@blueprint.get("/service-worker.js")
@PUBLIC
def keeper() -> Response:
    """Keeps the page itself, and nothing of anybody, for when the line is cut."""
    response = _file(STATIC / "terminal", "service_worker.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _file(folder: Path, name: str) -> Response:
    """One of our small files, read whole; `NotFound` for anything that does not lie in the folder."""
    path = safe_join(str(folder), name)
    if path is None or not Path(path).is_file():
        raise NotFound
    response = make_response(Path(path).read_bytes())
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response.headers["Content-Type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/screens/home")
@LOOKS
def home() -> str:
    """What a visitor can do here."""
    place = here()
    shown, letters = estimates.of_hall(place, now()).queues, letters_of(place)
    spans = [estimates.shown_range(one) for code, one in shown.items() if code in letters]
    state = live.state(place, now())
    wait = tuple(median_low(ends) for ends in zip(*spans, strict=True)) if spans and state.open else None
    return render_template("kiosk/home.html", wait=wait, open=state.open, stopped=state.stopped)


@blueprint.get("/screens/pieces")
@LOOKS
def pieces() -> str:
    """What the page must be able to say while its line is cut; kept by the page."""
    known = catalogue.current().queues
    lines = [known[letter] for letter in letters_of(here())]
    return render_template("kiosk/pieces.html", lines=lines)


@blueprint.get("/screens/language")
@LOOKS
def language() -> str:
    """The languages to choose from."""
    return render_template("kiosk/language.html")


@blueprint.post("/wipe")
@ACTS
def wipe() -> Response:
    """The end of a person's turn: nothing of it stays in session, cookies or cache."""
    session.clear()
    response = make_response("", 204)
    response.headers["Clear-Site-Data"] = '"cache"'
    for name in ("lang", "text"):
        response.delete_cookie(name)
    return response
