"""計測値: what a monitoring system asks for (Prometheus text): jobs, the scheduler, messages; nothing about anybody.

From this machine itself, or with a system's token; whatever came through a proxy needs the token.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, g, request

from models.core.clock import now
from models.core.errors import Forbidden
from models.queries import gauges
from models.queries.gauges import Gauge
from web.access import PUBLIC, visitor

blueprint = Blueprint("metrics", __name__)
LOOPBACK = frozenset({"127.0.0.1", "::1"})
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
MIMETYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
@PUBLIC
def page() -> Response:
    """Every gauge of this municipality."""
    direct = request.remote_addr in LOOPBACK and not any(name in request.headers for name in PASSED_ON)
    if not direct and visitor().kind != "system":
        raise Forbidden
    lines = [line for gauge in gauges.everything(now()) for line in written(gauge, g.municipality.code)]
    return Response("\n".join([*lines, ""]), content_type=MIMETYPE)


def written(gauge: Gauge, city: str) -> Iterator[str]:
    """A gauge in Prometheus' text format."""
    yield f"# HELP maeniwa_{gauge.name} {gauge.told}"
    yield f"# TYPE maeniwa_{gauge.name} gauge"
    for labels, value in gauge.values:
        named = {"municipality": city, **labels}
        inner = ",".join(f'{name}="{text}"' for name, text in named.items())
        yield f"maeniwa_{gauge.name}{{{inner}}} {value:g}"
