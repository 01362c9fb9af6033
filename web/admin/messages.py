"""お知らせ: the words of every kind of message, with a preview; and the way to what goes out and what did not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, get_template_attribute, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from models.core.errors import NotFound
from models.core.messages import Message, _n
from models.operations import texts
from models.queries import messages, undelivered, ways
from models.queries.messages import Text
from models.queries.setting_changes import TEXT
from models.rules.message_languages import language_of
from models.rules.notices import KINDS, LONGEST_BODY, LONGEST_SUBJECT, Words, checked
from web.access import ADMINISTRATOR, visitor
from web.admin import notice_words
from web.admin.change_lines import Line, plain_parts
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, Which, history, sent, shown
from web.languages import gettext

blueprint = Blueprint("messages", __name__)
PARTS = {"subject": _n("件名"), "body": _n("本文")}
ARRIVES = _n("届いたときの見本")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every kind with when it is sent, the ways out, and how many messages did not arrive."""
    dead, trying = undelivered.counts()
    return render_template(
        "admin/messages/overview.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        kinds=list(messages.texts().items()),
        languages=messages.languages(),
        ways=ways.ways(),
        counts=messages.counts(),
        dead=dead,
        trying=trying,
        words=notice_words,
    )


@blueprint.get("/texts/<kind>/<language>")
@ADMINISTRATOR
def text(kind: str, language: str) -> str | Response:
    """The words of a kind in a language, as they are and as they arrive; or what going back would change."""
    return shown(_setting(_text(kind, language)))


@blueprint.post("/texts/<kind>/<language>")
@ADMINISTRATOR
def change(kind: str, language: str) -> Response:
    """Look at how the words would arrive, or keep them."""
    return sent(_setting(_text(kind, language)))


def _text(kind: str, language: str) -> Text:
    if kind not in KINDS or language not in messages.languages():
        raise NotFound
    return messages.text_of(kind, language)


def _setting(found: Text) -> SettingPage:
    kind, language = found.kind, found.language
    return SettingPage(
        Which(
            title=gettext(
                _n("文面：{kind}（{language}）"),
                kind=notice_words.name_of(kind),
                language=notice_words.language_name(language),
            ),
            here=url_for("messages.text", kind=kind, language=language),
            section="messages.page",
            topic=TEXT,
            of=f"{kind}/{language}",
        ),
        state=messages.parts_of(found.words),
        read=partial(_read, kind, language),
        judge=lambda words: messages.parts_of(checked(kind, words["subject"], words["body"], language)),
        lines=partial(plain_parts, PARTS),
        effects=lambda _, after: [Effect(gettext(ARRIVES), _sample(kind, language, Words(**after)))],
        keep=lambda words, seen: texts.set_text(kind, language, **words, actor=visitor().actor, seen=seen),
        form=partial(_page, found),
    )


def _read(kind: str, language: str, given: Mapping[str, str]) -> dict[str, str]:
    """The words as typed; the shipped ones where these are asked for."""
    if given.get("shipped"):
        return messages.shipped_parts(kind, language)
    return {name: given.get(name, "") for name in PARTS}


def _sample(kind: str, language: str, words: Words | None = None) -> Markup:
    """A message as it would arrive, with made-up values."""
    arrives, tag = messages.preview(kind, language, words), language_of(language).tag
    sample: Markup = get_template_attribute("admin/messages/sample.html", "sample")(arrives, tag)
    return sample


def _first_lines(before: Mapping[str, str], after: Mapping[str, str]) -> list[Line]:
    """For the history: of longer texts the first lines."""
    first = ({name: text.strip().partition("\n")[0] for name, text in one.items()} for one in (before, after))
    return plain_parts(PARTS, *first)


def _page(found: Text, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    kind, setting = KINDS[found.kind], _setting(found)
    return render_template(
        "admin/messages/text.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        found=found,
        title=setting.which.title,
        typed=setting.state if typed is None else typed,
        wrong=wrong,
        sample=_sample(found.kind, found.language),
        needed=sorted(kind.needed),
        more=sorted(kind.known - kind.needed),
        languages=messages.languages(),
        limits=(LONGEST_SUBJECT, LONGEST_BODY),
        words=notice_words,
        moment=moment,
        history=history(setting, _first_lines),
    )
