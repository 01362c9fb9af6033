"""Calls to other systems over HTTP: never to the inside of a network, never further than the address that was given."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from models.rules.channels import here, outside
from scheduler.guarded_connections import Elsewhere, Guarded, led_elsewhere
from scheduler.senders.sending import SECONDS, SENT, Outcome, again, never

INSIDE = "address inside the network"


def call(address: str, body: bytes, headers: Mapping[str, str], allowed: frozenset[str]) -> Outcome:
    """POST once, without following anything; what the answer means for the message."""
    try:
        with session(address, allowed) as caller:
            answer = caller.post(
                address, data=body, headers=dict(headers), timeout=SECONDS, allow_redirects=False, stream=True
            )
            answer.close()
    except (requests.RequestException, OSError, ValueError) as problem:
        if led_elsewhere(problem):
            return never(INSIDE)
        return again(type(problem).__name__, down=True)
    return judged(answer.status_code)


def judged(status: int) -> Outcome:
    """What an HTTP status means: 2xx sent, 408, 425, 429 and 5xx again, everything else never."""
    if 200 <= status < 300:
        return SENT
    if status in (401, 403, 408, 425, 429) or status >= 500:
        return again(str(status), down=status in (401, 403, 429, 503))
    return never(str(status))


def session(address: str, allowed: frozenset[str]) -> requests.Session:
    """A session that connects to public addresses only, unless the installation allows this very host.

    Raises `Elsewhere` for what is not sealed.
    """
    made = requests.Session()
    made.trust_env = False
    host = (urlsplit(address).hostname or "").lower()
    free = host in allowed
    if urlsplit(address).scheme != "https" and not (here(address) and free):
        raise Elsewhere("not https")
    if not free:
        made.mount("https://", Guarded(outside))
    return made
