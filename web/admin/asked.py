"""Which office an administrator's or manager's page is about."""

from __future__ import annotations

from flask import request

from models.core.errors import NotFound
from models.queries import offices
from models.queries.offices import OfficeView
from web.access import own_office, visitor


def asked_office() -> OfficeView:
    """The office that was asked for, else the first one where this visitor works; `NotFound` where there is none."""
    asked = request.values.get("office", "")
    if asked:
        return own_office(asked)
    scope = visitor().office_id
    for one in offices.offices():
        if scope in (None, one.id):
            return one
    raise NotFound
