"""The page on a phone without a connection: a worker that keeps the frame, and never anything of a person."""

from __future__ import annotations

import hashlib
from functools import cache

from flask import Blueprint, Response, make_response, render_template, request

from web.access import PUBLIC
from web.presentation import STATIC

blueprint = Blueprint("installed", __name__)
FRAME = (
    "sw.js",
    "theme.css",
    "components.css",
    "hall.css",
    "waiting.js",
    "offline.js",
    "sign.svg",
)


@blueprint.get("/sw.js")
@PUBLIC
def worker() -> Response:
    """The worker of the tickets' pages; another text whenever one of the files that it keeps is another."""
    said = f'const VERSION = "{_version()}";\nconst ROOT = "{request.script_root}";\n'
    answer = make_response(said + (STATIC / "sw.js").read_text(encoding="utf-8"))
    answer.mimetype = "text/javascript"
    return answer


@blueprint.get("/offline")
@PUBLIC
def offline() -> str:
    """What is shown in a ticket's place while there is no connection."""
    return render_template("resident/waiting/offline.html")


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for name in FRAME:
        digest.update((STATIC / name).read_bytes())
    return digest.hexdigest()[:12]
