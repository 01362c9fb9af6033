"""Web applications for tests: made once a worker, put on each test's own ground; one that a test changed is let go.

Making one costs several times as much as most tests. What it knows of a city lies in its ground, which is made anew,
and in what `Applications.of` empties; everything else is compared with how it was when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask

from models.core import log
from models.core.db import EXTENSION, attach
from models.core.settings import Settings
from models.queries.municipalities import Known
from web.account.security import limiter
from web.municipality import KNOWN
from wsgi import create_app

OWN = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")
"""What is configured for one ground."""
BY_ITSELF = ("_got_first_request", "jinja_loader", "logger", "name")
"""What an application notes or finds when it answers for the first time."""
LISTS = (
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "template_context_processors",
    "url_value_preprocessors",
    "url_default_functions",
)


def shape(app: Flask) -> dict[str, Any]:
    """Everything that somebody could change in an application, but for what is put in its place for each ground."""
    return {
        "attributes": {name: id(value) for name, value in vars(app).items() if name not in BY_ITSELF},
        "config": {name: value for name, value in app.config.items() if name not in OWN},
        "views": dict(app.view_functions),
        "rules": len(list(app.url_map.iter_rules())),
        "blueprints": dict(app.blueprints),
        "extensions": {
            name: id(app.extensions[name]) for name in app.extensions if name not in (EXTENSION, KNOWN)
        },
        "functions": {
            name: {key: list(found) for key, found in getattr(app, name).items()} for name in LISTS
        },
        "endings": list(app.teardown_appcontext_funcs),
        "refusals": {
            (scope, code): dict(kinds)
            for scope, found in app.error_handler_spec.items()
            for code, kinds in found.items()
            if kinds
        },
        "templates": (
            dict(app.jinja_env.globals),
            dict(app.jinja_env.filters),
            dict(app.jinja_env.tests),
            list(app.jinja_env.extensions),
        ),
    }


def likeness(settings: Settings) -> Settings:
    """What the making of an application depends on: not where its ground is, only of which kind it is."""
    ground = "postgresql://" if settings.on_postgresql else ""
    return replace(settings, instance=Path(), secret_key="", database_url=ground)


@dataclass
class Kept:
    """An application that nobody uses at present, as it was when it was made."""

    app: Flask
    made: dict[str, Any]
    extensions: frozenset[str]


class Applications:
    """The applications of this worker, one for each kind of settings."""

    def __init__(self) -> None:
        """None yet."""
        self._idle: dict[Settings, Kept] = {}

    @contextmanager
    def of(self, settings: Settings) -> Iterator[Flask]:
        """An application on the ground of these settings, as `create_app` makes it."""
        kind = likeness(settings)
        kept = self._idle.pop(kind, None)
        if kept is None or shape(kept.app) != kept.made:
            app = create_app(settings)
            app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
            kept = Kept(app, shape(app), frozenset(app.extensions))
        else:
            put(kept.app, settings)
        yield kept.app
        kept.app.extensions[EXTENSION].close()
        for late in [name for name in kept.app.extensions if name not in kept.extensions]:
            del kept.app.extensions[late]
        self._idle[kind] = kept


def put(app: Flask, settings: Settings) -> None:
    """Take an application off the ground it stood on and put it on another, as if it had never stood anywhere."""
    log.configure(settings.log_level)
    app.config["SECRET_KEY"] = settings.secret_key
    app.extensions.pop("sqlalchemy")
    endings = list(app.teardown_appcontext_funcs)
    app._got_first_request = False
    attach(app, settings, for_visitors=True)
    app.teardown_appcontext_funcs[:] = endings
    app.shell_context_processors.clear()
    app.extensions[KNOWN] = Known(settings.default_municipality)
    limiter.enabled = settings.rate_limits
    if settings.rate_limits:
        limiter.reset()


APPLICATIONS = Applications()
