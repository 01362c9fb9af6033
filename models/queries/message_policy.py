"""When an office reminds of a visit."""

from __future__ import annotations

from models.queries.office_policies import decided
from models.queries.offices import OfficeView
from models.rules.message_policy import MessagePolicy, with_own

TOPIC = "messages"


def message_policy(place: OfficeView) -> MessagePolicy:
    """The office's times, the shipped ones where it decided nothing."""
    return with_own(decided(place.id, TOPIC).own)
