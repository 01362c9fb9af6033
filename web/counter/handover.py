"""連携: what was read goes on to another system: by the clipboard, as a file, or carried by the scheduler."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Conflict, DomainError, Gone, NotFound
from models.core.messages import _n, message
from models.operations.handing_over import hand_over
from models.papers.handover import Handed
from models.queries import applications, handovers
from models.queries.handovers import HandoverView
from models.queries.receivers import ReceiverView
from models.rules.handover.receivers import CARRIED
from web.access import COUNTER, visitor
from web.counter import reading
from web.counter.door import opened, told
from web.counter.going_on import STATES
from web.counter.place import Place, here

blueprint = opened("handover")
SHOWN = timedelta(minutes=10)
"""So long can what was handed over be looked at by whoever handed it over."""
OVER = _n("連携の内容を見られる時間（10分）が過ぎました。もう一度渡すときは、理由を選んでください。")


@blueprint.post("/applications/<reference>/handovers")
@COUNTER
def make(reference: str) -> Response:
    """Hand over what this tab's scan showed; a refusal is said on the desk."""
    where, slip = here(), request.form.get("scan", "")
    back = redirect(url_for("desk.page", scan=slip), 303)
    application = applications.by_reference(reference)
    reading.check(where, slip, reference)
    try:
        made = hand_over(
            where.office,
            application,
            _number(request.form.get("receiver", "")),
            visitor().actor,
            where.number,
            request.form.get("reason", "")[:100],
        )
    except NotFound:
        raise
    except DomainError as problem:
        flash(told(problem.message), "warning")
        return back
    return redirect(url_for(".page", receipt=made.receipt, scan=slip), 303)


@blueprint.get("/handovers/<receipt>")
@COUNTER
def page(receipt: str) -> str:
    """The receipt, and for the clipboard the text in the receiver's order."""
    where, slip = here(), request.args.get("scan", "")
    one, receiver, handed = _seen(where, receipt, slip)
    return render_template(
        "counter/handover.html",
        where=where,
        one=one,
        receiver=receiver,
        slip=slip,
        state=STATES[one.state],
        carried=receiver.way in CARRIED,
        text=receiver.adapter.draw(handed).decode() if receiver.way == "copy" else "",
        rows=handed.texts(),
    )


@blueprint.get("/handovers/<receipt>/file")
@COUNTER
def file(receipt: str) -> Response:
    """The file of a hand-over, named by its receipt."""
    one, receiver, handed = _seen(here(), receipt, request.args.get("scan", ""))
    if receiver.way != "file":
        raise NotFound
    adapter = receiver.adapter
    response = make_response(adapter.draw(handed))
    response.headers["Content-Type"] = adapter.media
    response.headers["Content-Disposition"] = f'attachment; filename="{one.receipt}.{adapter.suffix}"'
    return response


def _seen(where: Place, receipt: str, slip: str) -> tuple[HandoverView, ReceiverView, Handed]:
    """A hand-over with its contents, for whoever made it, out of the same scan, for a while."""
    one = handovers.by_receipt(receipt)
    if one.actor != visitor().actor:
        raise NotFound
    reading.check(where, slip, one.application)
    if now() - one.made_at > SHOWN:
        raise Gone(message(OVER))
    receiver, handed = handovers.handed(one)
    if receiver.office_id != where.office.id:
        raise Conflict(reading.OTHER_SLIP)
    return one, receiver, handed


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound
    return int(text)
