"""市からの案内を出す: the city's own words where a page has a place for them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, g
from markupsafe import Markup

from models.core.messages import _n
from models.queries import city_words
from models.rules.city_words import text_in
from web.languages import phrase
from web.presentation import lines
from web.reading import current
from web.ruby import marked
from web.spelling import in_japanese

ONLY = {
    "en": _n("市からのお知らせです。英語で書いてあります。"),
    "ja": _n("市からのお知らせです。日本語で書いてあります。"),
}
"""Said before words that are not in the visitor's language."""


def said_at(spot: str) -> Markup:
    """What the city says at a place of the residents' pages; empty for nothing."""
    if "city_words" not in g:
        g.city_words = city_words.said()
    found = g.city_words.get(spot)
    return drawn(found) if found else Markup()


def drawn(said: Mapping[str, str]) -> Markup:
    """Words that a city wrote itself, line by line: in the visitor's language, or in one that is named."""
    own = text_in(said, current().code)
    if own or in_japanese():
        return Markup("<br>").join(marked(line) for line in (own or said["ja"]).split("\n"))
    language = "en" if said.get("en") else "ja"
    return Markup('<small class="second">{}</small><br><span lang="{}">{}</span>').format(
        phrase(ONLY[language]), language, lines(said[language])
    )


def in_japanese_only(text: str) -> Markup:
    """A sentence that staff wrote for everybody in Japanese."""
    return drawn({"ja": text})


def register(app: Flask) -> None:
    """Give templates `city_says` and `staff_say`."""
    app.jinja_env.globals.update(city_says=said_at, staff_say=in_japanese_only)
