"""職員と鍵の前に: what an account or a system's key would open, and what its owner is given, before it is made."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app, url_for

from models.core.messages import _n
from models.operations.accounts import CODE_LIVES
from models.queries import offices
from models.queries.staff import StaffView
from web.access import policy_of
from web.admin.change_lines import Line, plainly
from web.admin.role_names import ROLES
from web.admin.setting_pages import Effect, Step
from web.api.addresses import absolute
from web.languages import gettext
from web.presentation import lines

ABILITIES: Mapping[str, str] = {
    "numbers.issue": _n("番号札を出す"),
    "scanning.check_in": _n("QRコードを読み取って、受付を済ませる"),
    "reception.stop": _n("受付を止める、ホールにお知らせを出す"),
    "desk.call_next": _n("窓口で番号を呼び、対応を終える"),
    "scanning.print_form": _n("申請書の中身を見て、印刷する"),
    "reports.overview": _n("来庁者の数と待ち時間を見て、計画を立てる（名前は見えません）"),
    "staff.page": _n("庁舎、手続き、文面、職員、機器など、すべての設定を変える"),
}
"""What people of a role do, by an endpoint whose door decides who may; others of its kind have the same door."""
CAN, CANNOT = _n("この役割でできること"), _n("この役割でできないこと")
USERNAME, NAME, ROLE, OFFICE = _n("利用者名"), _n("名前"), _n("役割"), _n("庁舎")
EVERYWHERE = _n("すべての庁舎")
ACTIVE, SESSIONS_END = _n("使える"), _n("サインイン中でも、次の操作で終わります")
OPEN_AGAIN = _n("「開く」で、前のパスワードのまま、また使えるようにできます。")
SAME_PASSWORD = _n("前のパスワードで、すぐにサインインできます")
PASSWORD_UNSURE = _n(
    "パスワードを知られたかもしれないときは、「開く」ではなく「新しい合言葉」にしてください。"
)
PASSWORD, KEPT, FORGOTTEN = _n("パスワード"), _n("あります"), _n("合言葉を使うまで、ありません")
HANDED = _n("合言葉は、次の画面に1回だけ出ます。本人だけに、このように渡してください")
LETTER = _n(
    "{address} を開き、合言葉（8文字）を入れて、パスワードを決めてください。"
    "合言葉は{hours}時間のうちに1回だけ使えます。"
)
SYSTEM, LASTS = _n("つなぐシステム"), _n("使える期間")
KEY_ONCE = _n("鍵は、次の画面に1回だけ出ます")
KEY_HOLDER = _n("鍵を持つ人は、だれでもこのとおりにできます。つなぐシステムの設定だけに入れてください。")


def invitation(username: str, name: str, role: str, office: str) -> Step:
    """Before somebody is invited: what that person will see and do, and what they are handed."""
    told = [
        (gettext(USERNAME), "", username),
        (gettext(NAME), "", name or username),
        *_role_lines(role, office),
    ]
    return _step(name or username, "staff.invite", "", told, [*_may(role), _handed()], "primary")


def new_code(person: StaffView) -> Step:
    """Before somebody gets a new code: the password is forgotten."""
    told = [
        (gettext(PASSWORD), gettext(KEPT) if person.password else "", gettext(FORGOTTEN)),
        *([] if person.active else [(gettext(ACTIVE), plainly(False), plainly(True))]),
    ]
    effects = [Effect(gettext(SESSIONS_END), kind="warning"), _handed()]
    return _step(_titled(person), "staff.new_code", person.username, told, effects, "danger")


def closing(person: StaffView) -> Step:
    """Before an account is closed."""
    told = [(gettext(ACTIVE), plainly(person.active), plainly(False))]
    effects = [Effect(gettext(SESSIONS_END), gettext(OPEN_AGAIN))]
    return _step(_titled(person), "staff.close", person.username, told, effects, "danger")


def reopening(person: StaffView) -> Step:
    """Before a closed account is opened again."""
    told = [(gettext(ACTIVE), plainly(person.active), plainly(True))]
    effects = [*_may(person.role), Effect(gettext(SAME_PASSWORD), gettext(PASSWORD_UNSURE), "warning")]
    return _step(_titled(person), "staff.reopen", person.username, told, effects, "primary")


def key(label: str, role: str, office: str, lasts: str) -> Step:
    """Before a system gets a key: what whoever holds it may do."""
    told = [(gettext(SYSTEM), "", label), *_role_lines(role, office), (gettext(LASTS), "", lasts)]
    effects = [*_may(role), Effect(gettext(KEY_ONCE), gettext(KEY_HOLDER), "warning")]
    return _step(label or gettext(_n("システム")), "staff.issue_token", "", told, effects, "primary")


def _step(
    title: str, endpoint: str, username: str, told: list[Line], effects: list[Effect], kind: str
) -> Step:
    here, back = url_for(endpoint, username=username or None), url_for("staff.page")
    return Step(title, "staff.page", here, back, told, effects, kind)


def _titled(person: StaffView) -> str:
    return f"{person.name}（{person.username}）"


def _role_lines(role: str, office: str) -> list[Line]:
    place = offices.office(office).name if office else gettext(EVERYWHERE)
    return [(gettext(ROLE), "", gettext(ROLES[role])), (gettext(OFFICE), "", place)]


def _may(role: str) -> list[Effect]:
    """What somebody of a role may do and may not, as the doors themselves decide."""
    doors = {name: policy_of(current_app, name) for name in ABILITIES}
    open_to = {name: role in door.names for name, door in doors.items() if door is not None}
    groups = (
        (CAN, [name for name, may in open_to.items() if may]),
        (CANNOT, [name for name, may in open_to.items() if not may]),
    )
    return [
        Effect(gettext(title), lines("\n".join(f"・{gettext(ABILITIES[name])}" for name in names)))
        for title, names in groups
        if names
    ]


def _handed() -> Effect:
    hours = int(CODE_LIVES.total_seconds() // 3600)
    return Effect(gettext(HANDED), gettext(LETTER, address=absolute("sign_in.code"), hours=hours))
