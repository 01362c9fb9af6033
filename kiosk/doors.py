"""The table of the kiosk's doors: which blueprint stands where. All of them stand on the city's side of a network."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from flask import Flask, url_for

from models.core.errors import DomainError
from models.rules.sides import INSIDE, WHOLE, stands

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Door:
    """A blueprint by its module, its address prefix, and the side to which it belongs."""

    module: str
    prefix: str
    side: str = INSIDE


DOORS = (
    Door("kiosk.terminal.shell", "/kiosk"),
    Door("kiosk.terminal.enrol", "/kiosk/enrol"),
    Door("kiosk.terminal.tickets", "/kiosk/screens/ticket"),
    Door("kiosk.terminal.check_in", "/kiosk"),
    Door("kiosk.terminal.status", "/kiosk/screens/status"),
    Door("kiosk.terminal.help", "/kiosk"),
    Door("kiosk.terminal.line", "/kiosk"),
    Door("kiosk.slips", "/kiosk"),
    Door("kiosk.booking.pages", "/kiosk/screens/booking", WHOLE),
    Door("kiosk.writing.pages", "/kiosk/screens/writing"),
    Door("kiosk.board.pages", "/board"),
)


def register(app: Flask, side: str) -> None:
    """Open the doors. Every POST is signed by the device's own key, so that forms need no token besides.

    Where none stands, not even what they have in common is loaded.
    """
    standing = [door for door in DOORS if stands(door.side, side)]
    if not standing:
        return
    answer = import_module("kiosk.terminal.refusals").answer
    for door in standing:
        blueprint = import_module(door.module).blueprint
        if door.prefix.startswith("/kiosk"):
            app.extensions["csrf"].exempt(blueprint)
            if DomainError not in blueprint.error_handler_spec[None][None]:
                blueprint.register_error_handler(DomainError, answer)
        app.register_blueprint(blueprint, url_prefix=door.prefix)
    place = import_module("kiosk.terminal.place")
    app.jinja_env.globals.update(
        kiosk_asset=asset,
        kiosk_place=place.here,
        kiosk_travel=place.travel,
        kiosk_slip_blanks=import_module("kiosk.slips").blanks,
        kiosk_books=stands(WHOLE, side),
    )


def asset(filename: str) -> str:
    """The address of one of the kiosk's static files; it changes when the file changes."""
    return url_for("kiosk.static", filename=filename, v=_digest(filename))


@cache
def _digest(filename: str) -> str:
    path = STATIC / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else ""
