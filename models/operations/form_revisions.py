"""様式を改める: one administrator proposes a version of a form, another releases it; from its day on it is in force.

What was made under an older version keeps it: a release adopts a new edition of the catalogue, and takes none back.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.catalogue.definitions import Form
from models.core.clock import now
from models.core.errors import Conflict, NotFound, invalid
from models.core.messages import _n
from models.core.transaction import act, flush_unique
from models.operations import audit
from models.operations.editions import bring_in
from models.papers import fitting
from models.queries import form_revisions
from models.queries.form_revisions import DROPPED, PROPOSED, RELEASED, RevisionView
from models.rules import free_text
from models.rules.forms import packing
from models.tables import FormRevision

MOST_DAYS_AHEAD = 400
NOTHING = _n("いまの様式と同じです。変えるところを書いてください。")
PAST_DAY = _n("きょうか、これからの日を選んでください。")
FAR_DAY = _n("1年以上先の日は選べません。")


class OtherBase(Conflict):
    """The form is not as it was shown: look again."""

    kind = "preview-outdated"
    default = _n("見たあとに、もとの様式が変わりました。もう一度、変わるところを確かめてください。")


class SecondPerson(Conflict):
    """A version of a form needs a second administrator."""

    kind = "second-person"
    default = _n("様式は、案を作った人とは別の管理者が確かめてから使い始めます。")


def judged(form: str, text: str) -> Form:
    """The form that a city's text makes, proven to print; `Invalid` says what to change, `NotFound` for no form."""
    found = form_revisions.made(form, text)
    offered = form_revisions.offered_forms()
    refused = fitting.refusal(found, offered.forms[form], offered.staff_blocks)
    if refused is not None:
        raise invalid("text", refused.template, **refused.values)
    return found


def propose(form: str, text: str, first_day: date, reason: str, actor: str) -> int:
    """Keep a version of a form for a second administrator; its row. `Invalid` for one that cannot be printed so,
    changes nothing, or begins on a day that is over."""
    made = judged(form, text)
    if packing.mark(made) == _mark_on(form, first_day):
        raise invalid("text", NOTHING)
    return _propose(form, text, first_day, _reason(reason), actor)


@act
def _propose(session: Session, form: str, text: str, first_day: date, reason: str, actor: str) -> int:
    _judge_day(first_day)
    row = FormRevision(
        form=form, text=text, reason=reason, first_day=first_day, proposed_at=now(), proposed_by=actor
    )
    session.add(row)
    session.flush()
    audit.note(session, actor, "form.propose", str(row.id), f"{form} {first_day.isoformat()}")
    return row.id


def release(revision: int, mark: str, actor: str) -> RevisionView:
    """Let what somebody else proposed be in force from its day on, today where that is over; the numbered version.

    Raises `SecondPerson` for the one who proposed it, `OtherBase` where it makes another form than was shown (`mark`),
    `Invalid` where it no longer prints, `NotFound` where it does not wait.
    """
    found = form_revisions.one(revision)
    if found.state != PROPOSED:
        raise NotFound
    if packing.mark(judged(found.form, found.text)) != mark:
        raise OtherBase
    return _release(revision, actor)


@act
def _release(session: Session, revision: int, actor: str) -> RevisionView:
    row = _waiting(session, revision)
    if row.proposed_by == actor:
        raise SecondPerson
    today = form_revisions.today()
    newest = session.scalar(select(func.max(FormRevision.number)).where(FormRevision.form == row.form))
    row.number, row.first_day = (newest or 0) + 1, max(row.first_day, today)
    row.state, row.decided_at, row.decided_by = RELEASED, now(), actor
    flush_unique(session)
    detail = f"{row.form} {row.number} {row.first_day.isoformat()} by {row.proposed_by}"
    audit.note(session, actor, "form.release", str(row.id), detail[:100])
    bring_in(session, today)
    return form_revisions.view(row)


@act
def drop(session: Session, revision: int, actor: str) -> None:
    """Put a proposed version away, also one's own. Raises `NotFound` where it does not wait."""
    row = _waiting(session, revision)
    row.state, row.decided_at, row.decided_by = DROPPED, now(), actor
    audit.note(session, actor, "form.drop", str(row.id), row.form)


def _waiting(session: Session, revision: int) -> FormRevision:
    row = session.scalar(select(FormRevision).where(FormRevision.id == revision).with_for_update())
    if row is None or row.state != PROPOSED:
        raise NotFound
    return row


def _mark_on(form: str, day: date) -> str:
    """The mark of a form as it is on a day without another release."""
    found = form_revisions.in_force(day).get(form)
    return packing.mark(form_revisions.made(form, found.text if found else ""))


def _judge_day(first_day: date) -> None:
    ahead = (first_day - form_revisions.today()).days
    if ahead < 0:
        raise invalid("first_day", PAST_DAY)
    if ahead > MOST_DAYS_AHEAD:
        raise invalid("first_day", FAR_DAY)


def _reason(reason: str) -> str:
    refused = free_text.refusal(reason)
    if refused is not None:
        raise invalid("reason", refused.template, **refused.values)
    return reason.strip()[:100]
