"""連携: an application goes on to another system, once; a second time the same way needs a reason."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Invalid, NotFound
from models.core.messages import _n, message
from models.core.transaction import act, flush_unique
from models.operations import audit, printing, scanning
from models.queries import handovers, receivers
from models.queries.applications import ApplicationView
from models.queries.handovers import HandoverView
from models.queries.offices import OfficeView
from models.queries.receivers import ReceiverView
from models.rules.handover.receivers import CARRIED
from models.rules.references import ALPHABET
from models.tables import Application, Handover

RECEIPT_LENGTH = 12
REASONS = (
    _n("うまく渡せなかったため"),
    _n("内容を直したため"),
    _n("連携先で取り消したため"),
    _n("そのほか"),
)
AGAIN = _n("この連携先には、もう渡しました。もう一度渡すときは、理由を選んでください。")
DRAFT = _n("入力の途中の申請書は渡せません。足りないところを窓口で書いてもらい、手で入力してください。")
NOT_ITS_FORM = _n("この連携先は、この様式を受け取りません。")


@act
def hand_over(
    session: Session,
    place: OfficeView,
    application: ApplicationView,
    number: int,
    actor: str,
    counter: str | None = None,
    reason: str = "",
) -> HandoverView:
    """Hand an application over to one receiver of this office; the receipt names it from now on.

    What is carried is carried by the scheduler. Raises `NotFound` (no such receiver here), `Gone` and `Conflict` as a
    scan does, `Conflict` for a draft, for a form that the receiver does not take, and for a second time without reason.
    """
    scanning.refuse(place, application)
    receiver = _open_here(place, number)
    if not receiver.takes(application.form):
        raise Conflict(message(NOT_ITS_FORM))
    row = session.scalar(select(Application).where(Application.id == application.id).with_for_update())
    if row is None:
        raise NotFound
    if row.state != "ready":
        raise Conflict(message(DRAFT))
    made = _made(session, row, receiver, reason)
    made.actor, made.counter = actor[:60], counter or ""
    session.add(made)
    flush_unique(session)
    audit.note(session, actor, "handover.make", row.reference, f"{receiver.way} {made.receipt}")
    return handovers.by_id(made.id)


def _open_here(place: OfficeView, number: int) -> ReceiverView:
    receiver = receivers.by_id(number)
    if receiver.office_id != place.id or not receiver.open:
        raise NotFound
    return receiver


def _made(session: Session, row: Application, receiver: ReceiverView, reason: str) -> Handover:
    same = (Handover.application_id == row.id, Handover.receiver_id == receiver.id)
    before = session.scalar(select(func.count()).select_from(Handover).where(*same)) or 0
    carried = receiver.way in CARRIED
    return Handover(
        receipt="".join(secrets.choice(ALPHABET) for _ in range(RECEIPT_LENGTH)),
        application_id=row.id,
        receiver_id=receiver.id,
        copy=before + 1,
        reason=_reason(reason)[:100] if before else "",
        state="due" if carried else "done",
        as_of=row.updated_at,
        made_at=now(),
        next_at=now(),
        ended_at=None if carried else now(),
    )


def _reason(reason: str) -> str:
    """Why it is handed over again; `Conflict` where nobody said."""
    if not reason.strip():
        raise Conflict(message(AGAIN))
    try:
        return printing.check_reason(reason)
    except Invalid as refused:
        raise Conflict(refused.problems[0].message) from refused
