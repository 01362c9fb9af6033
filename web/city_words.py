"""市からの案内を出す: the city's own words where a page has a place for them."""

from __future__ import annotations

from flask import Flask, g
from markupsafe import Markup

from models.queries import city_words
from web.presentation import words


def said_at(spot: str) -> Markup:
    """What the city says at a place of the residents' pages, in the visitor's language; empty for nothing."""
    if "city_words" not in g:
        g.city_words = city_words.said()
    found = g.city_words.get(spot)
    return Markup("<br>").join(words(found).split("\n")) if found else Markup()


def register(app: Flask) -> None:
    """Give templates `city_says`."""
    app.jinja_env.globals["city_says"] = said_at
