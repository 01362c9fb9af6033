"""The OpenAPI document is true: whatever it allows or forbids, nothing breaks and every answer is as described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.errors import FailedHealthCheck, Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.api.calls import Calls

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 12
"""Cases an operation and way of making them: about a thousand requests in all."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
NEVER = HealthCheck.filter_too_much
"""Nothing of fifty things is a case: where a call takes any text no wrong one is looked for any longer."""


@pytest.fixture
def known(calls: Calls) -> dict[str, str]:
    """Values that exist, so that not every case ends in a 404."""
    booked = calls.booked("JUM-01")
    filed = calls.file("F01", booking_token=booked["token"]).json
    ticket = calls.post("/offices/honcho/tickets", {"procedures": ["JUM-01"]}, "kiosk").json
    job = calls.post(f"/applications/{filed['reference']}/prints", {"printer": "1"}, "counter").json["job"]
    return {
        "office": "honcho",
        "form": "F01",
        "counter": "1",
        "number": ticket["number"],
        "reference": filed["reference"],
        "job": job,
        "bookings": booked["token"],
        "applications": filed["token"],
        "tickets": ticket["token"],
    }


def operations(app: Flask) -> Iterator[Any]:
    """Every described call."""
    for found in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def credentials(operation: Any, calls: Calls) -> dict[str, str]:
    """The token of a role that may use this call."""
    roles = operation.definition.raw.get("x-roles", [])
    who = next((role for role in ("kiosk", "counter", "manager") if role in roles), "")
    return {"Authorization": f"Bearer {getattr(calls.tokens, who)}"} if who else {}


def explored(operation: Any, mode: GenerationMode, headers: dict[str, str], known: dict[str, str]) -> int:
    """Send cases of one call; how many. Half of them name things that exist."""
    sent = 0
    kind = operation.path.split("/")[3]
    existing = {**known, "token": known.get(kind, "")}

    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[one for one in HealthCheck if mode is GenerationMode.POSITIVE or one != NEVER],
    )
    def explore(case: Any, real: bool) -> None:
        nonlocal sent
        if real:
            for name in set(case.path_parameters or {}) & set(existing):
                case.path_parameters[name] = existing[name]
        case.validate_response(case.call(headers=headers), checks=CHECKS)
        sent += 1

    try:
        explore()
    except (Unsatisfiable, FailedHealthCheck):
        assert mode is GenerationMode.NEGATIVE, "a call that takes any text cannot be asked wrongly"
    return sent


def test_nothing_breaks_and_every_answer_is_as_described(
    app: Flask, calls: Calls, known: dict[str, str]
) -> None:
    sent = sum(
        explored(operation, mode, credentials(operation, calls), known)
        for operation in operations(app)
        for mode in MODES
    )
    assert sent > 400


def test_every_call_of_the_interface_is_described(app: Flask) -> None:
    described = {(operation.method.upper(), operation.path) for operation in operations(app)}
    assert ("POST", "/api/v1/offices/{office}/bookings") in described
    routed = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    assert len(described) == len(routed) - 1, "only openapi.json describes itself by being there"
