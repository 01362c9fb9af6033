"""定時処理の言葉: each job as people read it: its name, what it promises, its counts, its states, when it runs."""

from __future__ import annotations

from models.core.messages import _n
from models.queries.jobs import RunView
from models.rules.periods import DAY, HOUR, MONTH, WEEK
from models.rules.timetable import ASKED, DONE, FAILED, RUNNING, Entry, Often
from web.languages import gettext

JOB_WORDS: dict[str, tuple[str, str]] = {
    "begin-forms": (
        _n("様式の切り替え"),
        _n("改めた様式を、決められた日から使い始めます。"),
    ),
    "publish-slots": (_n("予約枠の公開"), _n("予約できるようになる日の枠を公開します。")),
    "end-days": (
        _n("前の日の番号と窓口の締め"),
        _n("前の日までに残った番号と、開いたままの窓口を終えます。"),
    ),
    "mark-no-shows": (_n("来なかった予約の記録"), _n("前の日までの、来なかった予約を記録します。")),
    "make-facts": (_n("日ごとの集計"), _n("前の日までの受付の記録を、報告のために集計します。")),
    "forecast": (_n("来庁の見込み"), _n("これから92日の来庁者数を、日ごとと30分ごとに見込みます。")),
    "keep-answers": (
        _n("管理者の画面の集計"),
        _n("直近の期間の待ち時間や窓口の数を、画面がすぐ出るように計算しておきます。"),
    ),
    "purge": (_n("保存期間を過ぎたものの消去"), _n("保存期間を過ぎた内容を消し、その鍵を壊します。")),
    "refresh-plans": (
        _n("窓口の計画の更新"),
        _n("庁舎ごとの窓口の計画を、直近の8週間の記録から計算し直すよう頼みます。"),
    ),
    "sealing-keys": (
        _n("申請書に封をする鍵"),
        _n("先の月の鍵を作り、終わった月の鍵を壊します。"),
    ),
    "rotate-keys": (_n("親の鍵の取り替え"), _n("新しい親の鍵を作り、すべての鍵を包み直します。")),
    "forget-keys": (_n("受付キーの消去"), _n("24時間より前の、二重送信を防ぐ控えを消します。")),
    "forget-estimates": (_n("古い待ち時間の目安の消去"), _n("400日より前に見せた待ち時間の目安を消します。")),
    "audit-anchor": (
        _n("監査記録の錨"),
        _n("監査記録の鎖の端を、データベースの外とログに書きとめます。"),
    ),
    "backup": (_n("控え"), _n("鍵を入れない控えを作り、鍵は別の場所へ写します。")),
    "verify-backup": (_n("控えの確認"), _n("いちばん新しい控えを別の場所に復元して確かめ、消します。")),
    "forget-audit": (_n("古い監査記録の消去"), _n("保存日数を過ぎた監査記録を消します。")),
    "remind": (_n("来庁のリマインド"), _n("前の日と当日に送るお知らせを、庁舎の決めた時刻に書きます。")),
    "recent-backup": (_n("5分ごとの控え"), _n("2つの控えを交互に作り、失われるのを5分までにします。")),
    "offer-places": (
        _n("キャンセル待ちのご案内"),
        _n("空いた枠を待っている人に順番に案内し、期限を過ぎた案内を次の人に回します。"),
    ),
    "open-places": (
        _n("空いた枠の公開"),
        _n("取り消された枠を、庁舎の決めた時間をおいて予約できるようにします。"),
    ),
    "check-counters": (
        _n("食い違いの点検"),
        _n("枠の数と予約、番号と記録、予約と来庁が合っているかを確かめます。"),
    ),
    "clock": (_n("時計"), _n("機械の時計が30秒をこえて進められたか戻されたことを記録します。")),
    "sweep-absent": (_n("「いない」番号の終わり"), _n("預かる時間を過ぎた「いない」番号を終えます。")),
    "note-estimates": (
        _n("待ち時間の目安の記録"),
        _n("画面に見せた待ち時間を、あとで確かめるために残します。"),
    ),
}
"""Name and promise by job; a job without words is shown by its code."""
COUNT_WORDS = {
    "editions": _n("新しい版{n}件"),
    "settled": _n("取消の控え{n}件を確認"),
    "plans": _n("計画{n}件"),
    "forms": _n("申請書{n}件"),
    "envelopes": _n("封をした申請書{n}件"),
    "contacts": _n("連絡先{n}件"),
    "persons": _n("予約と人のつながり{n}件"),
    "waiting": _n("キャンセル待ち{n}件"),
    "messages": _n("お知らせ{n}件"),
    "codes": _n("LINEの合言葉{n}件"),
    "scores": _n("満足度の答え{n}件"),
    "tombstones": _n("消したことの控え{n}件"),
    "records": _n("古い記録{n}件"),
    "slots": _n("{n}枠"),
    "keys": _n("鍵{n}件"),
    "made": _n("鍵を{n}件作成"),
    "ended": _n("鍵を{n}か月分破棄"),
    "bookings": _n("{n}件"),
    "estimates": _n("{n}件"),
    "answers": _n("{n}件"),
    "entries": _n("{n}件"),
    "rows": _n("{n}行"),
    "bytes": _n("{n}バイト"),
    "deleted": _n("古い控え{n}件を削除"),
    "opened": _n("読めた{n}件"),
    "destroyed": _n("鍵のない{n}件"),
    "hours": _n("{n}時間前の控え"),
    "tickets": _n("番号{n}件"),
    "shifts": _n("窓口{n}件"),
    "seconds": _n("{n}秒"),
    "days": _n("{n}日"),
    "wrong_slots": _n("合わない枠 {n}"),
    "wrong_tickets": _n("合わない番号 {n}"),
    "wrong_bookings": _n("合わない予約 {n}"),
    "looked_at": _n("確かめた行 {n}"),
}
ALSO_NONE = frozenset({"wrong_slots", "wrong_tickets", "wrong_bookings"})
"""What is said also where there is none of it: that is the good news."""
NONE = _n("なし")
STATES = {RUNNING: _n("実行中"), DONE: _n("終了"), FAILED: _n("失敗"), ASKED: _n("まもなく始めます")}


def name_of(job: str) -> str:
    """What people call a job."""
    return gettext(JOB_WORDS[job][0]) if job in JOB_WORDS else job


def promise_of(job: str) -> str:
    """What a job promises, in a sentence."""
    return gettext(JOB_WORDS[job][1]) if job in JOB_WORDS else ""


def counts_of(run: RunView) -> list[str]:
    """What a run met: 274枠; of several things those that were met at all."""
    met = {name: count for name, count in run.counts.items() if count or name in ALSO_NONE}
    if not met and len(run.counts) > 1:
        return [gettext(NONE)]
    return [
        gettext(COUNT_WORDS.get(name, "{n} " + name), n=f"{count:,}")
        for name, count in (met or run.counts).items()
    ]


def state_of(run: RunView) -> str:
    """How a run stands: 終了."""
    return gettext(STATES.get(run.state, run.state))


def when_of(entry: Entry | Often) -> str:
    """When it runs: 毎日 0:05."""
    if isinstance(entry, Often):
        return gettext(_n("{n}分ごと"), n=entry.minutes)
    said = {
        HOUR: _n("毎時 {minute}分"),
        DAY: _n("毎日 {time}"),
        WEEK: _n("毎週月曜 {time}"),
        MONTH: _n("毎月1日 {time}"),
    }[entry.every]
    return gettext(said, minute=entry.at.minute, time=f"{entry.at.hour}:{entry.at.minute:02}")
