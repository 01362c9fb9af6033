"""The API's blueprints under one OpenAPI document."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect


def register(app: Flask, csrf: CSRFProtect, side: str) -> None:
    """Open the API of one side."""
