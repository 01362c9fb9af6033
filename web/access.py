"""Who may enter: every endpoint declares exactly one policy, and what declares none is closed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from models.core.errors import Forbidden, Unauthorized, Unavailable
from models.operations import accounts
from models.queries import devices, offices, staff
from models.queries.devices import Enrolled
from models.queries.offices import OfficeView
from models.rules.device_signature import Request
from models.rules.entry import (
    ATTRIBUTE,
    FRAGMENT,
    HOLDER,
    PUBLIC,
    SIGNATURE,
    Policy,
    Visitor,
    device_cookie,
    device_only,
    staff_only,
)

__all__ = ["ATTRIBUTE", "HOLDER", "PUBLIC", "Policy", "Visitor", "device_only", "staff_only"]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DEVICE_PATHS = ("/kiosk/", "/board/")
"""Only here does a device's cookie count."""
ANY_STAFF = staff_only("counter", "concierge", "manager", "administrator")
COUNTER = staff_only("counter")
DESK = staff_only("counter", "concierge")
MANAGER = staff_only("manager")
ADMINISTRATOR = staff_only("administrator")
REPORTS = staff_only("manager", "administrator")

THIRD_PARTY: Mapping[str, Policy] = {"static": PUBLIC, "bootstrap.static": PUBLIC}
"""Endpoints that libraries bring along."""


def visitor() -> Visitor:
    """Who makes this request."""
    found: Visitor | None = g.get("visitor")
    if found is None:
        found = g.visitor = _recognised()
    return found


def own_office(code: str) -> OfficeView:
    """The office in the address, if this visitor works there; `Forbidden` for another office of the same city."""
    place = offices.office(code)
    scope = visitor().office_id
    if scope is not None and scope != place.id:
        raise Forbidden
    return place


def register(app: Flask, closed_until_signed_in: str) -> None:
    """Enforce the policies; a browser that is not signed in is sent to `closed_until_signed_in` first."""

    @app.before_request
    def guard() -> Response | None:
        if request.endpoint is None:
            return None
        policy = policy_of(app, request.endpoint)
        if policy is None:
            raise Forbidden
        try:
            _enforce(policy)
        except Unauthorized:
            if for_people() and request.method in SAFE and FRAGMENT not in request.headers:
                if request.path == "/kiosk/":
                    return redirect(url_for("kiosk_enrol.page"))
                return redirect(url_for(closed_until_signed_in, next=request.full_path.rstrip("?")))
            raise
        return None


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """What an endpoint declares."""
    view = app.view_functions.get(endpoint)
    declared: Policy | None = getattr(view, ATTRIBUTE, None)
    return declared or THIRD_PARTY.get(endpoint)


def for_people() -> bool:
    """Whether the answer goes to a person's browser (pages), not to a system (API)."""
    return not request.path.startswith("/api/")


def _enforce(policy: Policy) -> None:
    if policy.kind in ("public", "holder"):
        return
    who = visitor()
    if who.kind == "nobody":
        raise Unauthorized
    if policy.kind == "device" and who.kind == "device":
        allowed = who.role in policy.names
        if allowed and policy.signed:
            _prove()
    elif policy.kind == "device":
        allowed = who.role in ("counter", "concierge") and not policy.signed
    else:
        allowed = who.kind in ("staff", "system") and who.role in policy.names
    if not allowed:
        raise Forbidden


def _recognised() -> Visitor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return _by_token(token.strip()) if scheme.lower() == "bearer" else Visitor("nobody")
    if not for_people() and request.method not in SAFE:
        return Visitor("nobody")
    enrolled = _enrolled()
    if enrolled is not None and enrolled.state == "open":
        actor = f"{enrolled.kind}/{enrolled.number}"
        return Visitor("device", enrolled.kind, enrolled.office_id, actor, enrolled.number)
    if current_user and current_user.is_authenticated:
        return Visitor("staff", current_user.role, current_user.office_id, current_user.username)
    return Visitor("nobody")


def _by_token(token: str) -> Visitor:
    system = staff.by_bearer(token)
    if system is not None:
        if accounts.to_note(system.used_at):
            with suppress(Unavailable):  # a note of its use is not worth refusing the answer
                accounts.token_used(system.number)
        return Visitor("system", system.role, system.office_id, f"system/{system.number}")
    device = staff.by_device(token)
    if device is not None:
        return Visitor(
            "device", device.role, device.office_id, f"{device.role}/{device.number}", device.number
        )
    raise Unauthorized


def _enrolled() -> Enrolled | None:
    """The device that this browser was enrolled as, in whatever state."""
    token = request.cookies.get(device_cookie(current_app.config["SESSION_COOKIE_SECURE"]), "")
    return devices.by_cookie(token) if token and request.path.startswith(DEVICE_PATHS) else None


def _prove() -> None:
    """A browser signs what it sends; systems with a device token carry that token instead."""
    enrolled = None if "Authorization" in request.headers else _enrolled()
    if enrolled is not None:
        query = request.query_string.decode("ascii", "replace")
        address = request.script_root + request.path + (f"?{query}" if query else "")
        said = Request(request.method, address, request.get_data(cache=True))
        operations = import_module("models.operations.devices")  # an outside process has no devices
        operations.prove(enrolled, request.headers.get(SIGNATURE, ""), said)
