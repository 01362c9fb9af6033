"""What every answer carries, and the one log line of every request."""

from __future__ import annotations

import secrets
import time

from flask import Flask, Response, g, request

from models.core import log
from web import live
from web.errors import route

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
AGENT = "http://127.0.0.1:8631"
"""The program on a terminal or a counter's machine that prints slips and reads cards (docs/printing-slips.md)."""
WITH_AGENT = ("kiosk.page", "kiosk_slips.printer", "counter_card.page")
"""The only pages that may ask it."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}
STATIC_SECONDS = 31_536_000
LOOKS = ("health.alive", "health.ready")
"""Whether the house is up: who starts it and who watches over it ask again and again."""


def register(app: Flask) -> None:
    """Put the headers on and write the line."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy_of(request.endpoint))
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint in ("static", "bootstrap.static") and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}, immutable"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-Id"] = g.get("request_id", "")
        _noted(response)
        return response


def policy_of(endpoint: str | None) -> str:
    """What a page may load and ask."""
    found = live.permitted(CSP)
    return found.replace(live.HERE, f"{live.HERE} {AGENT}") if endpoint in WITH_AGENT else found


def _noted(response: Response) -> None:
    if request.endpoint in ("static", "bootstrap.static"):
        return
    municipality = g.get("municipality")
    write = log.logger().debug if request.endpoint in LOOKS else log.logger().info
    write(
        "request",
        request_id=g.get("request_id"),
        method=request.method,
        route=route(),
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        municipality=municipality.code if municipality else None,
    )
