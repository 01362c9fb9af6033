"""Forms, described so that another app can draw them: for everybody."""

from __future__ import annotations

from flask import Response, jsonify

from models.core.errors import NotFound
from models.queries import catalogue
from models.rules.forms import json_schema
from web.access import PUBLIC
from web.api.blueprint import Calls, revalidated

blueprint = Calls("forms", __name__, "The official forms as JSON Schema.")


@blueprint.route("/forms/<form>")
@PUBLIC
@revalidated
@blueprint.response(200, {"type": "object"}, content_type="application/json")
@blueprint.alt_response(304, description="You have the newest already.")
def show(form: str) -> Response:
    """The JSON Schema (2020-12) of an application's `fields`, with labels in every language.

    `x-paper-only` forms are written by hand: they ask nothing and cannot be filed.
    """
    found = catalogue.current().forms.get(form)
    if found is None:
        raise NotFound
    return jsonify({**json_schema.schema(found), "x-paper-only": found.paper_only})
