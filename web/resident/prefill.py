"""Being written."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("prefill", __name__)
