"""連携先を決める: an administrator opens receivers for one office, or ends them; one is never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground
from models.core.errors import NotFound, invalid
from models.core.tokens import new_token
from models.core.transaction import act
from models.core.vault import seal
from models.operations import audit, setting_changes
from models.papers.handover import ADAPTERS
from models.queries import catalogue, receivers
from models.queries.offices import OfficeView
from models.queries.receivers import FOREVER, PURPOSE
from models.queries.setting_changes import RECEIVERS
from models.rules import mynumber
from models.rules.handover.receivers import (
    NO_SUCH_FORM,
    NO_SUCH_SHAPE,
    Wanted,
    check,
    ordered,
    plain,
    wanted,
)
from models.tables import Office, Receiver


@act
def set_receivers(
    session: Session,
    place: OfficeView,
    rows: Sequence[Mapping[str, Any]],
    actor: str,
    seen: str | None = None,
) -> dict[str, str]:
    """The receivers of one office from now on; the secrets of those opened just now, by name, to be shown once.

    Nothing more is handed over to one that is not among them, and what was not carried yet is not. Its log stays.
    `Invalid` names each box that must be mended, `OtherState` where the receivers are not as `seen`.
    """
    session.scalars(select(Office.id).where(Office.id == place.id).with_for_update()).all()
    before = receivers.receivers_state(place)
    setting_changes.judge(before, seen)
    after = receivers_checked(place, rows)
    made = list(after)
    for one in receivers.of_office(place):
        if receivers.state_of(one) in made:
            made.remove(receivers.state_of(one))
        else:
            _end(session, place, one.id, actor)
    session.flush()
    secrets = {row["name"]: _open(session, place, row, actor) for row in made}
    setting_changes.keep(session, RECEIVERS, place.code, before, after, actor)
    return {name: secret for name, secret in secrets.items() if secret}


def receivers_checked(place: OfficeView, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The receivers as they may be now, those that stay unjudged; `Invalid` otherwise."""
    before = receivers.receivers_state(place)
    return ordered([dict(row) if row in before else _checked(wanted(row)) for row in rows])


def _checked(one: Wanted) -> dict[str, Any]:
    check(one, ground().settings.handover_folder is not None, ground().settings.hosts_allowed)
    shape = ADAPTERS.get(one.shape)
    if shape is None or one.way not in shape.ways:
        raise invalid("shape", NO_SUCH_SHAPE)
    for form in one.forms:
        if form not in catalogue.current().forms:
            raise invalid("forms", NO_SUCH_FORM, form=form[:8])
    if mynumber.contains_my_number(json.dumps([one.name, *one.order], ensure_ascii=False)):
        raise invalid("name", mynumber.REFUSED)
    return plain(one)


def _open(session: Session, place: OfficeView, row: Mapping[str, Any], actor: str) -> str:
    """Open one; the secret that was made for it, empty where its way needs none."""
    new = Receiver(office_id=place.id, made_at=now(), made_by=actor[:60], **row)
    session.add(new)
    session.flush()
    secret = new_token() + new_token() if new.way == "webhook" else ""
    if secret:
        new.secret = seal(secret, purpose=PURPOSE, due=FOREVER, row=f"receiver/{new.id}", field="secret")
    audit.note(session, actor, "receiver.open", f"{place.code}/{new.id}", f"{new.way} {new.shape}")
    return secret


def _end(session: Session, place: OfficeView, number: int, actor: str) -> None:
    row = session.scalar(select(Receiver).where(Receiver.id == number).with_for_update())
    if row is None:
        raise NotFound
    row.ended_at, row.secret = now(), None
    audit.note(session, actor, "receiver.end", f"{place.code}/{number}")
