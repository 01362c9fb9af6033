"""Which municipality a request is for: the path prefix /m/CODE, the host name, or the only one there is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from flask import Flask, Response, g, make_response, render_template, request

from models.core.errors import Unavailable
from models.core.messages import _n
from models.core.space import entered
from models.queries.municipalities import PREFIX, Known
from web import errors
from web.access import for_people

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GIVEN = "maeniwa.municipality"
KNOWN = "maeniwa.municipalities"
WITHOUT = frozenset({"static", "health.alive", "health.ready", "bootstrap.static"})
"""Endpoints that belong to no municipality."""


class NoMunicipality(Unavailable):
    """There is none yet: whoever installs this is told what to do."""

    default = _n("自治体がまだありません。")


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


def register(app: Flask) -> None:
    """Enter the municipality's space for each request, and leave it afterwards."""
    app.extensions[KNOWN] = Known(app.extensions["maeniwa"].settings.default_municipality)
    app.wsgi_app = MunicipalityPath(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def enter() -> None:
        if request.endpoint in WITHOUT:
            return
        known: Known = app.extensions[KNOWN]
        if not known.all():
            raise NoMunicipality
        g.municipality = known.of(request.environ.get(GIVEN), request.host)
        g.inside = ExitStack()
        g.inside.enter_context(entered(g.municipality.space))

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        inside: ExitStack | None = g.pop("inside", None)
        if inside is not None:
            inside.close()

    @app.errorhandler(NoMunicipality)
    def nobody(problem: NoMunicipality) -> Response:
        if not for_people():
            return errors.refused(problem)
        return make_response(render_template("admin/first_run/nobody.html"), problem.status)

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
