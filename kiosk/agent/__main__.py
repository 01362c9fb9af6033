"""`python -m kiosk.agent`, begun by `maeniwa kiosk-agent`: prints and reads what this terminal's page asks."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.agent.addresses import BadAddress, printer_at
from kiosk.agent.card import pcsc
from kiosk.agent.card.desk import CardDesk
from kiosk.agent.desk import Desk
from kiosk.agent.journal import Busy, Journal
from kiosk.agent.pairing import CODE_SECONDS, Pairing
from kiosk.agent.server import Agent, House, NotLoopback

STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name))


def options() -> argparse.ArgumentParser:
    """What it takes."""
    made = argparse.ArgumentParser(prog="python -m kiosk.agent", description=__doc__)
    made.add_argument("--printer", default="")
    made.add_argument("--card", default=None)
    made.add_argument("--listen", default="127.0.0.1:8631")
    made.add_argument("--origin", required=True, action="append")
    made.add_argument("--folder", type=Path, required=True)
    made.add_argument("--pair", action="store_true")
    made.add_argument("--lifeline", action="store_true")
    return made


def main() -> int:
    """Serve until SIGTERM, Ctrl+C or the parent's end; 1 and one line where it cannot begin."""
    asked = options().parse_args()
    try:
        agent, pairing, journal = _opened(asked)
    except BadAddress as problem:
        return _refused(f"printer {problem}")
    except NotLoopback as problem:
        return _refused(f"{problem}: the agent listens on 127.0.0.1 only")
    except Busy:
        return _refused(f"another agent works in {asked.folder}")
    except (OSError, ValueError) as problem:
        return _refused(f"{asked.listen}: {problem}")
    _until_ended(agent, asked.lifeline)
    _say(f"agent on http://127.0.0.1:{agent.server_address[1]} for {', '.join(asked.origin)}")
    if pairing.code:
        _say(f"pairing code {pairing.code} (type it at the terminal within {CODE_SECONDS // 60} minutes)")
    agent.serve_forever()
    agent.server_close()
    journal.close()
    return 0


def _opened(asked: argparse.Namespace) -> tuple[Agent, Pairing, Journal]:
    host, _, port = asked.listen.rpartition(":")
    printer = printer_at(asked.printer) if asked.printer or asked.card is None else None
    journal = Journal(asked.folder)
    pairing = Pairing(asked.folder, asked.pair)
    card = None if asked.card is None else CardDesk(partial(pcsc.opened, asked.card))
    desk = Desk(printer, journal) if printer else None
    house = House(desk, pairing, frozenset(_origin(one) for one in asked.origin), card)
    return Agent(host, int(port), house), pairing, journal


def _origin(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{address} is no origin like https://yoyaku.example.lg.jp")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _until_ended(agent: Agent, lifeline: bool) -> None:
    def end(*_: object) -> None:
        threading.Thread(target=agent.shutdown, daemon=True).start()

    for number in STOPPING:
        signal.signal(number, end)
    if lifeline:
        threading.Thread(target=_at_end_of_parent, args=(end,), daemon=True).start()


def _at_end_of_parent(end: Callable[[], None]) -> None:
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    end()


def _refused(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
