"""One form of one visit while it is being written: what was saved, what is proposed, what one page changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.catalogue.definitions import Form
from models.core.errors import Gone, NotFound
from models.operations import applications as acts
from models.queries import applications, bookings
from models.rules.forms import boxes, validation
from models.rules.forms.intake import FieldError
from models.rules.forms.pages import Page, judged
from models.rules.forms.persons import Answered, with_proposals
from models.rules.forms.steps import Asked, Step, answer, steps
from web.resident.my_booking import Visit, visit_of


@dataclass(frozen=True)
class Writing:
    """A form with the answers saved so far (`saved`) and those with proposals filled in (`fields`)."""

    token: str
    visit: Visit
    form: Form
    state: str
    saved: Mapping[str, Any] = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)

    @property
    def day(self) -> date:
        """The day on which the form is handed in."""
        return self.visit.booking.day

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pages of the form, given the answers so far."""
        return steps(self.form, self.fields, self.day)

    def step(self, step_id: str) -> Step | None:
        """The page with this id, None where the answers do not lead to it."""
        return next((one for one in self.steps if one.id == step_id), None)

    def keep(self, fields: Mapping[str, Any], *, ready: bool = False) -> None:
        """Save these answers."""
        acts.save(self.token, self.form.id, dict(fields), ready=ready)


def writing(token: str, form_id: str) -> Writing:
    """A form of the holder's visit; `NotFound` for a form that the visit does not need or that is written by hand."""
    visit = visit_of(token)
    form = next((one.form for one in visit.online if one.form.id == form_id), None)
    if form is None:
        raise NotFound
    form, state, saved = _saved(token, form)
    earlier = [_saved(token, one.form) for one in visit.online if one.form.id != form.id]
    known: list[Answered] = [(other, fields) for other, _, fields in earlier if fields]
    fields = with_proposals(form, saved, known, visit.booking.day, booked(visit))
    return Writing(token, visit, form, state, saved, fields)


def booked(visit: Visit) -> dict[str, str]:
    """What the booking says of who comes; nothing once it is shredded."""
    try:
        contact = bookings.contact_of(visit.booking)
    except Gone:
        return {}
    return {"kana": contact.name, "tel": contact.phone}


def page_of(work: Writing, step: Step, posted: boxes.Boxes) -> Page:
    """One posted page judged and put in its place among the answers saved so far."""
    return judged(work.form, step, work.saved, work.fields, posted, work.day)


def unfinished(work: Writing, fields: Mapping[str, Any] | None = None) -> Step | None:
    """The first page on which something is missing or wrong."""
    answers = work.fields if fields is None else fields
    wrong = {(error.field, error.row) for error in validation.validate(work.form, answers, work.day).errors}
    pages = steps(work.form, answers, work.day)
    return next((one for one in pages if any((it.field.id, it.row) in wrong for it in one.asked)), None)


def proposed(work: Writing, step: Step) -> bool:
    """Whether something on this page was not typed here but comes from elsewhere in the visit."""
    return any(
        answer(work.fields, step.section, it) != answer(work.saved, step.section, it) for it in step.asked
    )


def places_of(errors: Sequence[FieldError], pages: Sequence[Step]) -> list[tuple[FieldError, Step, Asked]]:
    """Each error with the page and the field where it is mended."""
    found = []
    for error in errors:
        for step in pages:
            asked = next((it for it in step.asked if (it.field.id, it.row) == (error.field, error.row)), None)
            if asked is not None:
                found.append((error, step, asked))
                break
    return found


def _saved(token: str, form: Form) -> tuple[Form, str, dict[str, Any]]:
    """The form in the version in which it was begun, how far it was written, and what stands in it."""
    try:
        found = applications.by_token(acts.token_for(token, form.id))
        return found.definition(), found.state, applications.fields_of(found)
    except (NotFound, Gone):
        return form, "none", {}
