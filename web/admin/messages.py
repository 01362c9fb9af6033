"""お知らせ: the words of every kind of message, with a preview; and the way to what goes out and what did not."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Invalid, NotFound
from models.core.messages import Message, _n
from models.operations import texts
from models.queries import messages, undelivered, ways
from models.queries.messages import Text
from models.queries.setting_changes import TEXT
from models.rules import mynumber
from models.rules.message_languages import language_of
from models.rules.notices import KINDS, LONGEST_BODY, LONGEST_SUBJECT, Words
from models.rules.notices import checked as checked_words
from web.access import ADMINISTRATOR, visitor
from web.admin import notice_words
from web.admin.jobs import moment
from web.admin.kept_before import asked_before, told
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("messages", __name__)
KEPT = _n("「{kind}」の文面を保存しました。これから送るお知らせに使います。")
SHIPPED_AGAIN = _n("「{kind}」の文面を、はじめの文面にもどしました。")
PARTS = {"subject": _n("件名"), "body": _n("本文")}
WAS_SHIPPED = _n("「{kind}」の文面は、はじめから変わっていません。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every kind with when it is sent, the ways out, and how many messages did not arrive."""
    dead, trying = undelivered.counts()
    return render_template(
        "admin/messages/overview.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        kinds=[(kind, _texts(kind)) for kind in KINDS],
        languages=messages.languages(),
        ways=ways.ways(),
        counts=messages.counts(),
        dead=dead,
        trying=trying,
        words=notice_words,
    )


@blueprint.get("/texts/<kind>/<language>")
@ADMINISTRATOR
def text(kind: str, language: str) -> str:
    """The words of a kind in a language, as they are and as they arrive."""
    found = _text(kind, language)
    before = asked_before(f"{kind}/{language}", TEXT)
    if before:
        return _page(found, Words(**before), shown=Words(**before))
    return _page(found, found.words)


@blueprint.post("/texts/<kind>/<language>")
@ADMINISTRATOR
def change(kind: str, language: str) -> Response:
    """Keep the words, or only show how they would arrive; a refusal keeps what was typed."""
    found = _text(kind, language)
    typed = Words(request.form.get("subject", ""), request.form.get("body", ""))
    try:
        if request.form.get("way") == "preview":
            shown = checked_words(kind, typed.subject, typed.body, language)
            return make_response(_page(found, typed, shown=shown))
        texts.set_text(kind, language, typed.subject, typed.body, visitor().actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in reversed(refused.problems)}
        return make_response(_page(found, _harmless(typed), wrong), 422)
    flash(gettext(KEPT, kind=notice_words.name_of(kind)), "done")
    return redirect(url_for("messages.text", kind=kind, language=language), 303)


@blueprint.post("/texts/<kind>/<language>/reset")
@ADMINISTRATOR
def reset(kind: str, language: str) -> Response:
    """Back to the shipped words."""
    _text(kind, language)
    done = texts.reset(kind, language, visitor().actor)
    flash(gettext(SHIPPED_AGAIN if done else WAS_SHIPPED, kind=notice_words.name_of(kind)), "done")
    return redirect(url_for("messages.text", kind=kind, language=language), 303)


def _texts(kind: str) -> list[Text]:
    return [messages.text_of(kind, language) for language in messages.languages()]


def _text(kind: str, language: str) -> Text:
    if kind not in KINDS or language not in messages.languages():
        raise NotFound
    return messages.text_of(kind, language)


def _harmless(typed: Words) -> Words:
    """What was typed, but for an individual number."""
    given = (typed.subject, typed.body)
    return Words(*("" if mynumber.contains_my_number(one) else one for one in given))


def _page(
    found: Text, typed: Words, wrong: Mapping[str, Message] | None = None, shown: Words | None = None
) -> str:
    kind = KINDS[found.kind]
    return render_template(
        "admin/messages/text.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        found=found,
        typed=typed,
        wrong=wrong or {},
        previewed=shown is not None,
        arrives=messages.preview(found.kind, found.language, shown),
        needed=sorted(kind.needed),
        more=sorted(kind.known - kind.needed),
        languages=messages.languages(),
        tag=language_of(found.language).tag,
        limits=(LONGEST_SUBJECT, LONGEST_BODY),
        words=notice_words,
        moment=moment,
        history=told(
            f"{found.kind}/{found.language}",
            {TEXT: lambda name: gettext(PARTS[name])},
            lambda text: str(text).splitlines()[0] if text else "",
            lambda number: url_for("messages.text", kind=found.kind, language=found.language, back=number),
        ),
    )
