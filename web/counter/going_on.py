"""連携先へ: where a form that was read can go on to, and what became of it there."""

from __future__ import annotations

from dataclasses import dataclass

from models.core.messages import _n
from models.queries import handovers, receivers
from models.queries.applications import ApplicationView
from web import presentation
from web.counter.place import Place
from web.languages import gettext

GOES = {
    "copy": _n("「{name}」へコピー"),
    "file": _n("「{name}」のファイルを作る"),
    "folder": _n("「{name}」へ渡す"),
    "webhook": _n("「{name}」へ渡す"),
}
STATES = {
    "due": _n("{time} 送っています"),
    "carrying": _n("{time} 送っています"),
    "done": _n("{time} 渡しました"),
    "dead": _n("{time} 届きませんでした"),
}
KINDS = {"done": "done", "dead": "warning"}


@dataclass(frozen=True)
class ShownReceiver:
    """One receiver at the desk: its button, and the newest hand-over to it in words (empty where there is none)."""

    id: int
    words: str
    state: str
    kind: str


def shown(place: Place, application: ApplicationView) -> tuple[ShownReceiver, ...]:
    """The receivers of this office that take a finished form, as they stand."""
    if application.state != "ready":
        return ()
    mine = [one for one in receivers.of_office(place.office) if one.takes(application.form)]
    newest = {one.receiver: one for one in handovers.of_application(application.id)} if mine else {}
    found = []
    for one in mine:
        last = newest.get(one.id)
        said = ""
        if last is not None:
            time = presentation.clock_time(last.made_at, str(place.office.zone))
            said = gettext(STATES[last.state], time=time)
        kind = KINDS.get(last.state, "info") if last else ""
        found.append(ShownReceiver(one.id, gettext(GOES[one.way], name=one.name), said, kind))
    return tuple(found)
