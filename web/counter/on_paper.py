"""印刷の様子: the sheets on their way to printers as a clerk sees them: in words, with what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.core.messages import _n
from models.queries import applications, direct_prints
from models.queries.direct_prints import DirectPrintView, Waiting
from web.counter.place import Place
from web.languages import gettext

PROBLEMS = {
    "offline": _n("プリンターが答えません。電源と線を見てください。"),
    "no_paper": _n("用紙切れです。用紙を入れてください。"),
    "jam": _n("紙づまりです。"),
    "open": _n("ふたが開いています。"),
    "stopped": _n("プリンターが止まっています。"),
    "busy": _n("プリンターが、ほかの印刷をしています。"),
    "refused": _n("プリンターが、この印刷を受け付けません。管理者に知らせてください。"),
    "not_taken": _n("自動の仕事が動いていません。管理者に知らせてください。"),
    "broken_off": _n("送っている途中で切れました。"),
    "time_out": _n("時間内に印刷が終わりませんでした。"),
    "not_drawn": _n("申請書の内容を確かめられませんでした。もう一度印刷してください。"),
    "gone": _n("申請書が取り消されたか、期限が切れています。"),
    "unanswered": _n("紙が出たか、まだだれも答えていません。"),
    "left": _n("時間がたったため、印刷しません。"),
    "outside": _n("プリンターのアドレスが、庁舎のネットワークの外です。管理者に知らせてください。"),
}
STATES = {
    "asked": (_n("プリンターに送ります"), "info"),
    "sending": (_n("印刷しています"), "info"),
    "held": (_n("待っています"), "warning"),
    "sent": (_n("印刷しました"), "done"),
    "unclear": (_n("要確認"), "warning"),
    "failed": (_n("印刷できませんでした"), "error"),
}
WHAT_NEXT = {
    "held": _n("ご本人がまだいれば、いま印刷できます。"),
    "sent": _n("紙の名前と番号を確かめてください。"),
    "unclear": _n("プリンターの紙を見てください。なければ、理由を選んで刷り直します。"),
    "failed": _n("紙は出ていません。もう一度印刷できます。"),
}
STOPPING = _n("取り消すよう伝えました。紙が出ないか見ていてください。")
DO = {
    "asked": (("cancel", _n("印刷を取り消す"), "quiet"),),
    "sending": (("cancel", _n("印刷を取り消す"), "quiet"),),
    "held": (("again", _n("いま印刷する"), "secondary"), ("cancel", _n("印刷を取り消す"), "quiet")),
    "sent": (("confirm", _n("紙を受け取った"), "secondary"), ("doubt", _n("出ていない"), "quiet")),
    "unclear": (("confirm", _n("紙があった"), "secondary"),),
}


@dataclass(frozen=True)
class ShownPrint:
    """A sheet: what it is, how it stands (`kind` is a mark's), what to do, what can be pressed (name, text, kind)."""

    number: int
    title: str
    reference: str
    copy: int
    counter: str
    printer: str
    asked_at: datetime
    state: str
    word: str
    kind: str
    text: str
    actions: tuple[tuple[str, str, str], ...]

    @property
    def going(self) -> bool:
        """Whether it is still on its way, so that nothing else prints this form."""
        return self.state in ("asked", "sending", "held")


def shown(place: Place, *, everywhere: bool = False) -> tuple[ShownPrint, ...]:
    """The open sheets of this counter, or of all counters of the office."""
    if place.number is None and not everywhere:
        return ()
    return tuple(
        _shown(one) for one in direct_prints.open_at(place.office, None if everywhere else place.number)
    )


def problem_words(one: Waiting) -> str:
    """Why a printer keeps people waiting."""
    return gettext(PROBLEMS[one.problem]) if one.problem in PROBLEMS else ""


def _shown(one: DirectPrintView) -> ShownPrint:
    word, kind = STATES[one.state]
    said = [gettext(text) for text in (PROBLEMS.get(one.problem, ""), WHAT_NEXT.get(one.state, "")) if text]
    stopping = one.stop and one.state == "sending"
    return ShownPrint(
        number=one.id,
        title=applications.by_id(one.application_id).definition().words.ja,
        reference=one.reference,
        copy=one.copy,
        counter=one.counter,
        printer=one.printer,
        asked_at=one.asked_at,
        state=one.state,
        word=gettext(word),
        kind=kind,
        text=gettext(STOPPING) if stopping else " ".join(said),
        actions=() if stopping else DO.get(one.state, ()),
    )
