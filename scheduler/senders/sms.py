"""SMS by a gateway that takes JSON over HTTPS: `{"id", "to", "from", "text"}` with a bearer token."""

from __future__ import annotations

import json
from collections.abc import Mapping

from models.queries.letters import Letter
from scheduler.senders.calls import call
from scheduler.senders.sending import Outcome, Sender, stable_id


class Sms(Sender):
    """One short text: the subject, and the link where there is one."""

    def __init__(self, needs: Mapping[str, str], allowed: frozenset[str]) -> None:
        """`needs`: `url`, `token` and perhaps `sender`."""
        self._needs, self._allowed = needs, allowed

    def send(self, letter: Letter) -> Outcome:
        """Hand it to the gateway; `id` and `Idempotency-Key` are the same at every try."""
        text = "\n".join(part for part in (letter.subject, letter.url) if part)
        told = {"id": stable_id(letter), "to": letter.to, "from": self._needs.get("sender", ""), "text": text}
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._needs['token']}",
            "Idempotency-Key": stable_id(letter),
        }
        return call(self._needs["url"], json.dumps(told, ensure_ascii=False).encode(), headers, self._allowed)

    def close(self) -> None:
        """Nothing is held open."""
