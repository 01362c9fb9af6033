"""気づきの言葉: whatever can be wrong with an installation, as one person who keeps it alone reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.core.messages import _n
from models.rules.findings import Finding
from web.admin import job_words, notice_words
from web.languages import gettext

DOCTOR = "maeniwa doctor"
BY_HAND = _n(
    "推しはかって直すことはできません。控えとログを残して、プログラムを作っている人に伝えてください。"
)
RUN_AGAIN = _n("もう一度行ってください。くり返すときは、次の命令で理由を見てください。")
HISTORY = "maeniwa jobs history --failed"
SEND_AGAIN = _n("送り方をもう一度開くと、送ります。1日待つと、送るのをやめます。")
STRANDED = _n("{way}で送るお知らせ{n}通が、送り方がなくて待っています")


@dataclass(frozen=True)
class Words:
    """What is wrong, what to do about it, and the command that does it or says more; empty where there is none."""

    what: str
    mend: str
    command: str = ""


WORDS: Mapping[str, Words] = {
    "python": Words(
        _n("Python が 3.11 より古いままです"),
        _n("Python 3.11 か、それより新しいものを入れてから、次の命令を実行してください。"),
        "python3 .start serve",
    ),
    "cookies": Words(
        _n("アドレス（public_url）は https なのに、クッキーが守られていません"),
        _n("設定 maeniwa.toml に secure_cookies = true と書き、動かし直してください。"),
    ),
    "polling": Words(
        _n("案内表示と窓口の画面に、すぐには知らせが届きません"),
        _n(
            "設定 maeniwa.toml に events_url を書き、プロキシから中継につないでください。使わないなら "
            "events_port = -1 と書きます。"
        ),
    ),
    "no_limits": Words(
        _n("続けて何度も試す人を止める仕組みが、切られています"),
        _n("設定 maeniwa.toml から rate_limits = false を消し、動かし直してください。"),
    ),
    "folder": Words(
        _n("設置場所のフォルダーに書き込めません"),
        _n("maeniwa を動かす利用者に、書き込みを許してください。フォルダーの場所は、次の命令で出ます。"),
        DOCTOR,
    ),
    "skew": Words(
        _n("この機械の時計と、ファイルの時計が{seconds}秒ずれています"),
        _n("どちらも NTP で合わせてください。ネットワークドライブには、別の時計があります。"),
    ),
    "room": Words(
        _n("ディスクの空きが{megabytes}MBしかありません"),
        _n(
            "要らないファイルを消すか、大きいディスクに移してください。いっぱいになると、予約を受けられません。"
        ),
    ),
    "little_room": Words(
        _n("ディスクの空きが少なくなっています"),
        _n(
            "要らないファイルを消すか、大きいディスクに移してください。いっぱいになると、予約を受けられません。"
        ),
    ),
    "keys_beside": Words(
        _n("鍵が、データと同じ場所に置かれています"),
        _n(
            "このままでは控えに鍵が入ります。設定 maeniwa.toml の keys_folder に、"
            "別に控えを取るフォルダーを書いてください。"
        ),
    ),
    "keys_open": Words(
        _n("鍵のファイルを、ほかの利用者も読めます"),
        _n("次の命令で、ファイルの場所と直し方が出ます。"),
        DOCTOR,
    ),
    "login": Words(
        _n("PostgreSQL の利用者に、強すぎる権限があります"),
        _n("権限を外してください。次の命令で、直し方が出ます。"),
        DOCTOR,
    ),
    "early_commit": Words(
        _n("PostgreSQL が、ディスクに書く前に終わったと答えます"),
        _n(
            "PostgreSQL の設定を synchronous_commit = on にしてください。"
            "停電のときに、受けた予約がなくなるのを防ぎます。"
        ),
    ),
    "pragma": Words(
        _n("データベースのファイルが、安全な書き方になっていません（{pragma}）"),
        _n(
            "設置場所を、この機械の中のディスクに移してください。ネットワークドライブでは、データが壊れることがあります。"
        ),
    ),
    "damaged": Words(
        _n("データベースのファイルが壊れています"),
        _n("すぐに maeniwa を止め、いちばん新しい控えから復元してください。"),
        "maeniwa restore --help",
    ),
    "no_municipality": Words(
        _n("自治体がまだありません"),
        _n("次の命令で作ってください。"),
        "maeniwa init --help",
    ),
    "left_behind": Words(
        _n("PostgreSQL に自治体がまだありません。SQLite のときのファイル（{codes}）は残っています"),
        _n("設定の database_url をはずして控えを作り、また書いてから、その控えを戻してください。"),
        "maeniwa restore --help",
    ),
    "no_database": Words(
        _n("データベースが答えません"),
        _n("データベースを動かすか、設定の database_url を直してください。"),
    ),
    "only_reads": Words(
        _n("データベースが、いまは読むことしかできません"),
        _n("ファイルへの書き込みを許すか、サーバーの読み取り専用の設定を終えてください。"),
    ),
    "old_tables": Words(
        _n("表の形が、このプログラムより古いままです"),
        _n("maeniwa upgrade を実行してください。"),
        "maeniwa upgrade",
    ),
    "no_hub": Words(
        _n("案内表示と窓口にすぐ知らせる仕組み（中継）が、答えません"),
        _n("maeniwa serve を動かすか、別に maeniwa live を動かしてください。"),
        "maeniwa live",
    ),
    "no_scheduler": Words(
        _n("自動の仕事（予約枠の公開など）が動いていません"),
        _n("maeniwa serve を動かすか、別に maeniwa jobs start を動かしてください。"),
        "maeniwa jobs start",
    ),
    "job_failed": Words(_n("「{job}」が失敗しました"), RUN_AGAIN, HISTORY),
    "job_overdue": Words(_n("「{job}」が、時刻を過ぎても行われていません"), RUN_AGAIN, HISTORY),
    "job_hanging": Words(
        _n("「{job}」が、長いあいだ終わりません"),
        _n("終わるのを待ってください。1日たっても終わらないときは、maeniwa serve を動かし直してください。"),
        "maeniwa jobs history",
    ),
    "job_found": Words(
        _n("「{job}」が食い違いを見つけました"),
        _n("「すみずみまで調べる」を押すと、何が合わないかが出ます。"),
    ),
    "clock_set": Words(
        _n("この機械の時計が、進められたか戻されました"),
        _n("NTP で時計を合わせ、maeniwa serve を動かし直してください。この知らせは、1日たつと消えます。"),
    ),
    "wrong_slots": Words(
        _n("予約枠{n}個の埋まった数が、予約の数と合いません"),
        _n("予約を数え直すと、合います。予約はなくなりません。"),
        "maeniwa doctor --mend",
    ),
    "wrong_tickets": Words(_n("きのうの番号{n}件が、呼び出しの記録と合いません"), BY_HAND),
    "wrong_bookings": Words(_n("予約{n}件が、来庁の記録と合いません"), BY_HAND),
    "stranded": Words(STRANDED, SEND_AGAIN),
    "stranded_mail": Words(STRANDED, SEND_AGAIN),
    "catalogue": Words(
        _n("市の手続きのファイルに、読めないところがあります"),
        _n("次の行を直してから、命令を実行してください。"),
        "maeniwa upgrade",
    ),
    "own_form": Words(
        _n("市で作った様式が、手続きの目録と合いません"),
        _n("直るまでは、いままでの様式を使います。新しい版を作り、ほかの管理者に出してもらってください。"),
    ),
    "paper": Words(
        _n("申請書を印刷できません"),
        _n("typst か日本語の字体が足りません。次の命令で、入れ直してください。"),
        "python3 .start serve",
    ),
}
"""By kind. What a finding knows of folders, keys and logins is said in the terminal only."""
SHOWN_PROBLEMS = ("catalogue", "own_form")
"""Of these the problem itself is shown: it names a line that the city wrote."""


def said(found: Finding) -> Words:
    """A finding in the words of the page."""
    words, values = WORDS[found.kind], dict(found.values)
    if "job" in values:
        values["job"] = job_words.name_of(str(values["job"]))
    if "way" in values:
        values["way"] = notice_words.way_name(str(values["way"]))
    return Words(gettext(words.what, **values), gettext(words.mend), words.command)


def problem_of(found: Finding) -> str:
    """The line that is to be corrected, where a finding names one that the city wrote."""
    return str(found.values["problem"]) if found.kind in SHOWN_PROBLEMS else ""
