"""なぜこの順番か: the reason of every place in the order of calls, short for a row and in whole sentences."""

from __future__ import annotations

from models.catalogue.definitions import Catalogue
from models.core.messages import Message, _n, message
from models.queries.line import TicketView
from models.rules.call_order import Choice
from models.rules.hall_policy import HallPolicy
from web import presentation
from web.counter.place import Place
from web.languages import gettext

ROWS = {
    "due": _n("予約{time}"),
    "returned": _n("戻った人"),
    "bound": _n("長く待った人"),
    "line": _n("受付順"),
    "priority": _n("優先"),
    "early": _n("予約{time}の前"),
}
HELPS = _n("手伝い・{reason}")
SENTENCES = {
    "due": _n("予約 {time} の人です。{lead}分前から、予約のない人より先に呼びます。"),
    "returned": _n("席を外して戻った人です。予約のない人より先に呼びます。"),
    "bound": _n("予約や優先の人が{count}人続いたので、{bound}分より長く待っている人を先に呼びます。"),
    "line": _n("{queue}の列で、受付の順番です。"),
    "priority": _n("優先の人です。{bonus}分早く受付したものとして並びます。"),
    "early": _n("予約 {time} の人です。時刻の前なので、ほかに待つ人がいないときに呼びます。"),
}
HELPED = {
    "overdue": _n("{queue}の待ちが目標の{target}分を過ぎたので、この窓口が手伝います。"),
    "idle": _n("この窓口の業務の人がいないので、{queue}を手伝います。"),
}


def short(place: Place, ticket: TicketView, choice: Choice) -> str:
    """The reason in a word or two."""
    reason = gettext(ROWS[choice.reason], time=_booked(place, ticket))
    return reason if choice.help == "own" else gettext(HELPS, reason=reason)


def sentences(
    known: Catalogue, place: Place, policy: HallPolicy, ticket: TicketView, choice: Choice
) -> tuple[Message, ...]:
    """The reason in whole sentences; a second one where the counter helps another queue."""
    queue = known.queues[ticket.queue]
    values = {
        "time": _booked(place, ticket),
        "lead": policy.lead_minutes,
        "count": policy.ahead_in_a_row,
        "bound": policy.walk_in_bound_minutes,
        "bonus": policy.priority_minutes,
        "queue": presentation.plain_words(queue.words),
        "target": queue.target_wait_minutes,
    }
    found = [message(SENTENCES[choice.reason], **values)]
    if choice.help != "own":
        found.append(message(HELPED[choice.help], **values))
    return tuple(found)


def _booked(place: Place, ticket: TicketView) -> str:
    return presentation.clock_time(ticket.booked_for, str(place.office.zone)) if ticket.booked_for else ""
