"""When an office reminds of a visit."""

from __future__ import annotations

from sqlalchemy import select

from models.core.db import session
from models.queries.offices import OfficeView
from models.rules.message_policy import MessagePolicy, with_own
from models.tables import OfficePolicy

TOPIC = "messages"


def message_policy(place: OfficeView) -> MessagePolicy:
    """The office's times, the shipped ones where it decided nothing."""
    chosen = select(OfficePolicy.own).where(OfficePolicy.office_id == place.id, OfficePolicy.topic == TOPIC)
    return with_own(session().scalar(chosen) or {})
