"""管理の目次: every page of an administrator, in groups, with what is set there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from models.core.messages import _n
from models.queries import crossing
from models.rules.sides import BOTH
from web.languages import gettext

Page = tuple[str, str, str]
"""Its name, its endpoint, what is set there."""

GROUPS: tuple[tuple[str, tuple[Page, ...]], ...] = (
    (
        _n("庁舎"),
        (
            (_n("庁舎と窓口"), "office_settings.page", _n("名前、住所、窓口の業務、受け付ける手続き")),
            (_n("開庁時間と閉庁日"), "hours.page", _n("曜日ごとの時間、臨時の休み、特別な日")),
            (_n("庁舎の決まり"), "hall_policy.page", _n("呼ぶ順番、番号札の上限、終わりの時刻")),
        ),
    ),
    (
        _n("予約"),
        (
            (_n("予約枠"), "slots.page", _n("定員、確認を待つ変更、連絡が必要な予約")),
            (_n("空いた枠"), "places.page", _n("キャンセル待ち、1人が持てる予約の数")),
        ),
    ),
    (
        _n("手続きと言葉"),
        (
            (_n("手続き"), "procedures.page", _n("名前、時間、予約のしかた、手数料、持ち物")),
            (_n("様式"), "form_design.page", _n("申請書の題名、欄と項目、注意事項")),
            (_n("市からの案内"), "words.page", _n("住民の画面に出す、市の言葉")),
            (_n("お知らせ"), "messages.page", _n("メールなどの文面、送り方、届かなかったもの")),
        ),
    ),
    (
        _n("職員と機器"),
        (
            (_n("職員"), "staff.page", _n("使える人と役割、ほかのシステムの鍵")),
            (_n("機器"), "devices.page", _n("受付機と案内表示の登録")),
            (_n("プリンター"), "admin_printers.page", _n("窓口から直接印刷するプリンター")),
        ),
    ),
    (
        _n("安全と運用"),
        (
            (_n("点検"), "doctor.page", _n("気をつけることと、その直しかた")),
            (_n("自動の仕事"), "jobs.page", _n("夜の仕事と、そのようす")),
            (_n("保存期間"), "retention.page", _n("個人の情報を何日残すか")),
            (_n("申請書の封"), "admin_sealing.page", _n("家で書いた申請書の封の鍵")),
            (_n("連携先"), "admin_handover.page", _n("申請書を渡すほかのシステム")),
            (_n("行き来"), "crossing.page", _n("分かれた網のあいだで運ぶファイル")),
            (_n("変更の記録"), "changes.page", _n("だれが、いつ、何を変えたか")),
        ),
    ),
)


@dataclass(frozen=True)
class Entry:
    """One page: its name, where it is, what is set there, and whether it is the one that is shown."""

    name: str
    href: str
    about: str
    current: bool


def groups(now_at: str) -> list[tuple[str, list[Entry]]]:
    """The groups with the pages that this process has; groups without any are left out."""
    here = {endpoint for endpoint in current_app.view_functions if endpoint != "crossing.page"}
    if crossing.side() != BOTH:
        here.add("crossing.page")
    found = [
        (
            gettext(title),
            [
                Entry(gettext(name), url_for(endpoint), gettext(about), endpoint == now_at)
                for name, endpoint, about in pages
                if endpoint in here
            ],
        )
        for title, pages in GROUPS
    ]
    return [(title, entries) for title, entries in found if entries]
