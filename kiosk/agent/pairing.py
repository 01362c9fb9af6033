"""Which page may print here: the one that was given the code which this terminal printed on its own console."""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import time
from pathlib import Path

from models.core.tokens import fingerprint, is_token, new_token
from models.rules import references

CODE_SECONDS = 600
TRIES = 5


class Pairing:
    """One secret a terminal; only its fingerprint is on disk. A new code is shown while nobody is paired."""

    def __init__(self, folder: Path, anew: bool = False) -> None:
        """`anew`: forget the page that is paired now."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "paired"
        self._lock = threading.Lock()
        if anew:
            self._path.unlink(missing_ok=True)
        self._paired = self._path.read_text(encoding="ascii").strip() if self._path.is_file() else ""
        self._code = "" if self._paired else references.new(secrets.token_bytes(8))
        self._until = time.monotonic() + CODE_SECONDS
        self._tries = TRIES

    @property
    def code(self) -> str:
        """The code to type at the terminal, empty once a page is paired."""
        return references.shown(self._code) if self._code else ""

    def pair(self, typed: str) -> str | None:
        """The secret for whoever typed the code, once; None for any other text, after ten minutes or five tries."""
        with self._lock:
            if not self._code or self._tries <= 0 or time.monotonic() > self._until:
                return None
            self._tries -= 1
            if not hmac.compare_digest((references.parse(typed) or "").encode(), self._code.encode()):
                return None
            secret = new_token()
            self._keep(fingerprint(secret).hex())
            self._code = ""
            return secret

    def knows(self, secret: str) -> bool:
        """Whether this is the paired page's secret."""
        found = fingerprint(secret).hex() if is_token(secret) else ""
        return bool(self._paired) and hmac.compare_digest(found, self._paired)

    def _keep(self, mark: str) -> None:
        fresh = self._path.with_suffix(".new")
        number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(mark)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._paired = mark
