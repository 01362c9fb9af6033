"""Where this municipality's pages stand for somebody outside: codes and papers carry whole addresses."""

from __future__ import annotations

from flask import current_app, request

from models.core.settings import Settings


def base() -> str:
    """The public address of this request's municipality, with scheme, host and prefix, without a slash at its end."""
    settings: Settings = current_app.extensions["maeniwa"].settings
    return (settings.public_url or request.host_url).rstrip("/") + request.script_root
