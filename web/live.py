"""Where a page finds the live stream of an office: at the hub, which has a port of its own (docs/live.md)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from models.core.settings import Settings

ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
HERE = "connect-src 'self'"


def events_address(office: str) -> str:
    """The stream of an office, by its code; empty where pages cannot reach a hub and have to poll."""
    root = hub_root()
    return f"{root}/m/{g.municipality.code}/api/v1/offices/{office}/events" if root else ""


def hub_root() -> str:
    """The address of the hub as this visitor reaches it, without a slash; empty where there is none.

    A page that came by TLS must not open a plain stream, so there the hub needs an `events_url` behind the proxy.
    """
    settings: Settings = current_app.extensions["maeniwa"].settings
    if settings.events_url:
        return settings.events_url.rstrip("/")
    secure = settings.public_url.startswith("https") or request.is_secure
    if settings.events_port <= 0 or secure:
        return ""
    name = urlsplit(settings.public_url or request.host_url).hostname or ""
    found = (
        f"http://[{name}]:{settings.events_port}" if ":" in name else f"http://{name}:{settings.events_port}"
    )
    return found if ORIGIN.fullmatch(found) else ""


def answers_itself() -> bool:
    """Whether a request for a stream that came here has nowhere else to go: no hub, or one behind this same address."""
    root = hub_root()
    settings: Settings = current_app.extensions["maeniwa"].settings
    own = settings.public_url or request.host_url
    return not root or urlsplit(root)[:2] == urlsplit(own)[:2]


def permitted(policy: str) -> str:
    """A content security policy that also lets pages reach the hub."""
    parts = urlsplit(hub_root())
    origin = f"{parts.scheme}://{parts.netloc}"
    return policy.replace(HERE, f"{HERE} {origin}") if ORIGIN.fullmatch(origin) else policy


def register(app: Flask) -> None:
    """Give templates `events_address(office_code)`."""
    app.jinja_env.globals["events_address"] = events_address
