"""Being written."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("my_booking", __name__)
