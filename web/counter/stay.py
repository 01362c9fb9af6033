"""来庁の記録: what happened in a visitor's stay, in words and times; what came before and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from models.catalogue.definitions import Catalogue, Procedure
from models.core.messages import _n
from models.operations.calling import STATE_WORDS
from models.queries.line import EventView, Stay, TicketView
from models.rules.ticket_states import OVER
from web import presentation
from web.counter.place import Place
from web.languages import gettext

EVENT_WORDS = {
    "arrive": _n("受付"),
    "follow": _n("次の列へ"),
    "call": _n("呼出"),
    "recall": _n("もう一度呼出"),
    "start": _n("開始"),
    "hold": _n("保留"),
    "resume": _n("再開"),
    "back_office": _n("処理へ"),
    "deliver": _n("交付の呼出"),
    "transfer": _n("移動"),
    "requeue": _n("列を変更"),
    "scan": _n("QR読取"),
    "print": _n("印刷"),
    "finish": _n("終了"),
    "absent": _n("いない"),
    "no_show": _n("来なかった"),
    "return": _n("列に戻った"),
    "cancel": _n("取消"),
    "expire": _n("戻らなかった"),
    "priority": _n("優先にした"),
    "no_priority": _n("優先をやめた"),
    "restore": _n("予約の順番に戻した"),
    "undo": _n("取り消し"),
}
REPEATED = ("recall", "scan", "print")
AT_COUNTERS = ("call", "start", "resume", "deliver")


@dataclass(frozen=True)
class Leg:
    """One of a visit's other tickets: its queue and what for, where it was handled, its state in a word."""

    queue: str
    what: str
    counter: str | None
    state: str


def timeline(place: Place, events: Iterable[EventView]) -> tuple[tuple[str, str], ...]:
    """A whole stay: when, and what happened where; oldest first, repeated calls in one."""
    told: list[tuple[str, str]] = []
    for kind, group in groupby((one for one in events if one.kind in EVENT_WORDS), key=lambda one: one.kind):
        same = list(group)
        if kind in REPEATED and len(same) > 1:
            said = gettext("{what} {n}回", what=gettext(EVENT_WORDS[kind]), n=len(same))
            told.append((_time(place, same[-1].at), said))
        else:
            told.extend((_time(place, one.at), event(one)) for one in same)
    return tuple(told)


def event(one: EventView) -> str:
    """One event in words."""
    word = gettext(EVENT_WORDS.get(one.kind, one.kind))
    if one.kind == "undo":
        return gettext(
            "{what}（{of}）", what=word, of=gettext(EVENT_WORDS.get(one.detail.partition(" ")[0], ""))
        )
    if one.kind in ("transfer", "requeue") and one.detail:
        return gettext("{what}（{of}）", what=word, of=one.detail)
    if one.counter and one.kind in AT_COUNTERS:
        return gettext("{what}（{number}番窓口）", what=word, number=one.counter)
    return word


def since(ticket: TicketView, events: Sequence[EventView]) -> datetime | None:
    """From when on a ticket's running clock counts: its last call, or when it came into its state."""
    for one in reversed(events):
        if one.after == ticket.state and (one.before != one.after or one.kind == "recall"):
            return one.at
    return ticket.arrived_at


def legs(known: Catalogue, stay: Stay) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
    """What the visitor did before this ticket, and what is planned after it."""
    here = stay.ticket.leg
    before = [one for one in stay.legs if one.leg < here and one.state in OVER and one.started_at]
    after = [one for one in stay.legs if one.leg > here and one.state not in OVER]
    return _legs(known, before), _legs(known, after)


def _legs(known: Catalogue, tickets: Sequence[TicketView]) -> tuple[Leg, ...]:
    return tuple(
        Leg(one.queue, procedures_of(known, one), one.counter, gettext(STATE_WORDS[one.state]))
        for one in tickets
    )


def procedures_of(known: Catalogue, ticket: TicketView) -> str:
    """A ticket's procedures in words."""
    return "・".join(procedure_name(known, code) for code in ticket.procedures)


def procedure_name(known: Catalogue, code: str) -> str:
    """A procedure in words; its code where the present edition does not have it any more."""
    found: Procedure | None = known.procedures.get(code)
    return presentation.plain_words(found.words) if found else code


def brief(known: Catalogue, ticket: TicketView) -> str:
    """A ticket's first procedure in few words, and how many there are besides."""
    what = short(procedure_name(known, ticket.procedures[0]))
    others = len(ticket.procedures) - 1
    return gettext("{what} ほか{n}", what=what, n=others) if others else what


def short(name: str) -> str:
    """A name without what stands in brackets behind it."""
    return name.partition("（")[0] or name


def _time(place: Place, at: datetime) -> str:
    return presentation.clock_time(at, str(place.office.zone))
