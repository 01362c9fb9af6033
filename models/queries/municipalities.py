"""Which municipality is asked for: by its code in the path (/m/CODE), by the host name, or the only one there is."""

from __future__ import annotations

import time

from models.core import directory
from models.core.directory import Municipality
from models.core.errors import NotFound
from models.core.space import CODE

PREFIX = "/m/"
KNOWN_FOR_SECONDS = 30.0


class Known:
    """The municipalities of the directory, read again when they are half a minute old, or where there was none."""

    def __init__(self, usual: str = "") -> None:
        """Know nothing yet but the code of the `usual` one, which answers where nothing else says."""
        self._usual = usual
        self._found: dict[str, Municipality] = {}
        self._until = 0.0

    def all(self) -> dict[str, Municipality]:
        """Every open municipality by code."""
        if time.monotonic() >= self._until:
            self._found = {found.code: found for found in directory.municipalities()}
            self._until = time.monotonic() + KNOWN_FOR_SECONDS if self._found else 0.0
        return self._found

    def of(self, code: str | None, host: str) -> Municipality:
        """The municipality with this code, else of this host name (a port is passed over).

        One identical `NotFound` for every other.
        """
        found = self.all()
        if code is not None:
            if not CODE.fullmatch(code) or code not in found:
                raise NotFound
            return found[code]
        for one in found.values():
            if host.split(":")[0].lower() in one.hosts:
                return one
        if self._usual in found:
            return found[self._usual]
        if len(found) == 1:
            return next(iter(found.values()))
        raise NotFound
