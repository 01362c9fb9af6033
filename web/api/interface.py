"""The API's blueprints under one OpenAPI document."""

from __future__ import annotations

import re
from copy import deepcopy
from http import HTTPStatus
from importlib import import_module
from typing import Any

from flask import Blueprint, Flask, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_wtf import CSRFProtect

from web.access import PUBLIC, policy_of
from web.api.blueprint import PREFIX
from web.api.shapes import Problem

AUDIENCES = (
    ("web.api.offices", "both"),
    ("web.api.bookings", "outside"),
    ("web.api.forms", "outside"),
    ("web.api.applications", "outside"),
    ("web.api.codes", "outside"),
    ("web.api.hall", "both"),
    ("web.api.events", "both"),
    ("web.api.slips", "both"),
    ("web.api.tickets", "inside"),
    ("web.api.line", "inside"),
    ("web.api.counter", "inside"),
    ("web.api.reports", "inside"),
    ("web.api.staffing", "inside"),
)
"""One file an audience, and the side of a separated network on which it opens."""
PROBLEM = "application/problem+json"
PLACE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
ABOUT = (
    "Machine side of a Japanese city hall's front yard, contract version 1. Times carry their offset, durations are "
    "minutes. Errors are RFC 9457 problem details."
)


class Interface(Api):  # type: ignore[misc]  # the library brings no types
    """The library's OpenAPI document with this house's errors."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave every error to `web.errors`."""

    def _register_responses(self) -> None:
        """Describe every error as problem+json."""
        described = {status.name: status.phrase for status in HTTPStatus if status >= 400}
        for name, phrase in {**described, self.DEFAULT_ERROR_RESPONSE_NAME: "Every other refusal"}.items():
            content = {PROBLEM: {"schema": Problem}}
            self.spec.components.response(name, {"description": phrase, "content": content}, lazy=True)


def register(app: Flask, csrf: CSRFProtect, side: str) -> None:
    """Open the API of one side. It takes no cookie for a change, so it needs no form token either."""
    app.config.update(API_TITLE="Maeniwa", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.json.sort_keys = False  # type: ignore[attr-defined]
    interface = Interface(app, spec_kwargs={"info": {"description": ABOUT}})
    for module, of_side in AUDIENCES:
        if side == "both" or of_side in ("both", side):
            blueprint = import_module(module).blueprint
            csrf.exempt(blueprint)
            interface.register_blueprint(blueprint)
    app.register_blueprint(_document(app, interface))


def _document(app: Flask, interface: Interface) -> Blueprint:
    """The endpoint that serves the description, with the address under which the asker sees the API."""
    blueprint = Blueprint("api_document", __name__, url_prefix=PREFIX)
    described = _secured(app, interface.spec.to_dict())

    @blueprint.get("/openapi.json")
    @PUBLIC
    def openapi() -> ResponseReturnValue:
        """The OpenAPI 3.1 document of this API."""
        return jsonify({**described, "servers": [{"url": request.script_root or "/"}]})

    return blueprint


def _secured(app: Flask, described: dict[str, Any]) -> dict[str, Any]:
    """The description with the credentials that each call's policy asks for."""
    found = deepcopy(described)
    schemes = found.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["bearer"] = {"type": "http", "scheme": "bearer", "description": "A staff or device token."}
    endpoints = _endpoints(app)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            policy = policy_of(app, endpoints.get((path, method.upper()), ""))
            if policy is not None and policy.kind in ("staff", "device"):
                operation["security"] = [{"bearer": []}]
                operation["x-roles"] = sorted(policy.names)
    return found


def _endpoints(app: Flask) -> dict[tuple[str, str], str]:
    """The endpoint behind each described path and method."""
    return {
        (PLACE.sub(r"{\1}", rule.rule), method): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
