"""予約の一覧を取り込む: a day-list of the outside becomes bookings here. The newest wins, and twice is as good as once.

What is not in the newest list of its day any more was cancelled. Whoever is here already stays as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground
from models.core.errors import Conflict, invalid
from models.core.keys import KeyDestroyed, Unreadable
from models.core.messages import Message, _n, message
from models.core.sealing import MARK_BYTES, mark_of
from models.core.space import current_space
from models.core.transaction import act, rehearsal
from models.core.unsealing import private_key, public_key, unsealed
from models.operations import audit, carried_bookings, carried_files, pairing
from models.operations.carried_bookings import Told
from models.papers import carried, day_list
from models.papers.carried import Carried
from models.papers.day_list import Line
from models.queries import crossing
from models.queries.crossing import PURPOSE
from models.queries.offices import OfficeView
from models.rules.sides import INSIDE

OTHER_SEAL = _n(
    "こちらの今の鍵で封をしたものではありません。こちらの鍵のファイルを運び直してから、書き出し直してください。"
)
PAST = _n("{day}の一覧です。その日はもう終わっています。")


@dataclass
class Report:
    """What a day-list did: references by what became of them, and what was refused, with the reason.

    `before` is when the list was made that counted until now, None where this is the day's first.
    """

    place: OfficeView
    made_at: datetime
    before: datetime | None
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, Message]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        kinds = ("new", "changed", "cancelled", "unchanged", "refused")
        return {kind: len(getattr(self, kind)) for kind in kinds}


def look(content: bytes, actor: str) -> Report:
    """What `take` would do now; nothing is changed."""
    with rehearsal():
        return take(content, actor)


@act
def take(session: Session, content: bytes, actor: str) -> Report:
    """Take a day-list in.

    Raises `Invalid` where it is none, was changed on its way or is another municipality's, `Conflict` where it is older
    than what was taken, of a day that is over, or for other keys, `NotFound` for an office that is not here.
    """
    pairing.only_on(INSIDE)
    file = carried_files.proven(content, carried.DAY_LIST)
    place = carried_files.place_of(file)
    if file.header.day < place.day_of(now()):
        raise Conflict(message(PAST, day=file.header.day))
    before = carried_files.claim(session, file, place, actor)
    report = Report(place, file.header.made_at, before)
    lines = _lines(file, place)
    for told, what in carried_bookings.write(session, place, file.header, lines):
        _sort(report, told, what)
    report.cancelled += carried_bookings.cancel_all_but(session, place, file.header, lines, actor)
    carried_files.note(session, file, place, report.counts)
    said = ", ".join(f"{kind} {count}" for kind, count in report.counts.items())
    audit.note(session, actor, "day-list.import", f"{place.code} {file.header.day}", said)
    return report


def _sort(report: Report, told: Told, what: Line) -> None:
    if isinstance(told, Message):
        report.refused.append((what.reference, told))
    else:
        getattr(report, told).append(what.reference)


def _lines(file: Carried, place: OfficeView) -> Sequence[Line]:
    """The bookings of the list, opened with the key of this side that it names."""
    try:
        return day_list.lines(_opened(file))
    except (Unreadable, ValueError) as problem:
        raise invalid("file", carried_files.NOT_READABLE) from problem


def _opened(file: Carried) -> bytes:
    code, keys = current_space().code, ground().keys
    for day in reversed(crossing.own_days()):
        try:
            key = private_key(keys.data_key(code, f"{PURPOSE}-{day.isoformat()}"), pairing.DAY_LISTS)
        except KeyDestroyed:
            continue
        if mark_of(public_key(key)) == file.body[:MARK_BYTES]:
            return unsealed(key, file.body[MARK_BYTES:], file.header.about)
    raise Conflict(OTHER_SEAL)
