"""型紙: every template of the house knows the same things, so that none of them pays for a view of its own."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class Drawing(Environment):
    """Jinja whose templates read the globals of the house themselves.

    Jinja lays a view over them for every template, and looks through it at each `from … import`: a twentieth of a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals themselves; a view for a template that was given some of its own, as nobody here does."""
        return super().make_globals(d) if d else self.globals


def register(app: Flask) -> None:
    """Draw every page this way; before anything else touches the templates."""
    app.jinja_environment = Drawing
