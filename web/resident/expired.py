"""A page that stood open too long: its form comes back with everything that was typed and a fresh token."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, request
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as AnyResponse

MARK = "form_expired"


def expired() -> bool:
    """Whether this posted form may only be shown again, not acted on."""
    return bool(g.get(MARK, False))


def keep_what_was_typed(blueprint: Blueprint) -> None:
    """Let every view of `blueprint` show its own page again (400) when the form's token has expired."""

    @blueprint.errorhandler(CSRFError)
    def show_again(_: CSRFError) -> AnyResponse:
        setattr(g, MARK, True)
        view = current_app.ensure_sync(current_app.view_functions[str(request.endpoint)])
        try:
            answer: Response = make_response(view(**(request.view_args or {})))
        except Exception as problem:
            return make_response(current_app.handle_user_exception(problem))
        if answer.status_code == 200:
            answer.status_code = 400
        return answer
