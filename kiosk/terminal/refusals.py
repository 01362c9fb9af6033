"""What a kiosk says when something is refused: a screen in plain words, with what to do next."""

from __future__ import annotations

from flask import Response, make_response, render_template

from models.core.errors import DomainError, Invalid, TooMany, Unavailable


def answer(problem: DomainError) -> Response:
    """A refusal as a screen; a person can go back, stop or call staff from it."""
    texts = [one.message for one in problem.problems] if isinstance(problem, Invalid) else [problem.message]
    response = make_response(render_template("kiosk/refused.html", texts=texts), problem.status)
    if isinstance(problem, TooMany | Unavailable):
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
