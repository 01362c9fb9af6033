"""Reads the plain numbers of queue, booking, demand and measures; checks what rules compute with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.catalogue.source import Document, Node

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def read_numbers(queues: Document, demand: Document, metrics: Document) -> Mapping[str, Any]:
    """The sections of queues.yaml but the queues, and `demand` and `metrics` whole."""
    _check_booking(queues.root.child("booking"))
    _check_demand(demand.root)
    metrics.root.child("measures")
    plain = {key: node.value for key, node in queues.root.entries() if key != "queues"}
    return {**plain, "demand": demand.data, "metrics": metrics.data}


def _check_booking(node: Node) -> None:
    node.integer("open_days_before", low=1, high=366)
    share = node.child("capacity_share")
    share.number("normal", high=1)
    share.number("peak", high=1)


def _check_demand(node: Node) -> None:
    for name, hours in node.child("hour_share_pct").entries():
        shares = [hour.as_number(high=100) for _, hour in hours.entries()]
        if not 95 <= sum(shares) <= 105:
            hours.fail(f"the shares of `{name}` add up to {sum(shares):g}, expected about 100")
    for key, names in (("weekday_factor", WEEKDAYS), ("month_factor", tuple(map(str, range(1, 13))))):
        factors = node.child(key)
        for name in names:
            factors.number(name, low=0.01, high=20)
