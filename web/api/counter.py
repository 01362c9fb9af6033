"""Scan and print: what a counter does with a pre-filled form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, make_response
from marshmallow import Schema, fields

from models.core.errors import NotFound
from models.core.messages import _n, message
from models.operations import printing, scanning
from models.operations.scanning import Scan
from models.queries import applications, catalogue, offices
from models.queries import printing as prints
from models.queries.applications import ApplicationView
from models.queries.bookings import BookingView
from models.queries.offices import OfficeView
from models.rules import references
from models.rules.forms.validation import validate
from models.rules.visits import forms_of
from web.access import COUNTER, own_office, staff_only, visitor
from web.api.addresses import absolute
from web.api.blueprint import Calls, creates, key_of
from web.api.line import known_counter
from web.api.shapes import Answer, Moment, text
from web.api.ticket_shape import StaffTicket, for_staff
from web.errors import said

blueprint = Calls("counter", __name__, "Scan a code, print the official form.")
LONGEST_CODE = 4096
NOT_FILLED_IN = _n("「{form}」は入力されていません。窓口で書いてもらってください。")


class ScanAsked(Schema):
    """What the scanner read, and at which counter."""

    code = text(LONGEST_CODE, required=True)
    counter = text(8, allow_none=True, load_default=None)


class ScannedForm(Answer):
    """One pre-filled form with everything that was typed."""

    reference = fields.String(required=True)
    form = fields.String(required=True)
    form_name = fields.String(required=True)
    status = fields.String(required=True)
    answers = fields.Dict(required=True, data_key="fields")
    print_url = fields.String(required=True)
    already_printed = fields.Boolean(required=True)


class ScannedBooking(Answer):
    """The booking behind the code."""

    reference = fields.String(required=True)
    status = fields.String(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    procedures = fields.List(fields.String(), required=True)


class Missing(Answer):
    """Something that is still to be written at the counter; `field` is empty where a whole form is."""

    reference = fields.String(required=True)
    form = fields.String(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)


class ScanResult(Answer):
    """What one reading found; `application` is the first of `applications`."""

    application = fields.Nested(ScannedForm, required=True, allow_none=True)
    applications = fields.List(fields.Nested(ScannedForm), required=True)
    booking = fields.Nested(ScannedBooking, required=True, allow_none=True)
    ticket = fields.Nested(StaffTicket, required=True, allow_none=True)
    print_url = fields.String(required=True, allow_none=True)
    already_printed = fields.Boolean(required=True)
    warnings = fields.List(fields.String(), required=True)
    missing = fields.List(fields.Nested(Missing), required=True)


class PrintAsked(Schema):
    """Which printer is meant; why, where the sheet has left the house before."""

    printer = text(60, required=True)
    reason = text(100, least=0, load_default="")


class PrintOrdered(Answer):
    """A print by its id, and how far it is."""

    job = fields.String(required=True)
    state = fields.String(required=True)


class PrintState(Answer):
    """How far a print is: `copy` 1 is the original."""

    state = fields.String(required=True)
    copy = fields.Integer(required=True)
    released_at = Moment(required=True, allow_none=True)


class SheetAsked(Schema):
    """At which counter the sheet is printed."""

    counter = text(8, allow_none=True, load_default=None)


@blueprint.route("/offices/<office>/scans", methods=["POST"])
@COUNTER
@blueprint.arguments(ScanAsked)
@blueprint.response(200, ScanResult)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(410, "GONE")
def scan(asked: dict[str, Any], office: str) -> dict[str, Any]:
    """Read one code: who comes, what was filled in, what is missing. The reading is noted."""
    place = own_office(office)
    desk = known_counter(place, asked["counter"])
    found = scanning.scan(place, asked["code"], desk, visitor().actor)
    forms = [_form(one) for one in found.applications]
    return {
        "application": forms[0] if forms else None,
        "applications": forms,
        "booking": _booking(place, found.booking) if found.booking else None,
        "ticket": for_staff(place, found.ticket) if found.ticket else None,
        "print_url": forms[0]["print_url"] if forms else None,
        "already_printed": found.already_printed,
        "warnings": [said(warning) for warning in found.warnings],
        "missing": list(_missing(place, found)),
    }


@blueprint.route("/applications/<reference>/form.pdf")
@staff_only("counter", records=True)
@blueprint.arguments(SheetAsked, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
@blueprint.alt_response(410, "GONE")
def form_pdf(asked: dict[str, Any], reference: str) -> Response:
    """The filled official form. Who opened it is noted; a sheet whose text differs from the form is not given out."""
    place, found = _own(reference)
    desk = known_counter(place, asked["counter"])
    released = printing.print_sheet(place, found.reference, visitor().actor, desk)
    response = make_response(released.pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{found.form}-{found.reference}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/applications/<reference>/prints", methods=["POST"])
@COUNTER
@creates
@blueprint.arguments(PrintAsked)
@blueprint.response(202, PrintOrdered)
@blueprint.alt_response(410, "GONE")
def order_print(asked: dict[str, Any], reference: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Ask for a print; once the sheet has left the house, `reason` makes the next one a 再発行."""
    _, found = _own(reference)
    who = visitor().actor
    key = key_of(f"prints {found.reference} {who}", asked)
    ordered = printing.order(found, who, asked["reason"], key)
    shown = {"job": ordered.print_id, "state": prints.by_print_id(ordered.print_id).state}
    return shown, 202, {"Location": absolute("api_counter.print_state", job=ordered.print_id)}


@blueprint.route("/prints/<job>")
@COUNTER
@blueprint.response(200, PrintState)
def print_state(job: str) -> dict[str, Any]:
    """How far a print is."""
    found = prints.by_print_id(job)
    place, _ = _own(applications.by_id(found.application_id).reference)
    at = found.released_at
    return {
        "state": found.state,
        "copy": found.copy,
        "released_at": at.astimezone(place.zone) if at else None,
    }


def _own(reference: str) -> tuple[OfficeView, ApplicationView]:
    """An application of the office that this visitor works in; another office's is not found."""
    found = applications.by_reference(references.parse(reference) or "")
    scope = visitor().office_id
    if scope is not None and scope != found.office_id:
        raise NotFound
    return offices.office_by_id(found.office_id), found


def _form(scanned: scanning.ScannedApplication) -> dict[str, Any]:
    one = scanned.application
    return {
        "reference": one.reference,
        "form": one.form,
        "form_name": one.definition().words.ja,
        "status": one.state,
        "answers": applications.fields_of(one),
        "print_url": absolute("api_counter.form_pdf", reference=one.reference),
        "already_printed": bool(scanned.printed),
    }


def _booking(place: OfficeView, found: BookingView) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "status": found.state,
        "starts_at": found.starts_at.astimezone(place.zone),
        "ends_at": found.ends_at.astimezone(place.zone),
        "procedures": found.procedures,
    }


def _missing(place: OfficeView, found: Scan) -> Iterator[dict[str, str]]:
    """What unfinished forms lack, then the booked procedures' forms that nobody has begun."""
    have = set()
    for scanned in found.applications:
        one = scanned.application
        have.add(one.form)
        if one.state == "draft":
            day = found.booking.day if found.booking else place.day_of(one.created_at)
            for error in validate(one.definition(), applications.fields_of(one), day).errors:
                yield _lacking(one.form, said(error.message), one.reference, error.path)
    if found.booking is None:
        return
    edition = catalogue.edition(found.booking.edition)
    booked = [edition.procedures[code] for code in found.booking.procedures if code in edition.procedures]
    for form in forms_of(booked):
        if form not in have and not edition.forms[form].paper_only:
            name = edition.forms[form].words.ja
            yield _lacking(form, said(message(NOT_FILLED_IN, form=name)))


def _lacking(form: str, text_said: str, reference: str = "", field: str = "") -> dict[str, str]:
    return {"reference": reference, "form": form, "field": field, "message": text_said}
