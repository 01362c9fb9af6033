"""The roof: puts the doors on the ground. Nobody imports it but servers, the command line and tests."""

from __future__ import annotations

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from kiosk import doors
from models.core import log
from models.core import settings as core_settings
from models.core.db import attach
from models.core.settings import Settings
from web import (
    access,
    blueprints,
    city_words,
    compression,
    drawing,
    errors,
    headers,
    incoming,
    languages,
    live,
    municipality,
    not_yet,
    presentation,
    theme,
)
from web.account import security
from web.api import interface


def create_app(settings: Settings | None = None) -> Flask:
    """A web application on its ground; raises `BadSetting` rather than start weak."""
    chosen = core_settings.checked(settings) if settings else core_settings.load()
    log.configure(chosen.log_level)
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if chosen.secure_cookies else "session",
        SESSION_COOKIE_SECURE=chosen.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
        JSON_AS_ASCII=False,
    )
    drawing.register(app)
    attach(app, chosen, for_visitors=True)
    headers.register(app)
    incoming.register(app)
    municipality.register(app)
    security.register(app)
    csrf = CSRFProtect(app)
    csrf.exempt("web.line_webhook.hear")
    access.register(app, closed_until_signed_in="sign_in.page")
    not_yet.register(app)
    Bootstrap5(app)
    compression.register(app)
    languages.register(app)
    presentation.register(app)
    city_words.register(app)
    theme.register(app)
    live.register(app)
    errors.register(app)
    blueprints.register(app, chosen.side)
    doors.register(app, chosen.side)
    interface.register(app, csrf, chosen.side)
    if chosen.trusted_proxies:
        hops = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
