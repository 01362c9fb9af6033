"""A real process of each side, the outside after a day of its life: its doors, what is loaded, filled and keyed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models.core.clock import now
from models.operations import sealing_keys
from tests.conftest import inside
from tests.operations.test_booking import honcho
from tests.scheduler.processes import PATIENCE, environment
from tests.sides import Sides, sides

CITY_DOORS = (
    "/counter",
    "/manager",
    "/kiosk",
    "/board",
    "/admin/staff",
    "/admin/hall",
    "/admin/devices",
)
RESIDENTS_DOORS = ("/book", "/bookings", "/guide", "/now", "/tickets", "/take", "/line", "/admin/messages")
CITY_CODE = (
    "kiosk.terminal", "kiosk.board", "kiosk.booking", "kiosk.writing", "kiosk.slips", "kiosk.entry",
    "web.counter", "web.manager", "web.admin.staff", "web.admin.hall", "web.admin.tokens",
    "web.admin.devices", "web.api.line", "web.api.counter", "web.api.tickets", "web.api.reports", "web.api.slips",
    "models.core.unsealing", "models.operations.unsealing", "models.operations.sealing_keys",
    "models.operations.scanning", "models.operations.printing", "models.operations.calling",
    "models.operations.arrivals", "models.operations.tickets", "models.operations.counters", "models.operations.hall",
    "models.operations.numbering", "models.operations.steps", "models.operations.devices", "models.operations.slips",
    "models.operations.facts", "models.operations.tuning", "models.operations.day_list_intake",
    "models.papers.application", "models.papers.layout", "models.papers.slip", "models.papers.typesetting",
    "scheduler.porter", "scheduler.printing", "scheduler.live",
)  # fmt: skip
"""Desk, hall, devices, printing, opening of seals, private sealing keys, planning: none of it is loaded outside."""
OUT = (
    "scheduler.mailer",
    "scheduler.senders.mail",
    "scheduler.senders.push",
    "scheduler.senders.line",
    "web.resident",
)
OUTSIDE_TABLES = {
    "audit_end", "audit_entry", "booking", "booking_person", "booking_slot", "catalogue_edition", "counter",
    "counter_queue", "envelope", "exceptional_day", "hall", "idempotency_key", "job_run", "message", "office",
    "office_procedure", "opening_hours", "other_side", "scheduler_lease", "sealing_key", "setting_change", "slot",
    "subscription",
}  # fmt: skip
"""All that an outside database may hold of its own: the city as residents see it, bookings, envelopes, public keys."""


@pytest.fixture
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with sides(request, tmp_path) as found:
        yield found


def lived(two: Sides, side: str, *carried: str) -> dict[str, Any]:
    """What a process of one side says of itself."""
    settings = getattr(two, side)
    (settings.instance / "maeniwa.toml").write_text(
        f'side = "{side}"\nlog_level = "error"\n', encoding="utf-8"
    )
    command = [sys.executable, "-m", "tests.scheduler.side_process", str(settings.instance), *carried]
    done = subprocess.run(command, env=environment(), capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def stand(found: dict[str, Any], doors: tuple[str, ...]) -> list[str]:
    return [rule for rule in found["rules"] if rule.startswith(doors)]


def loaded(found: dict[str, Any], code: tuple[str, ...]) -> list[str]:
    return [name for name in found["modules"] if name.startswith(code)]


def test_an_outside_process_holds_nothing_of_the_inside(two: Sides, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    with inside(two.inside):
        sealing_keys.make_ahead(honcho().day_of(now()))
    keys.write_bytes(two.keys_from(two.inside))
    found = lived(two, "outside", str(keys), two.print_of(two.inside))
    assert stand(found, CITY_DOORS) == []
    assert stand(found, ("/book",)) != []
    assert "/tickets/<token>" not in found["rules"]
    assert loaded(found, CITY_CODE) == []
    assert set(found["filled"]) <= OUTSIDE_TABLES
    assert {"booking", "envelope"} <= set(found["filled"])
    assert "sealing" not in found["keys"]
    assert "crossing" in found["keys"]
    assert found["sends"] == {"messages": True, "sheets": False}


def test_an_inside_process_serves_no_resident_and_sends_nothing_out(two: Sides) -> None:
    found = lived(two, "inside")
    assert stand(found, RESIDENTS_DOORS) == []
    assert stand(found, ("/counter",)) != []
    assert loaded(found, OUT) == []
    assert found["sends"] == {"messages": False, "sheets": True}
