"""`maeniwa kiosk-agent`: the program on a terminal that prints slips and reads cards, without database and settings."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from scheduler.lifeline import at_signal

EXAMPLES = """examples:
  maeniwa kiosk-agent --origin https://yoyaku.example.lg.jp --printer "escpos://192.0.2.50:9100?width=80"
  maeniwa kiosk-agent --origin https://yoyaku.example.lg.jp --printer "system:RECEIPT?paper=58"
  maeniwa kiosk-agent --origin http://localhost:8000 --printer file:slips        try it without a printer
  maeniwa kiosk-agent --origin https://yoyaku.example.lg.jp --card               only a card reader

The first start shows a code; type it at the terminal. docs/printing-slips.md says which printers and which policy,
docs/card-reader.md what of a card is read and what never is."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument(
        "--printer",
        default="",
        metavar="ADDRESS",
        help="escpos://HOST:PORT?width=58|80, system:QUEUE, file:DIR",
    )
    parser.add_argument(
        "--card",
        nargs="?",
        const="",
        metavar="READER",
        help="read name, address, birth and sex of a My Number card; part of the reader's name (needs maeniwa[card])",
    )
    parser.add_argument(
        "--listen",
        default="127.0.0.1:8631",
        metavar="HOST:PORT",
        help="where the page finds it; loopback only",
    )
    parser.add_argument(
        "--origin", required=True, action="append", metavar="URL", help="the house whose page may print"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path.home() / ".maeniwa-agent",
        metavar="DIR",
        help="what it must remember",
    )
    parser.add_argument("--pair", action="store_true", help="forget the paired page and show a new code")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the agent until SIGTERM or Ctrl+C; its exit status."""
    command = [sys.executable, "-m", "kiosk.agent", "--lifeline"]
    command += ["--printer", args.printer] if args.printer or args.card is None else []
    command += [] if args.card is None else ["--card", args.card]
    command += ["--listen", args.listen, "--folder", str(args.folder)]
    command += [word for origin in args.origin for word in ("--origin", origin)]
    command += ["--pair"] if args.pair else []
    agent = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  (our own program)
    at_signal(agent.terminate)
    return agent.wait()
