"""番号札 as a PDF for whoever holds the number: to print where no terminal does it."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, g, make_response
from marshmallow import Schema

from models.core.clock import now
from models.core.messages import Message
from models.papers import slip
from models.papers.slip import PAPERS, Paper
from models.queries import holder, slip_words
from web import languages
from web.access import HOLDER
from web.addresses import base
from web.api.blueprint import Calls
from web.api.shapes import one_of
from web.reading import BY_CODE, JAPANESE

blueprint = Calls("slips", __name__, "Print a number where no terminal does it.")


class PaperAsked(Schema):
    """A roll of 58 or 80 mm, or an A6 sheet."""

    paper = one_of(tuple(PAPERS), load_default="80")


@blueprint.route("/tickets/<token>/slip.pdf")
@HOLDER
@blueprint.arguments(PaperAsked, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
@blueprint.alt_response(410, "GONE")
def ticket_pdf(asked: dict[str, Any], token: str) -> Response:
    """The slip as it is now, in Japanese and beside it in the language in which the number was taken."""
    at = now()
    held = holder.held(holder.opened(token), at)
    g.language = language = BY_CODE.get(held.ticket.language, JAPANESE)
    words = slip_words.of_ticket(token, base(), at)
    said = slip_words.said(words, g.municipality.name, language.code, _say)
    response = make_response(slip.pdf(said, cast("Paper", asked["paper"])))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{said.headline}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _say(text: Message) -> str:
    return languages.gettext(text.template, **text.values)
