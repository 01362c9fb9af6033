"""お知らせの言葉: each kind of message, way out and problem as the administrator reads them."""

from __future__ import annotations

from models.core.messages import _n
from web.languages import gettext

KIND_WORDS: dict[str, tuple[str, str]] = {
    "booked": (_n("予約の確認"), _n("予約ができたときに送ります。カレンダーのファイルが付きます。")),
    "moved": (
        _n("日時の変更"),
        _n("予約の日時が変わったときに送ります。カレンダーのファイルが付きます。"),
    ),
    "cancelled": (_n("予約の取り消し"), _n("予約が取り消されたときに送ります。")),
    "reminder": (
        _n("予約の前のお知らせ"),
        _n("来庁日の前の日と当日の朝に送ります。時刻は庁舎ごとに決められます。"),
    ),
    "waiting": (_n("キャンセル待ちの受付"), _n("キャンセル待ちに並んだときに送ります。")),
    "offer": (
        _n("空きのご案内"),
        _n("キャンセル待ちの人に空きが出たときに送ります。受けられる期限が入ります。"),
    ),
    "offer_ended": (
        _n("ご案内の期限切れ"),
        _n("空きのご案内を、期限までに受けなかったときに送ります。"),
    ),
    "soon": (
        _n("あと3人"),
        _n("番号を持って待つ人のうち、申し込んだ人に、前にいる人が3人になると送ります。"),
    ),
    "come": (
        _n("順番のお知らせ"),
        _n("番号を持って待つ人のうち、申し込んだ人に、番号が呼ばれたときに送ります。"),
    ),
    "day_changed": (
        _n("開庁時間の変更"),
        _n("予約のある時間に窓口を開けられなくなったときに送ります。"),
    ),
    "linked": (_n("LINEのつなぎ"), _n("番号や予約のページのコードを、LINEで受け取ったときに答えます。")),
    "not_linked": (_n("LINEのコード違い"), _n("LINEで受け取ったコードを確かめられないときに答えます。")),
    "test": (_n("試し送り"), _n("管理者が「試しに送る」を押したときだけ送ります。")),
}
"""Name and when it is sent, by kind."""
PLACE_WORDS = {
    "office": _n("庁舎の名前"),
    "address": _n("庁舎の所在地"),
    "telephone": _n("庁舎の電話番号"),
    "url": _n("受け取る人だけのページのアドレス"),
    "date": _n("来庁の日"),
    "time": _n("来庁の時刻"),
    "number": _n("受付番号か、予約の受付記号"),
    "counter": _n("窓口の番号"),
    "until": _n("ご案内を受けられる期限"),
}
WAY_WORDS = {
    "email": _n("メール"),
    "push": _n("ブラウザーの通知"),
    "line": _n("LINE"),
    "sms": _n("SMS（携帯電話の短い文）"),
    "webhook": _n("市のほかのシステム"),
}
WAY_NOTES = {
    "email": _n("市のメールサーバーから送ります。"),
    "push": _n("番号のページを開いている電話に、閉じていても知らせます。鍵の組は、開くときに作ります。"),
    "line": _n("市のLINE公式アカウントから送ります。"),
    "sms": _n("SMSを送る事業者の窓口をとおして送ります。"),
    "webhook": _n("お知らせのたびに、署名を付けて、決めたアドレスへ送ります。"),
}
FATES = {
    "refused": _n("相手のサーバーが受け取りを断りました"),
    "later": _n("相手のサーバーが、あとにするように答えました"),
    "unreachable": _n("相手のサーバーにつながりません"),
    "unreadable": _n("宛先の鍵が消えていて、読めません"),
    "closed": _n("送り方がなくなり、1日待ってもありませんでした"),
    "unknown": _n("わけは記録されていません"),
}
LANGUAGE_NAMES = {
    "ja": _n("日本語"),
    "ja-easy": _n("やさしい日本語"),
    "en": _n("英語"),
    "zh-Hans": _n("中国語（簡体字）"),
    "vi": _n("ベトナム語"),
    "ko": _n("韓国語"),
    "tl": _n("タガログ語"),
    "ne": _n("ネパール語"),
    "pt-BR": _n("ポルトガル語"),
    "id": _n("インドネシア語"),
}


def name_of(kind: str) -> str:
    """What people call a kind of message."""
    return gettext(KIND_WORDS[kind][0]) if kind in KIND_WORDS else kind


def when_of(kind: str) -> str:
    """When it is sent, in a sentence."""
    return gettext(KIND_WORDS[kind][1]) if kind in KIND_WORDS else ""


def place_of(name: str) -> str:
    """What stands for a place in the words: 来庁の日."""
    return gettext(PLACE_WORDS[name])


def way_name(name: str) -> str:
    """What people call a way out."""
    return gettext(WAY_WORDS[name])


def way_note(name: str) -> str:
    """What a way out does, in a sentence."""
    return gettext(WAY_NOTES[name])


def fate_of(fate: str, code: str) -> str:
    """What went wrong, with the server's number where there is one."""
    said = gettext(FATES[fate])
    return gettext(_n("{said}（{code}）"), said=said, code=code) if code else said


def language_name(code: str) -> str:
    """A language of messages in the reader's words."""
    return gettext(LANGUAGE_NAMES[code]) if code in LANGUAGE_NAMES else code
