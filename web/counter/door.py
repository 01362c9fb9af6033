"""What every page of the counter has in common: its blueprint, who is signed in, and the way back to the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from models.core.errors import DomainError, NotFound
from models.core.messages import Message
from web import presentation
from web.counter.place import Elsewhere
from web.languages import gettext


def opened(name: str) -> Blueprint:
    """A blueprint of the counter: its templates know the person, and a browser without a place is asked for it."""
    blueprint = Blueprint(name, f"{__package__}.{name}")
    blueprint.context_processor(person)
    blueprint.register_error_handler(Elsewhere, ask_for_place)
    return blueprint


def person() -> dict[str, str]:
    """For every template of the counter: the name of who is signed in."""
    return {"person": current_user.name if current_user and current_user.is_authenticated else ""}


def ask_for_place(_: Elsewhere) -> Response:
    """Where nobody said which counter this is, that is asked first."""
    return redirect(url_for("desk.place"), 303)


def back(act: Callable[[], str], to: str = "") -> Response:
    """Do it and show the desk again, with what was read; a refusal is said there and nothing is half-done."""
    try:
        said, kind = act(), "done"
    except NotFound:
        raise
    except DomainError as problem:
        said, kind = told(problem.message), "warning"
    if said:
        flash(said, kind)
    return redirect(to or url_for("desk.page", scan=request.args.get("scan") or None), 303)


def told(text: Message) -> str:
    """A sentence of the rules in plain text, its dates as people say them."""
    values = {
        name: presentation.day_and_month(value) if isinstance(value, date) else value
        for name, value in text.values.items()
    }
    return gettext(text.template, **values)
