"""QRコードで受付: by camera, by a scanner that types, or by the 8 characters; every refusal says what to do next."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from kiosk.entry import ACTS, LOOKS
from kiosk.terminal import sight
from kiosk.terminal.place import here, visitor
from kiosk.terminal.slips import ticket_screen
from models.core.errors import Conflict, DomainError, NotFound
from models.core.messages import Message, _n, message
from models.core.tokens import is_token, new_token
from models.operations import scanning, unsealing
from models.operations.idempotency import Key
from models.queries import offices

blueprint = Blueprint("kiosk_check_in", __name__)
SCOPE = "kiosk check-in"
LONGEST_CODE = 4096
UNKNOWN = _n(
    "この番号やQRコードの予約・申請書は見つかりませんでした。もう一度かざすか、「職員を呼ぶ」を押してください。"
)
IN_PARTS = _n(
    "このQRコードは{total}枚に分かれています。ここでは、QRコードの下の8文字の番号を入力してください。"
)


@blueprint.get("/screens/check-in")
@LOOKS
def page() -> str:
    """Hold the code before the camera."""
    return render_template("kiosk/check_in/scan.html", key=new_token())


@blueprint.get("/screens/check-in/number")
@LOOKS
def number() -> str:
    """Type the 8 characters."""
    return render_template("kiosk/check_in/number.html", key=new_token())


@blueprint.post("/screens/check-in/read")
@ACTS
def read() -> str | Response:
    """What was read or typed becomes a number; once for every time the screen was shown."""
    code, minted = request.form.get("code", "")[:LONGEST_CODE], request.form.get("key", "")
    key = Key(f"{SCOPE} {visitor().actor}", minted, code) if is_token(minted) else None
    try:
        issued = scanning.arrive(here(), code, visitor().actor, key)
    except NotFound:
        return _refused(404, message(UNKNOWN))
    except unsealing.More as problem:
        return _refused(409, message(IN_PARTS, total=problem.extra["total"]))
    except Conflict as problem:
        if "office" in problem.extra:
            return _elsewhere(str(problem.extra["office"]), problem)
        raise
    return ticket_screen(here(), issued)


@blueprint.post("/frames")
@ACTS
def frame() -> Response:
    """A picture of the camera: the code that is in it, or 204. Nothing of it is kept."""
    found = sight.code_in(request.get_data(), f"{visitor().actor} {here().id}")
    return jsonify(code=found) if found else make_response("", 204)


def _refused(status: int, *texts: Message) -> Response:
    return make_response(render_template("kiosk/refused.html", texts=texts), status)


def _elsewhere(name: str, problem: DomainError) -> Response:
    place = next(one for one in offices.offices() if one.name == name)
    return make_response(render_template("kiosk/check_in/elsewhere.html", office=place), problem.status)
