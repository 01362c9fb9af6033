"""`maeniwa serve`: the whole house in one process tree, with the addresses of every audience's first page."""

from __future__ import annotations

import argparse
import os

from models.core import log, settings
from models.core.settings import SIDES
from models.rules.sides import INSIDE, stands
from scheduler.announcement import announcement
from scheduler.commands.terms import installation_option, tell
from scheduler.household import EVENTS_PORT, Household, free_events_port, free_port, reachable
from scheduler.lifeline import at_signal

EXAMPLES = """examples:
  maeniwa serve --demo                        try it: a city that does not exist, with past visits and bookings
  maeniwa serve --instance /srv/maeniwa       serve a city on this machine only
  maeniwa serve --host 0.0.0.0 --port 8000    serve a network (put a TLS proxy in front)
  maeniwa serve --side inside                 only counter, manager and administrator (separated networks)"""
SERIAL = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Numerical libraries must not start a thread a core in a web process."""


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
    """Serve until SIGTERM or Ctrl+C; raises `NotDone` or `BadSetting` with one line."""
    environment = os.environ | ({"MAENIWA_SIDE": args.side} if args.side else {})
    chosen = settings.load(args.instance, environment)
    log.configure(chosen.log_level)
    port = free_port(args.host, args.port)
    wanted = chosen.events_port if stands(INSIDE, chosen.side) else -1
    if chosen.events_url and not wanted:
        wanted = port + 1  # the server in front knows no other
    events_port = free_events_port(args.host, port, wanted)
    inherited = {
        **SERIAL,
        **environment,
        "MAENIWA_INSTANCE": str(chosen.instance),
        EVENTS_PORT: str(events_port),
    }
    house = Household(args.host, port, inherited, with_demo=args.demo)
    at_signal(house.asked_to_end.set)
    with house.running():
        opened = house.wait_until_ready()
        if opened:
            address = chosen.public_url or _address(args.host, port)
            tell(announcement(address.rstrip("/"), chosen.side, opened))
            house.watch()
    return 0


def _address(host: str, port: int) -> str:
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
