"""Web push to one browser: sealed for it alone (RFC 8291), signed by the city's key (VAPID, RFC 8292)."""

from __future__ import annotations

import json
from collections.abc import Mapping

import requests
from pywebpush import WebPushException, webpush

from models.queries.letters import Letter
from scheduler.guarded_connections import led_elsewhere
from scheduler.senders.calls import INSIDE, judged, session
from scheduler.senders.sending import SECONDS, Outcome, Sender, again, never

LASTS = 600
"""Seconds that a push service keeps it for a phone that is off: later it would not be true."""


class Push(Sender):
    """A title, a text and the page to open."""

    def __init__(self, needs: Mapping[str, str], allowed: frozenset[str]) -> None:
        """`needs`: `private_key` (VAPID) and `contact`, whom the push service may write to."""
        self._needs, self._allowed = needs, allowed

    def send(self, letter: Letter) -> Outcome:
        """Hand it to the browser's push service; 404 and 410 say that the browser is gone."""
        try:
            to = json.loads(letter.to)
            told = json.dumps(
                {
                    "title": letter.subject,
                    "body": letter.body.strip()[:1000],
                    "url": letter.url,
                    "tag": letter.kind,
                },
                ensure_ascii=False,
            )
            with session(to["endpoint"], self._allowed) as caller:
                caller.max_redirects = 0
                answer = webpush(
                    to, told, vapid_private_key=self._needs["private_key"],
                    vapid_claims={"sub": f"mailto:{self._needs['contact']}"}, ttl=LASTS, timeout=SECONDS,
                    requests_session=caller, headers={"Urgency": "high"},
                )  # fmt: skip
        except WebPushException as problem:
            return _answered(problem.response.status_code if problem.response is not None else 500)
        except (requests.RequestException, OSError) as problem:
            if led_elsewhere(problem):
                return never(INSIDE, gone=True)
            return again(type(problem).__name__)
        except (ValueError, KeyError, TypeError) as problem:
            return never(type(problem).__name__, gone=True)
        return _answered(answer.status_code)

    def close(self) -> None:
        """Nothing is held open."""


def _answered(status: int) -> Outcome:
    return never(str(status), gone=True) if status in (404, 410) else judged(status)
