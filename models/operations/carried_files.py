"""運ばれたファイルを確かめる: signed by the other side, of this municipality, not older than what was taken before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, NotFound, invalid
from models.core.messages import _n, message
from models.core.sealing import mark_of
from models.core.signing import signed_by
from models.core.space import current_space
from models.core.transaction import flush_unique
from models.operations import pairing
from models.papers import carried
from models.papers.carried import Carried
from models.queries import offices
from models.queries.offices import OfficeView
from models.tables import CarriedFile

AHEAD = timedelta(minutes=10)
"""How far the other side's clock may go ahead of this one."""
NOT_READABLE = _n(
    "ファイルを読めません。途中で変わったか、別のファイルです。もう一方の側で、もう一度書き出してください。"
)
OTHER_KIND = _n("別の種類のファイルです。選び直してください。")
OTHER_CITY = _n("別の自治体のファイルです。")
OTHER_SIGNER = _n("署名した鍵を、ここでは知りません。もう一方の側の鍵のファイルを先に取り込んでください。")
FORGED = _n("署名が合いません。途中で書き換えられたおそれがあるため、取り込みません。")
FUTURE = _n("作った時刻（{time}）が、こちらの時計より先です。両側の時計を確かめてください。")
OLDER = _n("前に取り込んだもの（{before}）より古いファイル（{time}）です。新しく書き出してください。")
NO_OFFICE = _n("このファイルの庁舎（{office}）は、こちらにありません。")


def proven(content: bytes, kind: str) -> Carried:
    """A file of this kind that the other side signed for this municipality.

    `Invalid` for anything else, `Conflict` where its signer is not known (yet) or its time is still to come.
    """
    try:
        file = carried.read(content)
    except ValueError as problem:
        raise invalid("file", NOT_READABLE) from problem
    if file.header.kind != kind:
        raise invalid("file", OTHER_KIND)
    if file.header.municipality != current_space().code:
        raise invalid("file", OTHER_CITY)
    other = pairing.known()
    if file.header.key != mark_of(other.sign).hex():
        raise Conflict(OTHER_SIGNER)
    if not signed_by(other.sign, file.signed, file.signature):
        raise invalid("file", FORGED)
    if file.header.made_at > now() + AHEAD:
        raise Conflict(message(FUTURE, time=shown(file.header.made_at)))
    return file


def place_of(file: Carried) -> OfficeView:
    """The office that a file is about; `NotFound` where it is none of this house."""
    return known_office(file.header.office)


def known_office(code: str) -> OfficeView:
    """An office that a file names; `NotFound` where it is none of this house."""
    try:
        return offices.office(code)
    except NotFound as problem:
        raise NotFound(message(NO_OFFICE, office=code)) from problem


def claim(session: Session, file: Carried, place: OfficeView, actor: str) -> datetime | None:
    """Inside an act: from now on this file counts; when the one before was made. `Conflict` where that is newer."""
    header = file.header
    row: CarriedFile | None = session.scalar(_row(file, place).with_for_update())
    if row is None:
        session.add(
            CarriedFile(
                kind=header.kind, office_id=place.id, day=header.day, made_at=header.made_at, taken_at=now(),
                taken_by=actor, content={},
            )
        )  # fmt: skip
        flush_unique(session)
        return None
    before = row.made_at
    if before > header.made_at:
        raise Conflict(message(OLDER, before=shown(before), time=shown(header.made_at)))
    row.made_at, row.taken_at, row.taken_by = header.made_at, now(), actor
    return before


def note(session: Session, file: Carried, place: OfficeView, content: Any) -> None:
    """Inside the act that claimed it: what is kept of a file."""
    row = session.scalar(_row(file, place))
    if row is not None:
        row.content = content


def shown(at: datetime) -> str:
    """An instant in a sentence: both sides stand in one country."""
    return f"{at.astimezone(offices.offices()[0].zone):%Y-%m-%d %H:%M:%S}"


def _row(file: Carried, place: OfficeView) -> Any:
    header = file.header
    mine = (CarriedFile.kind == header.kind, CarriedFile.office_id == place.id, CarriedFile.day == header.day)
    return select(CarriedFile).where(*mine)
