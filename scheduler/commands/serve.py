"""`maeniwa serve`: the whole house in one process tree, with the addresses of every audience's first page."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass

from models.core import directory, log, settings
from models.core.db import standing
from models.core.directory import Municipality
from models.core.settings import SIDES
from models.operations import demo, installation
from models.operations.demo import DemoCity
from scheduler.commands.terms import CODE_PAGE, NONE_YET, NotDone, installation_option, tell
from scheduler.household import Household, free_port, reachable
from scheduler.lifeline import at_signal

EXAMPLES = """examples:
  maeniwa serve --demo                        try it: a city that does not exist, with past visits and bookings
  maeniwa serve --instance /srv/maeniwa       serve a city on this machine only
  maeniwa serve --host 0.0.0.0 --port 8000    serve a network (put a TLS proxy in front)
  maeniwa serve --side inside                 only counter, manager and administrator (separated networks)"""
SERIAL = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Numerical libraries must not start a thread a core in a web process."""


@dataclass(frozen=True)
class FirstPage:
    """Where an audience begins; `side` is the side on which its door opens."""

    audience: str
    path: str
    side: str


FIRST_PAGES = (
    FirstPage("Residents", "/", "outside"),
    FirstPage("Counter", "/counter/", "inside"),
    FirstPage("Manager", "/manager/", "inside"),
    FirstPage("Administrator", "/admin/", "inside"),
    FirstPage("API", "/api/v1/openapi.json", "both"),
)


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for any free one")
    parser.add_argument(
        "--demo", action="store_true", help="fill an empty installation with the demo municipality"
    )
    parser.add_argument(
        "--side", choices=SIDES, help="which doors to open (default: the setting `side`, else both)"
    )
    installation_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl+C; raises `NotDone`, `NotServing` or `BadSetting` with one line."""
    environment = os.environ | ({"MAENIWA_SIDE": args.side} if args.side else {})
    chosen = settings.load(args.instance, environment)
    log.configure(chosen.log_level)
    port = free_port(args.host, args.port)
    house = Household(args.host, port, {**SERIAL, **environment, "MAENIWA_INSTANCE": str(chosen.instance)})
    at_signal(house.asked_to_end.set)
    with standing(chosen):
        installation.refresh()
        city = demo.fill() if args.demo else None
        found = directory.municipalities()
    if not found:
        raise NotDone(NONE_YET)
    with house.running():
        if house.wait_until_ready():
            address = chosen.public_url or _address(args.host, port)
            tell(announcement(address.rstrip("/"), found, chosen.side, city))
            house.watch()
    return 0


def announcement(
    address: str, found: Sequence[Municipality], side: str, city: DemoCity | None
) -> Sequence[str]:
    """The lines for the person who started it: first pages, and the demo's one-time codes."""
    lines: list[str] = []
    for one in found:
        base = address if len(found) == 1 else f"{address}/m/{one.code}"
        lines.append(f"{one.name} ({one.code}) is open:")
        lines += [f"  {page.audience:14} {base}{page.path}" for page in FIRST_PAGES if _open(page, side)]
        if city and one.code == demo.CODE:
            lines += _demo_lines(base, side, city)
    return [*lines, "Ready. Stop with Ctrl+C."]


def _demo_lines(base: str, side: str, city: DemoCity) -> list[str]:
    lines = []
    if city.booking and side != "inside":
        lines.append(f"  A booking with a form written at home: {base}/bookings/{city.booking}")
    if city.codes and side != "outside":
        lines.append(f"  One-time sign-in codes, good for 72 hours at {base}{CODE_PAGE}:")
        lines += [f"    {one.username:14} {one.code}" for one in city.codes]
    return lines


def _open(page: FirstPage, side: str) -> bool:
    return side == "both" or page.side in ("both", side)


def _address(host: str, port: int) -> str:
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
