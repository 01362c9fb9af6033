"""Calls inside the closed network: only to machines that the installation names, where they really are inside."""

from __future__ import annotations

from collections.abc import Mapping

import requests

from models.rules.channels import here
from models.rules.handover.receivers import in_closed_network, refused_url
from scheduler.guarded_connections import Guarded, led_elsewhere
from scheduler.senders.sending import SECONDS, SENT, Outcome, again, never

ELSEWHERE = "address outside the closed network"
NOT_ALLOWED = "address not allowed"


def post(address: str, body: bytes, headers: Mapping[str, str], allowed: frozenset[str]) -> Outcome:
    """POST once, without following anything; what the answer means for the hand-over."""
    if refused_url(address, allowed) is not None:
        return never(NOT_ALLOWED)
    try:
        with _session(address) as caller:
            answer = caller.post(
                address, data=body, headers=dict(headers), timeout=SECONDS, allow_redirects=False, stream=True
            )
            answer.close()
    except (requests.RequestException, OSError, ValueError) as problem:
        if led_elsewhere(problem):
            return never(ELSEWHERE)
        return again(type(problem).__name__, down=True)
    return judged(answer.status_code)


def judged(status: int) -> Outcome:
    """2xx and 409 (it has this receipt already) arrived; 401, 403, 408, 425, 429 and 5xx again; all else never."""
    if 200 <= status < 300 or status == 409:
        return SENT
    if status in (401, 403, 408, 425, 429) or status >= 500:
        return again(str(status), down=status in (401, 403, 429, 503))
    return never(str(status))


def _session(address: str) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    if not here(address):
        made.mount("https://", Guarded(in_closed_network))
    return made
