"""連携先を決める: an administrator opens a receiver for one office, or ends it; it is never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground
from models.core.errors import NotFound, invalid
from models.core.messages import _n
from models.core.tokens import new_token
from models.core.transaction import act
from models.core.vault import seal
from models.operations import audit
from models.papers.handover import ADAPTERS
from models.queries import catalogue
from models.queries.offices import OfficeView
from models.queries.receivers import FOREVER, PURPOSE
from models.rules import mynumber
from models.rules.handover.receivers import NO_SUCH_FORM, NO_SUCH_SHAPE, Wanted, check
from models.tables import Office, Receiver

SAME_NAME = _n("同じ名前の連携先があります。ちがう名前にするか、前の連携先を先にやめてください。")


@dataclass(frozen=True)
class Opened:
    """A receiver that was opened; `secret` is shown once, empty where its way needs none."""

    id: int
    secret: str


@act
def open_receiver(session: Session, place: OfficeView, wanted: Wanted, actor: str) -> Opened:
    """Open a receiver for one office; `Invalid` names each box that must be mended."""
    check(wanted, ground().settings.handover_folder is not None, ground().settings.hosts_allowed)
    _check_known(wanted)
    session.scalars(select(Office.id).where(Office.id == place.id).with_for_update()).all()
    mine = (Receiver.office_id == place.id, Receiver.name == wanted.name, Receiver.ended_at.is_(None))
    if session.scalar(select(Receiver.id).where(*mine)) is not None:
        raise invalid("name", SAME_NAME)
    row = Receiver(
        office_id=place.id,
        name=wanted.name,
        way=wanted.way,
        shape=wanted.shape,
        order=list(wanted.order),
        dates=wanted.dates,
        forms=list(wanted.forms),
        folder=wanted.folder if wanted.way == "folder" else "",
        url=wanted.url if wanted.way == "webhook" else "",
        made_at=now(),
        made_by=actor[:60],
    )
    session.add(row)
    session.flush()
    secret = new_token() + new_token() if wanted.way == "webhook" else ""
    if secret:
        row.secret = seal(secret, purpose=PURPOSE, due=FOREVER, row=f"receiver/{row.id}", field="secret")
    audit.note(session, actor, "receiver.open", f"{place.code}/{row.id}", f"{wanted.way} {wanted.shape}")
    return Opened(row.id, secret)


@act
def end_receiver(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """End a receiver: nothing more is handed over to it, and what was not carried yet is not. Its log stays."""
    mine = (Receiver.id == number, Receiver.office_id == place.id)
    row = session.scalar(select(Receiver).where(*mine).with_for_update())
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        return
    row.ended_at, row.secret = now(), None
    audit.note(session, actor, "receiver.end", f"{place.code}/{row.id}")


def _check_known(wanted: Wanted) -> None:
    shape = ADAPTERS.get(wanted.shape)
    if shape is None or wanted.way not in shape.ways:
        raise invalid("shape", NO_SUCH_SHAPE)
    for form in wanted.forms:
        if form not in catalogue.current().forms:
            raise invalid("forms", NO_SUCH_FORM, form=form[:8])
    if mynumber.contains_my_number(json.dumps([wanted.name, *wanted.order], ensure_ascii=False)):
        raise invalid("name", mynumber.REFUSED)
