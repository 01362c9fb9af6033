"""保存期間: how long what is personal is kept; one administrator proposes, another confirms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Conflict, FieldProblem, Forbidden, Invalid
from models.core.messages import Message, _n, message
from models.operations import retention as acts
from models.queries import jobs, offices
from models.queries.offices import OfficeView
from models.queries.past_retention import kept
from models.queries.retention import policy_of, proposed_of
from models.queries.setting_changes import RETENTION
from models.rules import mynumber
from models.rules.retention import MOST, OUT_OF_RANGE, SHIPPED
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import counted, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import OF_OFFICE, Effect, Step, looked_first
from web.languages import gettext

blueprint = Blueprint("retention", __name__)
PURGE = "purge"
WORDS = {
    "form": (_n("事前に書いた申請書"), _n("来庁の日から数えます。")),
    "form_alone": (_n("予約のない申請書"), _n("書いた日から数えます。")),
    "contact": (_n("予約の連絡先"), _n("来庁の日から数えます。")),
    "no_show": (_n("来なかった予約の連絡先"), _n("予約の日から数えます。")),
    "waiting": (_n("キャンセル待ちの連絡先"), _n("待つ期間の最後の日から数えます。")),
    "message": (_n("お知らせの宛先"), _n("送り終えてから数えます。")),
}
REASONS = {
    "form": _n(
        "窓口で読み取って印刷するため。印刷して手続きが終わったものは、期間の前でもその夜に消します。"
    ),
    "form_alone": _n("予約をせずに来た方の申請書を、窓口で印刷するため。"),
    "contact": _n("忘れ物や書類の不足を、来庁のあとで連絡するため。"),
    "no_show": _n("来られなかった方に、別の日を案内するため。"),
    "waiting": _n("場所が空いたことを知らせるため。"),
    "message": _n("届かなかったお知らせを調べ、送り直すため。"),
}
PARTS = {name: words[0] for name, words in WORDS.items()}
UNITS = dict.fromkeys(WORDS, _n("日"))
TITLE, PROPOSE = _n("保存期間"), _n("変更を申し出る")
DELETED = _n("{what}：{n}件が、決まった日の夜に消えます")
FOR_GOOD = _n("鍵も捨てるので、控えからも読めなくなります。日数をもどしても、帰ってきません。")
NOTHING_MORE = _n("この日数にしたために、その夜に消えるものはありません")
TWO = _n("別の管理者が確かめるまで、いまの期間のままです。")
PROPOSED = _n("{office}の変更を申し出ました。別の管理者が確かめると決まります。")
CONFIRMED = _n("{office}の保存期間を変えました。")
DROPPED = _n("{office}の変更を取り下げました。")
NO_CHANGE = _n("変わったところはありません。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """What is kept how long, what was proposed, and when was purged last."""
    return _page(asked_office())


@blueprint.post("/")
@ADMINISTRATOR
def propose() -> Response:
    """Propose other numbers, after a look at what would be deleted; a refusal names each and keeps what was typed."""
    place = asked_office()
    try:
        wanted, holds = _read(), policy_of(place.id)
        own = {name: days for name, days in wanted.items() if days != getattr(holds, name)}
        if own and (first := looked_first(_proposal(place, own))) is not None:
            return first
        if own:
            acts.set_policy(place, own, visitor().actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_page(place, wrong, request.form), 422)
    return _back(place, PROPOSED if own else NO_CHANGE)


@blueprint.post("/confirm")
@ADMINISTRATOR
def confirm() -> Response:
    """Let what somebody else proposed hold."""
    place = asked_office()
    try:
        acts.confirm(place, visitor().actor, request.form.get("seen", ""))
    except (Conflict, Forbidden) as refused:
        return make_response(_page(place, problem=refused.message), refused.status)
    return _back(place, CONFIRMED)


@blueprint.post("/drop")
@ADMINISTRATOR
def drop() -> Response:
    """Take a proposal back."""
    place = asked_office()
    acts.drop(place, visitor().actor)
    return _back(place, DROPPED)


def _proposal(place: OfficeView, own: Mapping[str, int]) -> Step:
    """Before other days are proposed: which they are, and what the first night with them would delete."""
    holds = policy_of(place.id)
    return Step(
        title=gettext(OF_OFFICE, office=place.name, what=gettext(TITLE)),
        section="retention.page",
        here=url_for(".propose"),
        back_to=url_for(".page", office=place.code),
        lines=counted(PARTS, UNITS, {name: getattr(holds, name) for name in own}, own),
        effects=[*_ends(place, own), Effect(gettext(TWO))],
        kind="primary",
        do=gettext(PROPOSE),
    )


def _ends(place: OfficeView, own: Mapping[str, int]) -> list[Effect]:
    """What these days would delete that the days of today would not."""
    holds = policy_of(place.id)
    now_due, then_due = kept(place, holds), kept(place, replace(holds, **own))
    more = {name: then_due[name].overdue - now_due[name].overdue for name in then_due}
    ends = [
        Effect(gettext(DELETED, what=gettext(WORDS[name][0]), n=n), gettext(FOR_GOOD), "warning")
        for name, n in more.items()
        if n > 0
    ]
    return ends or [Effect(gettext(NOTHING_MORE))]


def _back(place: OfficeView, words: str) -> Response:
    flash(gettext(words, office=place.name), "done")
    return redirect(url_for(".page", office=place.code), 303)


def _read() -> dict[str, int]:
    problems, found = [], {}
    for name, most in MOST.items():
        text = request.form.get(name, "").strip()
        if text.isdecimal() and len(text) <= 4 and int(text) <= most:
            found[name] = int(text)
        else:
            problems.append(FieldProblem(name, message(OUT_OF_RANGE, most=most)))
    if problems:
        raise Invalid(problems)
    return found


def _page(
    place: OfficeView,
    wrong: Mapping[str, Message] | None = None,
    typed: Mapping[str, str] | None = None,
    problem: Message | str | None = None,
) -> str:
    waiting, policy = proposed_of(place), policy_of(place.id)
    last = next((run for run in jobs.history(job=PURGE) if run.state == "done"), None)
    return render_template(
        "admin/retention.html",
        sections=sections("retention.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        words=WORDS,
        most=MOST,
        base=SHIPPED,
        policy=policy,
        reasons=REASONS,
        kept=kept(place, policy),
        proposed=waiting,
        ends=_ends(place, waiting.days) if waiting else [],
        mine=waiting is not None and waiting.by == visitor().actor,
        last=last,
        history=told(
            lambda one: counted(PARTS, UNITS, one.before, one.after),
            RETENTION,
            of=place.code,
        ),
        moment=moment,
        wrong=wrong or {},
        typed={name: text for name, text in (typed or {}).items() if not mynumber.contains_my_number(text)},
        problem=problem,
    )
