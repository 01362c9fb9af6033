"""Who may enter where, found out by knocking at every door as everybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask.testing import FlaskClient

from tests.security.addresses import LIBRARIES, Route, address, routes
from tests.security.world import DEVICES, ROLES, World

WHO = ("nobody", *DEVICES[::-1], *ROLES)
REACHED = 299
COLUMNS = ("method", "rule", *WHO)


def table(world: World, only: str = "") -> str:
    """A line for every address and method, `allow` or `deny` for everybody; any answer but 401 and 403 is refused.

    `only` is an endpoint whose lines alone are wanted.
    """
    for endpoint, view in list(world.app.view_functions.items()):
        world.app.view_functions[endpoint] = _only_reached(view)
    clients = {who: _client(world, who) for who in WHO}
    lines = [
        {
            "method": route.method,
            "rule": route.rule,
            **{who: _knock(world, route, *clients[who]) for who in WHO},
        }
        for route in routes(world.app)
        if route.endpoint not in LIBRARIES and only in ("", route.endpoint)
    ]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _only_reached(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that does nothing, behind the same guard."""

    @wraps(view)
    def reached(**_: Any) -> tuple[str, int]:
        return "", REACHED

    return reached


def _client(world: World, who: str) -> tuple[FlaskClient, str]:
    client = world.app.test_client()
    for name, value in world.headers(who).items():
        client.environ_base[f"HTTP_{name.upper()}"] = value
    return client, world.csrf_without_pages(client)


def _knock(world: World, route: Route, client: FlaskClient, token: str) -> str:
    sent: dict[str, Any] = {} if route.api or route.safe else {"data": {"csrf_token": token}}
    answer = client.open(address(route, world.here), method=route.method, **sent)
    denied = (401, 403) if route.api or not route.safe else (302, 403)
    assert answer.status_code in (REACHED, *denied), (route, answer.status_code)
    return "allow" if answer.status_code == REACHED else "deny"
