"""What a kiosk says when something is refused: a screen in plain words, with what to do next."""

from __future__ import annotations

from flask import Response, g, make_response, render_template

from models.core.errors import DomainError, Invalid, TooMany, Unavailable


def answer(problem: DomainError) -> Response:
    """A refusal as a screen; a person can go back, stop or call staff from it. Who is not known here gets no screen."""
    if "visitor" not in g:
        return make_response("", problem.status)
    texts = [one.message for one in problem.problems] if isinstance(problem, Invalid) else []
    page = render_template("kiosk/refused.html", texts=texts or [problem.message])
    response = make_response(page, problem.status)
    if isinstance(problem, TooMany | Unavailable):
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
