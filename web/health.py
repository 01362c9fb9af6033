"""Whether the process is up, and whether it can work."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from models.operations import readiness
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
    """Every municipality's database answers, is current, and its scheduler was seen; jobs in trouble only warn."""
    findings = readiness.findings()
    state = "waiting" if findings else "ready"
    return jsonify(state=state, findings=findings, warnings=readiness.warnings()), 503 if findings else 200
