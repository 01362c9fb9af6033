"""Pages behind an unguessable link: found by nobody else, told to nobody else."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response


def keep_private(blueprint: Blueprint) -> None:
    """Keep every page of `blueprint` out of search engines (no referrer and no store are sent with every page)."""

    @blueprint.after_request
    def hidden(response: Response) -> Response:
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response
