"""`maeniwa live`: the hub alone, beside web processes of one's own."""

from __future__ import annotations

import argparse
import asyncio

from models.core import log
from scheduler.commands.terms import installation_option, settings_of
from scheduler.hub_process import until_ended
from scheduler.lifeline import at_signal
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  MAENIWA_EVENTS_PORT=8001 maeniwa live                 serve streams on this machine only
  maeniwa live --host 0.0.0.0 --instance /srv/maeniwa   at the events_port of maeniwa.toml (docs/live.md)"""
NO_PORT = "no port for the streams: set events_port in maeniwa.toml"


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    installation_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve streams until SIGTERM or Ctrl+C."""
    chosen = settings_of(args)
    log.configure(chosen.log_level)
    if chosen.events_port <= 0:
        raise NotDone(NO_PORT)
    asyncio.run(until_ended(chosen, args.host, at_signal))
    return 0
