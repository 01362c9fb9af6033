"""連携先: the systems that an office hands applications over to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from models.core.db import ground, session
from models.core.errors import NotFound
from models.core.space import current_space
from models.core.vault import unseal
from models.papers.handover import ADAPTERS, Adapter
from models.queries.offices import OfficeView
from models.rules.handover.items import Dates
from models.rules.handover.receivers import Wanted, ordered, plain
from models.tables import Receiver

PURPOSE = "channel"
FOREVER = date.min
"""Secrets of receivers are kept like those of the ways out: under a key that is no day's."""


@dataclass(frozen=True)
class ReceiverView:
    """One receiver without its secret; `order` and `forms` empty are everything."""

    id: int
    office_id: int
    name: str
    way: str
    shape: str
    order: tuple[str, ...]
    dates: Dates
    forms: tuple[str, ...]
    folder: str
    url: str
    open: bool

    @property
    def adapter(self) -> Adapter:
        """What makes its bytes; `NotFound` where this version has no such shape."""
        if self.shape not in ADAPTERS:
            raise NotFound
        return ADAPTERS[self.shape]

    def takes(self, form: str) -> bool:
        """Whether it takes this form."""
        return not self.forms or form in self.forms


def of_office(place: OfficeView) -> tuple[ReceiverView, ...]:
    """The receivers that an office has now, by name."""
    mine = select(Receiver).where(Receiver.office_id == place.id, Receiver.ended_at.is_(None))
    return tuple(view(row) for row in session().scalars(mine.order_by(Receiver.name, Receiver.id)))


def state_of(one: ReceiverView) -> dict[str, Any]:
    """A receiver as a setting."""
    return plain(Wanted(one.name, one.way, one.shape, one.order, one.dates, one.forms, one.folder, one.url))


def receivers_state(place: OfficeView) -> list[dict[str, Any]]:
    """The receivers that an office has now as a setting."""
    return ordered([state_of(one) for one in of_office(place)])


def by_id(number: int) -> ReceiverView:
    """A receiver, also one that was ended; `NotFound` otherwise."""
    row = session().get(Receiver, number)
    if row is None:
        raise NotFound
    return view(row)


def secret_of(number: int) -> str:
    """What a receiver's signatures are made with; for the scheduler only. `NotFound` where it has none."""
    sealed = session().scalar(select(Receiver.secret).where(Receiver.id == number))
    if sealed is None:
        raise NotFound
    return unseal(sealed, row=f"receiver/{number}", field="secret")


def folders() -> Path | None:
    """The folder below which this municipality's watch folders are; None where the installation has none."""
    root = ground().settings.handover_folder
    return None if root is None else root / current_space().code


def view(row: Receiver) -> ReceiverView:
    """A row as people may see it."""
    return ReceiverView(
        row.id, row.office_id, row.name, row.way, row.shape, tuple(row.order), cast("Dates", row.dates),
        tuple(row.forms), row.folder, row.url, row.ended_at is None,
    )  # fmt: skip
