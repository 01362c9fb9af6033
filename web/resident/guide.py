"""Being written."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("guide", __name__)
