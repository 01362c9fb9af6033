"""Bookings: made by everybody, seen and changed by whoever holds the token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, make_response
from marshmallow import Schema, fields

from models.core.clock import now
from models.operations import booking as operations
from models.papers.calendar_file import CalendarVisit, calendar_file
from models.queries import availability, bookings, catalogue, offices
from models.queries.bookings import BookingView, Contact
from models.queries.offices import OfficeView
from models.rules import contact as contact_rules
from models.rules.visits import bring_list
from web import reading, ruby
from web.access import HOLDER, PUBLIC
from web.api.addresses import absolute
from web.api.blueprint import Calls, creates, key_of
from web.api.shapes import TOLD_CODES, Answer, Moment, codes, near, one_of, text, whole
from web.languages import gettext
from web.presentation import plain_words

blueprint = Calls("bookings", __name__, "Book a visit, see it, move it, cancel it.")


class ContactAsked(Schema):
    """Name in kana, and one of e-mail and telephone."""

    name = text(contact_rules.LONGEST_NAME * 4, least=0, required=True)
    email = text(contact_rules.LONGEST_EMAIL, least=0, load_default="")
    phone = text(contact_rules.LONGEST_PHONE, least=0, load_default="")


class BookingAsked(Schema):
    """What a resident asks for; `cards` My Number cards lengthen the visit."""

    procedures = codes(required=True)
    starts_at = Moment(required=True, validate=near)
    contact = fields.Nested(ContactAsked, required=True)
    language = one_of(TOLD_CODES, load_default="ja")
    notes = text(contact_rules.LONGEST_NOTES * 4, least=0, load_default="")
    cards = whole(0, 10, load_default=0)


class Move(Schema):
    """The new beginning."""

    starts_at = Moment(required=True, validate=near)


class Booking(Answer):
    """予約, as its holder sees it."""

    reference = fields.String(required=True)
    token = fields.String(required=True)
    manage_url = fields.String(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    procedures = fields.List(fields.String(), required=True)
    status = one_of(("booked", "arrived", "cancelled", "no_show"), required=True)
    office = fields.String(required=True)
    language = fields.String(required=True)
    calendar_url = fields.String(required=True)
    qr_url = fields.String(required=True)


@blueprint.route("/offices/<office>/bookings", methods=["POST"])
@PUBLIC
@creates
@blueprint.arguments(BookingAsked)
@blueprint.response(201, Booking)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def book(asked: dict[str, Any], office: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Book a visit. A full slot is refused (409) with the three nearest free beginnings in `alternatives`."""
    place = offices.office(office)
    contact = contact_rules.checked(**asked["contact"], notes=asked["notes"], prefix="contact.")
    need = availability.need_of(catalogue.current(), place, asked["procedures"], asked["cards"])
    starts_at = asked["starts_at"].astimezone(UTC)
    request = operations.Request(
        office=place,
        procedures=need.procedures,
        starts_at=starts_at,
        contact=Contact(contact.name, contact.email, contact.phone),
        cards=asked["cards"],
        language=asked["language"],
        notes=contact.notes,
        channel="api",
    )
    with _alternatives_in(place):
        made = operations.book(request, key_of(f"bookings {place.code}", asked))
    shown = {
        "reference": made.reference,
        "starts_at": starts_at.astimezone(place.zone),
        "ends_at": (starts_at + timedelta(minutes=need.slots * need.slot_minutes)).astimezone(place.zone),
        "procedures": need.procedures,
        "status": "booked",
        "office": place.code,
        "language": asked["language"],
        **_addresses(made.token),
    }
    return shown, 201, {"Location": absolute("api_bookings.show", token=made.token)}


@blueprint.route("/bookings/<token>")
@HOLDER
@blueprint.response(200, Booking)
def show(token: str) -> dict[str, Any]:
    """The booking."""
    return _shown(bookings.by_token(token), token)


@blueprint.route("/bookings/<token>", methods=["PATCH"])
@HOLDER
@blueprint.arguments(Move)
@blueprint.response(200, Booking)
@blueprint.alt_response(409, "CONFLICT")
def move(asked: dict[str, Any], token: str) -> dict[str, Any]:
    """Move it in one transaction. Where the new time is full (409), the old one is still held."""
    with _alternatives_in(bookings.by_token(token).office):
        operations.move(token, asked["starts_at"].astimezone(UTC))
    return _shown(bookings.by_token(token), token)


@blueprint.route("/bookings/<token>", methods=["DELETE"])
@HOLDER
@blueprint.response(204)
def cancel(token: str) -> None:
    """Cancel it; the places are free at once. A second time changes nothing."""
    operations.cancel(token)


@blueprint.route("/bookings/<token>/calendar.ics")
@HOLDER
@blueprint.response(200, {"type": "string"}, content_type="text/calendar")
def calendar(token: str) -> Response:
    """The visit for a phone's calendar."""
    found = bookings.by_token(token)
    response = make_response(calendar_file(_calendar_visit(found, absolute("my_booking.show", token=token))))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8; method=PUBLISH"
    response.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return response


@contextmanager
def _alternatives_in(place: OfficeView) -> Iterator[None]:
    """The free beginnings of a full slot's refusal in the office's own time."""
    try:
        yield
    except operations.SlotTaken as full:
        raise operations.SlotTaken([_local(at, place) for at in full.alternatives]) from full


def _shown(found: BookingView, token: str) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "starts_at": _local(found.starts_at, found.office),
        "ends_at": _local(found.ends_at, found.office),
        "procedures": found.procedures,
        "status": found.state,
        "office": found.office.code,
        "language": found.language,
        **_addresses(token),
    }


def _local(at: datetime, place: OfficeView) -> datetime:
    return at.astimezone(place.zone)


def _addresses(token: str) -> dict[str, str]:
    return {
        "token": token,
        "manage_url": absolute("my_booking.show", token=token),
        "calendar_url": absolute("api_bookings.calendar", token=token),
        "qr_url": absolute("api_codes.booking_svg", token=token),
    }


def _calendar_visit(found: BookingView, address: str) -> CalendarVisit:
    edition = catalogue.edition(found.edition)
    chosen = [edition.procedures[code] for code in found.procedures if code in edition.procedures]
    name = ruby.without_readings(found.office.name_in(reading.current().code))
    words = gettext("、").join(plain_words(one.words) for one in chosen)
    bring = "\n".join(f"・{plain_words(line.item.words)}" for line in bring_list(edition, chosen))
    return CalendarVisit(
        uid=f"{found.reference}@maeniwa",
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        title=gettext("来庁の予約（{office}）", office=name),
        place=f"{name} {found.office.address}",
        notes=gettext("{procedures}\n持ち物\n{bring}", procedures=words, bring=bring),
        address=address,
        changed_at=now(),
        cancelled=found.state == "cancelled",
    )
