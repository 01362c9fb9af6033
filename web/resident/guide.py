"""手続きナビ: from what happened in life to the procedures, the things to bring and the length of the visit.

The answers stand in the address and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.catalogue.answers import Answer
from models.catalogue.definitions import Catalogue, Navigator, Procedure, Question, Queue
from models.core.errors import NotFound
from models.core.messages import Message, _n, message
from models.queries import availability, catalogue
from models.queries.offices import offering
from models.rules import navigator as rules
from models.rules import visits
from models.rules.search import find_elsewhere, find_procedures
from web.access import PUBLIC
from web.reading import current
from web.resident import days
from web.resident.lengths import lengths

blueprint = Blueprint("guide", __name__)

ASKED = "asked"
"""The question that the page before asked: only its answer can be missed."""
CHOOSE_ONE = _n("1つ以上選んでください。")
WHOLE_NUMBER = _n("0から{most}までの数字を書いてください。")
Answers = dict[str, Answer]


@dataclass(frozen=True)
class Answered:
    """One answer given so far, and the address at which it can be changed."""

    question: Question
    texts: list[str]
    href: str


@blueprint.get("/")
@PUBLIC
def page() -> str:
    """Life events to choose from, and the search."""
    return render_template("resident/guide/events.html", navigator=catalogue.current().navigator)


@blueprint.get("/questions")
@PUBLIC
def question() -> tuple[str, int] | Response:
    """The next question; the reason where a visit would fail; the result where everything is answered."""
    navigator = catalogue.current().navigator
    answers, problem = _read(navigator)
    if answers.get("event") is None:
        return redirect(url_for("guide.page"))
    so_far = _answered(navigator, answers)
    stop = rules.stops(navigator, answers)
    if stop is not None:
        return render_template("resident/guide/stop.html", stop=stop, so_far=so_far), 200
    following = rules.next_question(navigator, answers)
    if following is None:
        return redirect(f"{url_for('guide.result')}?{_query(answers)}")
    missed = problem if request.args.get(ASKED) == following.id else None
    page = render_template(
        "resident/guide/question.html",
        question=following,
        navigator=navigator,
        so_far=so_far,
        pairs=_pairs(answers),
        choices=_choices(following, answers),
        problem=missed,
        typed=request.args.get(following.id, ""),
        asked=ASKED,
    )
    return page, 422 if missed else 200


@blueprint.get("/result")
@PUBLIC
def result() -> str | Response:
    """The procedures that the answers ask for, to choose from."""
    chosen = catalogue.current()
    answers, _ = _read(chosen.navigator)
    if answers.get("event") is None:
        return redirect(url_for("guide.page"))
    if rules.stops(chosen.navigator, answers) or rules.next_question(chosen.navigator, answers):
        return redirect(_question_address(answers))
    outcome = rules.outcome(chosen.navigator, answers)
    procedures = [chosen.procedures[code] for code in outcome.procedures]
    plain, prefilled = lengths(chosen, procedures, outcome.cards)
    return render_template(
        "resident/guide/result.html",
        outcome=outcome,
        procedures=chosen.procedures,
        bring=visits.bring_list(chosen, procedures, rules.spared(chosen.navigator, answers)),
        minutes=plain,
        minutes_prefilled=prefilled,
        so_far=_answered(chosen.navigator, answers),
        soonest=_soonest(chosen, outcome),
    )


def _soonest(chosen: Catalogue, outcome: rules.Outcome) -> days.Soonest | None:
    """The first times at the office that comes first, if one does all of it in one visit."""
    place = next(iter(offering(outcome.procedures)), None) if outcome.procedures else None
    if place is None:
        return None
    return days.soonest(place, availability.need_of(chosen, place, outcome.procedures, outcome.cards))


@blueprint.get("/search")
@PUBLIC
def search() -> str:
    """Procedures by name, reading or plain words; all of them by queue where nothing is asked."""
    chosen = catalogue.current()
    wanted = request.args.get("q", "").strip()[:60]
    found = find_procedures(chosen, wanted, current().code)
    return render_template(
        "resident/guide/search.html",
        wanted=wanted,
        found=found,
        elsewhere=find_elsewhere(chosen, wanted) if wanted else (),
        groups=_by_queue(chosen),
    )


@blueprint.get("/procedures/<code>")
@PUBLIC
def procedure(code: str) -> str:
    """One procedure: how long, how much, who may come, what to bring, where."""
    chosen = catalogue.current()
    found = chosen.procedures.get(code)
    if found is None:
        raise NotFound
    plain, prefilled = lengths(chosen, [found])
    return render_template(
        "resident/guide/procedure.html",
        procedure=found,
        minutes=plain,
        minutes_prefilled=prefilled,
        bring=visits.bring_list(chosen, [found]),
        who=[chosen.who[one] for one in found.who],
        forms=[chosen.forms[one] for one in visits.forms_of([found])],
        places=offering([code]),
        related=[chosen.procedures[one] for one in found.related],
    )


def _read(navigator: Navigator) -> tuple[Answers, Message | None]:
    """The answers in the address, and what is wrong with the one just given."""
    answers: Answers = {}
    problem: Message | None = None
    for one in navigator.questions:
        try:
            answers[one.id] = rules.read_answer(one, request.args.getlist(one.id))
        except ValueError:
            answers[one.id] = None
        if answers[one.id] is None and request.args.get(ASKED) == one.id:
            problem = _missed(one)
    return rules.relevant(navigator, answers), problem


def _missed(one: Question) -> Message:
    return message(WHOLE_NUMBER, most=rules.MAX_COUNT) if one.kind == "int" else message(CHOOSE_ONE)


def _pairs(answers: Answers) -> list[tuple[str, str]]:
    return [(name, text) for name, answer in answers.items() for text in rules.written_answer(answer)]


def _query(answers: Answers) -> str:
    return urlencode(_pairs(answers))


def _question_address(answers: Answers) -> str:
    return f"{url_for('guide.question')}?{_query(answers)}" if answers else url_for("guide.page")


def _answered(navigator: Navigator, answers: Answers) -> list[Answered]:
    found: list[Answered] = []
    before: Answers = {}
    for one in rules.asked(navigator, answers):
        texts = rules.written_answer(answers[one.id])
        found.append(Answered(one, texts, _question_address(before)))
        before = {**before, one.id: answers[one.id]}
    return found


def _choices(one: Question, answers: Answers) -> list[tuple[str, str]]:
    """Every value to choose with the address of the page behind it."""
    values = ("true", "false") if one.kind == "bool" else one.values
    return [
        (value, f"{url_for('guide.question')}?{urlencode([*_pairs(answers), (one.id, value)])}")
        for value in values
    ]


def _by_queue(chosen: Catalogue) -> list[tuple[Queue, list[Procedure]]]:
    groups: dict[str, list[Procedure]] = {}
    for found in chosen.procedures.values():
        groups.setdefault(found.queue, []).append(found)
    return [(queue, groups[code]) for code, queue in chosen.queues.items() if code in groups]
