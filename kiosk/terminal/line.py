"""線: a terminal says that it lives, keeps leased numbers, and hands over what it gave out while it was cut."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from kiosk.entry import ACTS
from kiosk.terminal.place import here, visitor
from kiosk.terminal.slips import code_of
from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import _n
from models.core.tokens import is_token
from models.operations import leases
from models.operations.leases import GivenOut

blueprint = Blueprint("kiosk_line", __name__)
MOST = 100
BAD = _n("送られた内容を読めませんでした。")


@blueprint.post("/pulse")
@ACTS
def pulse() -> Response:
    """This terminal is let in; its leased numbers of today, and the pictures of the codes that it made for them."""
    numbers = leases.stock(here(), visitor().number or 0)
    tokens = [text for text in _listed("tokens") if isinstance(text, str) and is_token(text)]
    day = here().day_of(now()).isoformat()
    return jsonify(day=day, numbers=numbers, codes={token: str(code_of(token)) for token in tokens})


@blueprint.post("/given")
@ACTS
def given() -> Response:
    """What was given out while the line was cut; what is settled need not be sent again."""
    tickets = [_ticket(one) for one in _listed("tickets")]
    handed = leases.synchronise(here(), visitor().number or 0, tickets, visitor().actor)
    return jsonify(settled=handed.settled, refused=handed.refused)


def _listed(box: str) -> list[Any]:
    try:
        found = json.loads(request.form.get(box, "[]"))
    except (ValueError, RecursionError) as problem:
        raise invalid(box, BAD) from problem
    if not isinstance(found, list) or len(found) > MOST:
        raise invalid(box, BAD)
    return found


def _ticket(one: Any) -> GivenOut:
    try:
        number, token, at = str(one["number"]), str(one["token"]), datetime.fromisoformat(str(one["at"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise invalid("tickets", BAD) from problem
    if at.tzinfo is None:
        raise invalid("tickets", BAD)
    return GivenOut(number[:8], token[:64], at)
