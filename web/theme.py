"""In which colours a visitor reads: as the device is set, or light or dark as they chose; kept for a year."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, has_request_context

from models.core.messages import _n
from web import kept_choices

AS_THE_DEVICE = "device"
THEMES: Mapping[str, str] = {
    AS_THE_DEVICE: _n("端末に合わせる"),
    "light": _n("明るい色"),
    "dark": _n("濃い色"),
}
SCHEMES: Mapping[str, str] = {AS_THE_DEVICE: "light dark", "light": "light", "dark": "dark"}
"""What the browser paints before a sheet has come, and its own controls."""


def chosen() -> str:
    """`device`, `light` or `dark`, as the visitor asked in the address or earlier."""
    if not has_request_context():
        return AS_THE_DEVICE
    return kept_choices.chosen("theme", THEMES) or AS_THE_DEVICE


def choices() -> list[tuple[str, str, bool]]:
    """The name of every theme, the address of this page in it, and whether it is the present one."""
    return [(name, kept_choices.here(theme=theme), theme == chosen()) for theme, name in THEMES.items()]


def register(app: Flask) -> None:
    """Give templates `theme`, `themes` and `scheme`; remember a visitor's choice."""
    app.jinja_env.globals.update(theme=chosen, themes=choices, scheme=lambda: SCHEMES[chosen()])
    kept_choices.keep(app, "theme", THEMES)
