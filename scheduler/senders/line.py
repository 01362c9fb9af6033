"""LINE: a push message by the Messaging API of the city's official account."""

from __future__ import annotations

import json
from collections.abc import Mapping

from models.queries.letters import Letter
from scheduler.senders.calls import call
from scheduler.senders.sending import SENT, Outcome, Sender, stable_id

PUSH = "https://api.line.me/v2/bot/message/push"
LONGEST = 5000


class Line(Sender):
    """One text message; `X-Line-Retry-Key` lets LINE see that a second try is the same message."""

    def __init__(self, needs: Mapping[str, str], allowed: frozenset[str]) -> None:
        """`needs`: `token` (the channel access token) and perhaps `url`."""
        self._needs, self._allowed = needs, allowed

    def send(self, letter: Letter) -> Outcome:
        """Push it; 409 says that LINE has it already."""
        told = {"to": letter.to, "messages": [{"type": "text", "text": letter.body.strip()[:LONGEST]}]}
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._needs['token']}",
            "X-Line-Retry-Key": stable_id(letter),
        }
        outcome = call(self._needs.get("url", PUSH), json.dumps(told).encode(), headers, self._allowed)
        return SENT if outcome.reason == "409" else outcome

    def close(self) -> None:
        """Nothing is held open."""
