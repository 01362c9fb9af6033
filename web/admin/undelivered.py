"""届いていないお知らせ: what could not be sent or is being tried again; send it again, or let it go."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from models.core.errors import Conflict, DomainError
from models.core.messages import _n
from models.operations import dead_letters
from models.queries import undelivered
from web.access import ADMINISTRATOR, visitor
from web.admin import notice_words
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("undelivered", __name__)
AGAIN = _n("もう一度送る列に入れました。")
LET_GO = _n("このお知らせは、もう送りません。宛先も消しました。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Dead letters and what is being tried again."""
    dead, trying = undelivered.counts()
    return render_template(
        "admin/messages/undelivered.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        letters=undelivered.undelivered(),
        stranded=undelivered.stranded(),
        dead=dead,
        trying=trying,
        most=undelivered.SHOWN,
        words=notice_words,
        moment=moment,
    )


@blueprint.get("/<int:letter>")
@ADMINISTRATOR
def ask(letter: int) -> str:
    """Ask once what is to become of a message."""
    return _ask(letter)


@blueprint.post("/<int:letter>/again")
@ADMINISTRATOR
def send_again(letter: int) -> Response:
    """Send it again."""
    try:
        dead_letters.send_again(letter, visitor().actor)
    except Conflict as refused:
        return make_response(_ask(letter, refused), refused.status)
    flash(gettext(AGAIN), "done")
    return redirect(url_for("undelivered.page"), 303)


@blueprint.post("/<int:letter>/drop")
@ADMINISTRATOR
def drop(letter: int) -> Response:
    """Let it go."""
    try:
        dead_letters.let_go(letter, visitor().actor)
    except Conflict as refused:
        return make_response(_ask(letter, refused), refused.status)
    flash(gettext(LET_GO), "done")
    return redirect(url_for("undelivered.page"), 303)


def _ask(letter: int, refused: DomainError | None = None) -> str:
    return render_template(
        "admin/messages/letter.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        letter=undelivered.one(letter),
        problem=refused.message if refused else "",
        words=notice_words,
        moment=moment,
    )
