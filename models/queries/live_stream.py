"""An office's line as JSON and as a stream of server-sent events, for the hub and for the web's own short stream.

`called` and `recalled` carry one call, `queue`, `closed` and `snapshot` the whole state. An event's id is the version
up to which whoever received it has missed nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.catalogue.words import RUBY
from models.core.db import ground
from models.core.space import current_space
from models.queries import hall, live
from models.queries.hall_state import CallShown, HallState, QueueState
from models.queries.offices import OfficeView
from models.rules import message_languages

LANGUAGES = message_languages.CODES
NAMES = {"call": "called", "recall": "recalled", "deliver": "called"}
LONGEST_ID = 15


@dataclass(frozen=True)
class Missed:
    """Everything up to a version: the calls in order, or None where only the whole state tells it."""

    version: int
    calls: tuple[CallShown, ...] | None


def missed(place: OfficeView, since: int | None) -> Missed:
    """What whoever saw version `since` (None: nothing yet) has missed until now."""
    version = hall.version(place)
    found = None if since is None else live.calls_since(place, since)
    if found is None:
        return Missed(version, None)
    return Missed(version, tuple(call for call in found if call.version <= version))


def opening(place: OfficeView, since: int | None, at: datetime, language: str) -> tuple[int, bytes]:
    """The version and the events with which a stream begins: what was missed, then the state."""
    found = missed(place, since)
    name = "snapshot" if found.calls is None else "queue"
    calls = b"".join(call_event(place, call) for call in found.calls or ())
    return found.version, calls + state_event(name, found.version, state_json(place, at, language))


def call_event(place: OfficeView, call: CallShown) -> bytes:
    """One call as an event."""
    return _event(NAMES[call.kind], call.version, _compact(call_shown(call, place.zone)))


def state_event(name: str, version: int, state: str) -> bytes:
    """A state (`state_json`) as an event."""
    return _event(name, version, state)


def state_json(place: OfficeView, at: datetime, language: str) -> str:
    """The state as JSON text with names in one language; made once for each state."""
    state = live.state(place, at)
    key = ("live json", current_space(), place.id, language)
    stamp = (state.version, state.as_of)
    return ground().memory.of(key, stamp, lambda: _compact(state_shown(state, place.zone, language)))


def receiving(place: OfficeView, at: datetime) -> bool:
    """Whether the office is open and gives out numbers."""
    state = live.state(place, at)
    return state.open and not state.stopped


def state_shown(state: HallState, zone: ZoneInfo, language: str) -> dict[str, Any]:
    """The state as JSON knows it; instants in the office's zone, minutes whole."""
    return {
        "as_of": _instant(state.as_of, zone),
        "version": state.version,
        "day": state.day.isoformat(),
        "open": state.open,
        "closes": f"{state.closes:%H:%M}" if state.closes else None,
        "stopped": state.stopped,
        "notice": state.notice,
        "counters_on": list(state.counters_on),
        "mean_wait_today": _whole(state.mean_wait_today),
        "served_today": state.served_today,
        "queues": [_queue(one, language) for one in state.queues],
        "calls": [call_shown(one, zone) for one in state.calls],
        "absent": list(state.absent),
        "deliveries": [call_shown(one, zone) for one in state.deliveries],
    }


def call_shown(call: CallShown, zone: ZoneInfo) -> dict[str, Any]:
    """A call as JSON knows it."""
    return {
        "number": call.number,
        "counter": call.counter,
        "called_at": _instant(call.at, zone),
        "kind": call.kind,
        "queue": call.queue,
        "booked": call.booked,
        "language": call.language,
        "version": call.version,
    }


def last_seen(text: str | None) -> int | None:
    """The version of a Last-Event-ID; None for nothing and for anything that is no version."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > LONGEST_ID:
        return None
    return int(text)


def _queue(one: QueueState, language: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": RUBY.sub(r"\1", one.words.in_language(language)),
        "waiting": one.waiting,
        "estimated_wait_minutes": _whole(one.p50),
        "estimated_wait_p80_minutes": _whole(one.p80),
        "low_minutes": one.low,
        "high_minutes": one.high,
        "now_calling": one.now_calling,
        "counters": list(one.counters),
    }


def _event(name: str, version: int, data: str) -> bytes:
    return f"event: {name}\nid: {version}\ndata: {data}\n\n".encode()


def _compact(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _instant(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
