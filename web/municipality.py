"""Which municipality a request is for: the path prefix /m/CODE, the host name, or the only one there is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from flask import Flask, g, request

from models.core import directory
from models.core.directory import Municipality
from models.core.errors import NotFound
from models.core.space import CODE, entered

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/m/"
GIVEN = "maeniwa.municipality"
KNOWN_FOR_SECONDS = 30.0
WITHOUT = frozenset({"static", "health.alive", "health.ready", "bootstrap.static"})
"""Endpoints that belong to no municipality."""


class MunicipalityPath:
    """WSGI middleware that moves /m/CODE from the path to the script name, so that every address keeps it."""

    def __init__(self, application: WSGIApplication) -> None:
        """Stand in front of `application`."""
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, with the municipality noted."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX):
            code, _, rest = path[len(PREFIX) :].partition("/")
            environ = {**environ, GIVEN: code, "PATH_INFO": f"/{rest}"}
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX + code
        return self.application(environ, start_response)


class Known:
    """The municipalities of the directory, read again when they are half a minute old."""

    def __init__(self, usual: str = "") -> None:
        """Know nothing yet but the code of the `usual` one, which answers where nothing else says."""
        self._usual = usual
        self._found: dict[str, Municipality] = {}
        self._until = 0.0

    def all(self) -> dict[str, Municipality]:
        """Every open municipality by code."""
        if time.monotonic() >= self._until:
            self._found = {found.code: found for found in directory.municipalities()}
            self._until = time.monotonic() + KNOWN_FOR_SECONDS
        return self._found

    def of_request(self) -> Municipality:
        """The municipality of the present request; one identical `NotFound` for every other."""
        found = self.all()
        code = request.environ.get(GIVEN)
        if code is not None:
            if not CODE.fullmatch(code) or code not in found:
                raise NotFound
            return found[code]
        for one in found.values():
            if request.host.split(":")[0].lower() in one.hosts:
                return one
        if self._usual in found:
            return found[self._usual]
        if len(found) == 1:
            return next(iter(found.values()))
        raise NotFound


def register(app: Flask) -> None:
    """Enter the municipality's space for each request, and leave it afterwards."""
    known = Known(app.extensions["maeniwa"].settings.default_municipality)
    app.wsgi_app = MunicipalityPath(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def enter() -> None:
        if request.endpoint in WITHOUT:
            return
        g.municipality = known.of_request()
        g.inside = ExitStack()
        g.inside.enter_context(entered(g.municipality.space))

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()

    app.jinja_env.globals["municipality"] = Shown()


class Shown:
    """The present municipality for templates: `.name` and `.code`, empty outside one."""

    @property
    def name(self) -> str:
        """Its Japanese name."""
        found = g.get("municipality")
        return found.name if found else ""

    @property
    def code(self) -> str:
        """Its code."""
        found = g.get("municipality")
        return found.code if found else ""
