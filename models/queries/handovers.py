"""連携の記録: what was handed over to whom, and what is to be carried now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Gone, NotFound
from models.core.messages import _n
from models.core.space import current_space
from models.papers.handover import Handed
from models.queries import applications, receivers
from models.queries.applications import ApplicationView
from models.queries.offices import OfficeView, office_by_id
from models.queries.receivers import ReceiverView
from models.rules.handover.items import items
from models.tables import Application, Handover, Receiver

LATEST = 50
CHANGED = _n("連携のあとで、申請書が書き直されたか取り消されました。QRコードをもう一度読み取ってください。")


@dataclass(frozen=True)
class HandoverView:
    """One hand-over; instants are UTC, `state` is due, carrying, done or dead."""

    id: int
    receipt: str
    application: str
    application_id: int
    receiver: int
    name: str
    way: str
    copy: int
    reason: str
    actor: str
    counter: str
    state: str
    as_of: datetime
    made_at: datetime
    next_at: datetime
    tries: int
    ended_at: datetime | None
    problem: str


def by_receipt(receipt: str) -> HandoverView:
    """The hand-over with this receipt; `NotFound` otherwise."""
    return _one(_all().where(Handover.receipt == receipt[:12]))


def by_id(number: int) -> HandoverView:
    """The hand-over of a row; `NotFound` otherwise."""
    return _one(_all().where(Handover.id == number))


def of_application(application_id: int) -> tuple[HandoverView, ...]:
    """Every hand-over of an application, oldest first."""
    found = session().execute(_all().where(Handover.application_id == application_id).order_by(Handover.id))
    return tuple(_view(*row) for row in found)


def latest(place: OfficeView, most: int = LATEST) -> tuple[HandoverView, ...]:
    """The newest hand-overs of an office; those that never arrived come first."""
    mine = _all().where(Receiver.office_id == place.id)
    found = session().execute(mine.order_by(Handover.state != "dead", Handover.id.desc()).limit(most))
    return tuple(_view(*row) for row in found)


def not_carried(receiver: int) -> int:
    """How many hand-overs to a receiver are still to be carried."""
    mine = (Handover.receiver_id == receiver, Handover.state.in_(("due", "carrying")))
    return session().scalar(select(func.count()).select_from(Handover).where(*mine)) or 0


def due_receivers() -> tuple[int, ...]:
    """The receivers for which something is to be carried now."""
    at = now()
    held = and_(Handover.state == "carrying", Handover.held_until <= at)
    free = or_(and_(Handover.state == "due", Handover.next_at <= at), held)
    return tuple(session().scalars(select(Handover.receiver_id).where(free).distinct()))


def handed(one: HandoverView) -> tuple[ReceiverView, Handed]:
    """What is handed over, opened on purpose; `Gone` where it is not any more what the clerk saw."""
    application = applications.by_id(one.application_id)
    receiver = receivers.by_id(one.receiver)
    if application.updated_at != one.as_of or application.state == "deleted":
        raise Gone(CHANGED)
    return receiver, _opened(one, receiver, application)


def _opened(one: HandoverView, receiver: ReceiverView, application: ApplicationView) -> Handed:
    place, form = office_by_id(application.office_id), application.definition()
    return Handed(
        receipt=one.receipt,
        copy=one.copy,
        application=application.reference,
        form=application.form,
        title=form.words.ja,
        edition=application.edition,
        municipality=current_space().code,
        office=place.code,
        at=one.made_at.astimezone(place.zone),
        items=items(form, applications.fields_of(application)),
        order=receiver.order,
        dates=receiver.dates,
    )


def _all() -> Select[Handover, str, str, str]:
    chosen = select(Handover, Application.reference, Receiver.name, Receiver.way)
    return chosen.join(Application, Application.id == Handover.application_id).join(
        Receiver, Receiver.id == Handover.receiver_id
    )


def _one(chosen: Select[Handover, str, str, str]) -> HandoverView:
    row = session().execute(chosen.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    return _view(*row)


def _view(row: Handover, reference: str, name: str, way: str) -> HandoverView:
    return HandoverView(
        row.id, row.receipt, reference, row.application_id, row.receiver_id, name, way, row.copy, row.reason,
        row.actor, row.counter, row.state, row.as_of, row.made_at, row.next_at, row.tries, row.ended_at, row.problem,
    )  # fmt: skip
