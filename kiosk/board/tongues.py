"""In which languages a board speaks: its page in one, a few words beside it in others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, g
from markupsafe import Markup

from models.rules.message_languages import language_of


def pages() -> tuple[str, ...]:
    """The languages that this installation's pages are written in."""
    return tuple(language.code for language in _offered())


def use(code: str) -> None:
    """Read this request's page in a language, whatever its browser would like."""
    g.language = next((one for one in _offered() if one.code == code), _offered()[0])


def tag(code: str) -> str:
    """A language as HTML names it: fil for tl, ja for ja-easy."""
    return language_of(code).tag


def in_language(code: str, sentence: str, **values: Any) -> Markup:
    """A sentence of a page in another language than the page's."""
    say: Callable[..., Markup] = current_app.jinja_env.globals["_"]  # type: ignore[assignment]
    return within(code, lambda: say(sentence, **values))


def within(code: str, draw: Callable[[], Markup]) -> Markup:
    """What is drawn while the page's language is another one: dates and hours are written in it too."""
    before = g.get("language")
    use(code)
    try:
        return draw()
    finally:
        g.language = before


def _offered() -> tuple[Any, ...]:
    every: Callable[[], tuple[Any, ...]] = current_app.jinja_env.globals["every_language"]  # type: ignore[assignment]
    return every()
