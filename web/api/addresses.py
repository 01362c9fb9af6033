"""Absolute addresses in the API's answers: below the public address of the installation, where one is set."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from models.core.settings import Settings


def absolute(endpoint: str, **values: Any) -> str:
    """The address of an endpoint in the municipality of this request, with scheme and host."""
    settings: Settings = current_app.extensions["maeniwa"].settings
    root = settings.public_url or request.host_url
    return root.rstrip("/") + url_for(endpoint, **values)
