"""A form is written again while it is being deleted: whoever is last is right, and no form is without its key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models.core.db import session
from models.core.keys import KeyDestroyed, Unreadable
from models.core.settings import Settings
from models.core.vault import unseal
from models.operations import applications as filing
from models.operations import booking, tombstones
from models.queries.offices import OfficeView
from models.tables import Application
from tests.conftest import inside
from tests.operations.test_booking import asked, free
from tests.operations.test_printing import filled
from tests.races.crowd import patiently, sized, together

TURNS = sized(400, 40)
MOMENT = 0.3
"""Seconds in which whoever is not kept waiting has long been done."""


def lost() -> list[str]:
    """Forms that are there, still as they were when looked at again, and cannot be opened."""
    found = []
    for row in _rows():
        try:
            unseal(row[1], row=f"application/{row[0]}", field="fields")
        except (KeyDestroyed, Unreadable):
            found.append(row)
    session().rollback()
    return [row[0] for row in found if row in _rows()]


def _rows() -> list[tuple[str, bytes]]:
    chosen = select(Application.reference, Application.fields).where(Application.fields.is_not(None))
    found = [(row[0], row[1] or b"") for row in session().execute(chosen)]
    session().rollback()
    return found


def test_a_form_that_is_saved_as_its_old_key_dies_has_a_key(
    settings: Settings, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    savers: list[threading.Thread] = []
    destroyed = tombstones._destroyed

    def save(token: str) -> None:
        with inside(settings):
            patiently(lambda: filing.save(token, "F01", filled("残る"), ready=True))

    with inside(settings):
        made = booking.book(asked(free()[0]))
        form = filing.save(made.token, "F01", filled("消える"), ready=True)

        def slowly(name: str, row: str) -> bool:
            savers.append(threading.Thread(target=save, args=(made.token,)))
            savers[0].start()
            savers[0].join(MOMENT)
            return destroyed(name, row)

        with monkeypatch.context() as patched:
            patched.setattr(tombstones, "_destroyed", slowly)
            filing.delete(form.token)
        savers[0].join()
        assert len(_rows()) == 1
        assert lost() == []


def test_savers_and_deleters_leave_no_form_without_its_key(live: Settings) -> None:
    with inside(live):
        made = booking.book(asked(free()[0]))
        form = filing.save(made.token, "F01", filled("前"), ready=True)

    def again(work: Callable[[], object]) -> Callable[[OfficeView], list[str]]:
        def many(_place: OfficeView) -> list[str]:
            found = []
            for _ in range(TURNS):
                patiently(work)
                found += lost()
            return found

        return many

    save = again(lambda: filing.save(made.token, "F01", filled("次"), ready=True))
    delete = again(lambda: filing.delete(form.token))
    assert together(live, [save, save, delete]) == [[], [], []]
