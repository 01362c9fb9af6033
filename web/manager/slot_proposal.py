"""予約枠の提案: at which times a queue should take bookings, what that does to the waits, and the way to publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from models.core.clock import now
from models.core.errors import Invalid, NotFound, invalid
from models.core.messages import Message, _n
from models.papers.tables import csv_file
from models.queries import measures, slot_proposal, slots
from models.queries.kept import Kept, look
from models.queries.offices import OfficeView
from models.queries.slot_proposal import Proposal
from models.rules import slot_times
from models.rules.planning.findings import clock
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.what_if import Waits
from web import charts
from web.access import REPORTS, visitor
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.staffing import read_number
from web.presentation import number, percentage, weekday_name

blueprint = Blueprint("slot_proposal", __name__)
blueprint.context_processor(shown)
BAD_SHARE = _n("1から95までの数で書いてください。")
COLUMNS = ("曜日", "時刻", "人数")


@blueprint.get("/slots")
@REPORTS
def page() -> tuple[str, int]:
    """The proposal for a queue; 422 where the share could not be read."""
    choice = chosen()
    share, problem = _share()
    bookable = slots.Planner(choice.place).queues
    queue = choice.queue or slot_proposal.busiest(choice.place, choice.first, choice.last, bookable)
    known = queue in bookable
    kept = _proposal(choice, queue, share) if known and queue else None
    found = kept.answer if kept else None
    body = render_template(
        "manager/slot_proposal.html",
        choice=choice,
        queue=queue,
        known=known,
        newest=measures.last_recorded(choice.place),
        found=found,
        typed=request.args.get("booked", "").strip()[:10],
        problem=problem,
        rows=_hours(found) if found else [],
        drawing=_drawing(found) if found else None,
        weekdays=[(weekday_name(weekday), True) for weekday in found.places] if found else [],
        places=_places(found, slot_proposal.offered(choice.place, queue)) if found and queue else [],
        exact=_exact(found) if found else [],
        levels=_levels(found) if found else [],
        full=[gettext(WEEKDAYS[weekday].template) for weekday in found.full] if found else [],
        apply=_apply(choice.place, queue, found) if found and queue else "",
        may_apply=visitor().role == "administrator",
        address=_address(choice),
        kept_at=kept.made_at if kept else None,
    )
    return body, 422 if choice.problem or problem else 200


@blueprint.get("/slots.csv")
@REPORTS
def table() -> Response:
    """The proposed times as a table; `NotFound` without any."""
    choice = chosen()
    share, _ = _share()
    bookable = slots.Planner(choice.place).queues
    queue = choice.queue or slot_proposal.busiest(choice.place, choice.first, choice.last, bookable)
    found = _proposal(choice, queue or "", share).answer
    if found is None:
        raise NotFound
    rows: list[Sequence[str | float]] = [
        (gettext(WEEKDAYS[weekday].template), clock(minute), count)
        for weekday, times in found.places.items()
        for minute, count in times.items()
    ]
    name = f"slots-{choice.place.code}-{queue}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _proposal(choice: Choice, queue: str, share: float | None) -> Kept[Proposal | None]:
    return look(slot_proposal.PROPOSAL, choice.place, choice.first, choice.last, queue, share)


def _share() -> tuple[float | None, Message | None]:
    """The asked part of people who book (0-1), None for the usual, and what was wrong with it."""
    text = request.args.get("booked", "").strip()[:10]
    if not text:
        return None, None
    try:
        share = read_number(text, "booked")
        if not 1 <= share <= 95:
            raise invalid("booked", BAD_SHARE)
    except Invalid as refused:
        return None, refused.problems[0].message
    return share / 100, None


def _address(choice: Choice) -> dict[str, str]:
    return choice.address(booked=request.args.get("booked", "").strip()[:10] or None)


def _hours(found: Proposal) -> list[list[str]]:
    """Each hour with the waits before and after, of people with and without a booking."""
    after = {one.minute: one for one in found.after}
    before = {one.minute: one for one in found.before}
    return [
        [
            clock(minute),
            *(
                number(getattr(side[minute], kind), 1)
                if minute in side and getattr(side[minute], kind) is not None
                else "−"
                for kind in ("walk_in", "booked")
                for side in (before, after)
            ),
        ]
        for minute in sorted(before.keys() | after.keys())
    ]


def _drawing(found: Proposal) -> charts.Drawing:
    """Everybody's mean wait by hour, before beside after: the walk-ins', where most wait."""
    sides = [{one.minute: one for one in side} for side in (found.before, found.after)]
    minutes = sorted(sides[0].keys() | sides[1].keys())
    rows = [[side[minute].walk_in if minute in side else None for minute in minutes] for side in sides]
    return charts.bars(
        [clock(minute) for minute in minutes],
        [(gettext("いま"), "b", rows[0]), (gettext("提案"), "a", rows[1])],
    )


def _places(found: Proposal, offered: Mapping[int, float]) -> list[list[str]]:
    """Places by hour and weekday, with the sums a day now and proposed below."""
    hours = sorted({minute // 60 for times in found.places.values() for minute in times})
    rows = [
        [
            gettext("{hour}時台", hour=hour),
            *(
                number(sum(count for minute, count in times.items() if minute // 60 == hour))
                for times in found.places.values()
            ),
        ]
        for hour in hours
    ]
    rows.append([gettext("1日（提案）"), *(number(sum(times.values())) for times in found.places.values())])
    rows.append(
        [
            gettext("1日（いま公開）"),
            *(number(offered[at]) if at in offered else "−" for at in found.places),
        ]
    )
    return rows


def _levels(found: Proposal) -> list[list[str]]:
    """People a day by weekday: what is expected, its band, how many days that is, and what the log had."""
    return [
        [
            gettext(WEEKDAYS[weekday].template),
            number(one.people.p50),
            gettext("{low}〜{high}", low=number(one.people.p10), high=number(one.people.p90)),
            number(one.days),
            number(one.logged),
        ]
        for weekday, one in found.levels.items()
    ]


def _exact(found: Proposal) -> list[list[str]]:
    """Each weekday with its times, how many come where it is more than one."""
    return [
        [
            gettext(WEEKDAYS[weekday].template),
            "　".join(clock(minute) + (f"×{count}" if count > 1 else "") for minute, count in times.items()),
        ]
        for weekday, times in found.places.items()
    ]


def _apply(place: OfficeView, queue: str, found: Proposal) -> str:
    """The preview of these times in the published slots, from tomorrow and for all days that follow."""
    tomorrow = place.day_of(now()) + timedelta(days=1)
    asked = {
        "office": place.code,
        "kind": "times",
        "queue": queue,
        "first": tomorrow.isoformat(),
        "last": (slots.last_published(place) or tomorrow).isoformat(),
        "lasting": "1",
        "times": slot_times.written(found.places),
    }
    return f"{url_for('slots.preview')}?{urlencode(asked)}"


@blueprint.app_template_filter("tiles_of")
def tiles_of(sides: tuple[Waits, Waits]) -> list[tuple[str, str, str, str, bool]]:
    """The numbers that a proposal is judged by: name, after, unit, before, and whether it got better."""
    before, after = sides
    shown_numbers = [
        (gettext("全員の待ち時間（平均）"), after.every.mean, before.every.mean, before.every.people),
        (gettext("予約の人の待ち時間（平均）"), after.booked.mean, before.booked.mean, before.booked.people),
        (gettext("番号札の人の待ち（9割）"), after.walk_in.p90, before.walk_in.p90, before.walk_in.people),
    ]
    minutes = gettext("分")
    found = [
        (name, number(new, 1), minutes, number(old, 1) + minutes if people else "−", new <= old or not people)
        for name, new, old, people in shown_numbers
    ]
    on_time = (
        gettext("予約の時刻の前後2分に呼ばれる人"), percentage(after.on_time), "",
        percentage(before.on_time) if before.booked.people else "−", after.on_time >= before.on_time,
    )  # fmt: skip
    return [*found, on_time]
