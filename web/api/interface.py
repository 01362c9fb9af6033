"""The API's blueprints under one OpenAPI document."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cached_property
from http import HTTPStatus
from importlib import import_module
from threading import Lock
from typing import Any

from flask import Blueprint, Flask, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_wtf import CSRFProtect

from models.rules.sides import stands
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
    ("web.api.events", "inside"),
    ("web.api.held", "inside"),
    ("web.api.slips", "inside"),
    ("web.api.tickets", "inside"),
    ("web.api.line", "inside"),
    ("web.api.counter", "inside"),
    ("web.api.reports", "inside"),
    ("web.api.exports", "inside"),
    ("web.api.staffing", "inside"),
    ("web.api.what_if", "inside"),
    ("web.api.forecast", "inside"),
)
"""One file an audience, and the side of a separated network on which it opens."""
PROBLEM = "application/problem+json"
PLACE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
ABOUT = (
    "Machine side of a Japanese city hall's front yard, contract version 1. Times carry their offset, durations are "
    "minutes. Errors are RFC 9457 problem details."
)


class Interface(Api):  # type: ignore[misc]  # the library brings no types
    """The library's OpenAPI document with this house's errors; it is written when somebody first asks for it.

    Writing it costs several times as much as opening the doors, and most processes are never asked.
    """

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        """Without any door yet."""
        self._doors: list[Any] = []
        super().__init__(app, spec_kwargs={"info": {"description": ABOUT}})

    def open(self, blueprint: Any) -> None:
        """Open the doors of an audience; they are described later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._doors.append(blueprint)

    @cached_property
    def described(self) -> dict[str, Any]:
        """The whole description, without the address under which the asker sees the API."""
        for status in HTTPStatus:
            if status >= 400:
                self._refusal(status.name, status.phrase)
        self._refusal(self.DEFAULT_ERROR_RESPONSE_NAME, "Every other refusal")
        for blueprint in self._doors:
            blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
            self.spec.tag({"name": blueprint.name, "description": blueprint.description})
        return _secured(self._app, self.spec.to_dict())

    def _refusal(self, name: str, phrase: str) -> None:
        """Describe an error as problem+json."""
        content = {PROBLEM: {"schema": Problem}}
        self.spec.components.response(name, {"description": phrase, "content": content}, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leave every error to `web.errors`."""

    def _register_responses(self) -> None:
        """They are described with everything else."""


def register(app: Flask, csrf: CSRFProtect, side: str) -> None:
    """Open the API of one side. It takes no cookie for a change, so it needs no form token either."""
    app.config.update(API_TITLE="Maeniwa", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.json.sort_keys = False  # type: ignore[attr-defined]
    interface = Interface(app)
    for module, of_side in AUDIENCES:
        if stands(of_side, side):
            blueprint = import_module(module).blueprint
            csrf.exempt(blueprint)
            interface.open(blueprint)
    app.register_blueprint(_document(interface))


def _document(interface: Interface) -> Blueprint:
    """The endpoint that serves the description."""
    blueprint = Blueprint("api_document", __name__, url_prefix=PREFIX)
    lock = Lock()

    @blueprint.get("/openapi.json")
    @PUBLIC
    def openapi() -> ResponseReturnValue:
        """The OpenAPI 3.1 document of this API."""
        with lock:
            described = interface.described
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
