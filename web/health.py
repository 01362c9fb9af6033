"""Whether the process is up, and whether it can work."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from models.operations import readiness
from models.rules.findings import Finding
from web.access import PUBLIC

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@PUBLIC
def alive() -> ResponseReturnValue:
    """The process is up."""
    return jsonify(state="up")


@blueprint.get("/readyz")
@PUBLIC
def ready() -> ResponseReturnValue:
    """Every municipality's database answers, is current, and its scheduler was seen; jobs in trouble only warn.

    Where a database only reads, the state is `degraded` and the answer 200, so that its pages are still asked for.
    """
    findings = readiness.findings()
    limits = [] if findings else readiness.limits()
    state = "waiting" if findings else "degraded" if limits else "ready"
    warnings = limits + readiness.warnings()
    said = {"findings": _lines(findings), "warnings": _lines(warnings)}
    return jsonify(state=state, **said), 503 if findings else 200


def _lines(found: Sequence[Finding]) -> list[str]:
    return [one.what for one in found]
