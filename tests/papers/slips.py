"""Slips as a hall gives them out, in Japanese and English, short and with the longest names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from models.papers.slip import Both, Row, SlipData

JAPAN = timezone(timedelta(hours=9))
TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ADDRESS = f"https://yoyaku.city.maeniwa.lg.jp/tickets/{TOKEN}"

TICKET = SlipData(
    kind="ticket",
    language="ja",
    office=Both("前庭市役所 本庁舎"),
    title=Both("引っ越し・世帯"),
    headline_label=Both("受付番号"),
    headline="B048",
    at=datetime(2026, 11, 24, 9, 5, tzinfo=JAPAN),
    rows=(
        Row(Both("あなたの前"), Both("3人")),
        Row(Both("待ち時間のめやす"), Both("15〜25分")),
        Row(Both("行くところ"), Both("2・3番窓口")),
    ),
    notes=(
        Both("番号は画面と声でお呼びします。"),
        Both(
            "席を外すときは、QRコードで順番を見られます。呼ばれたあと30分までは、戻って職員に番号を見せてください。"
        ),
    ),
    qr=ADDRESS,
    qr_words=Both("スマートフォンで順番を見る"),
)
ENGLISH = replace(
    TICKET,
    language="en",
    office=Both("前庭市役所 本庁舎", "Maeniwa City Hall, Main Office"),
    title=Both("引っ越し・世帯", "Moving"),
    headline_label=Both("受付番号", "Your number"),
    rows=(
        Row(Both("あなたの前", "People ahead of you"), Both("3人", "3")),
        Row(Both("待ち時間のめやす", "Expected wait"), Both("15〜25分", "15–25 min")),
        Row(Both("行くところ", "Go to"), Both("2・3番窓口", "Counter 2, 3")),
    ),
    notes=(
        Both("番号は画面と声でお呼びします。", "We call your number on the screen and by voice."),
        Both(
            "席を外すときは、QRコードで順番を見られます。呼ばれたあと30分までは、戻って職員に番号を見せてください。",
            "You may leave your seat: follow the line with the QR code. Up to 30 minutes after your call, "
            "come back and show your number to staff.",
        ),
    ),
    qr_words=Both("スマートフォンで順番を見る", "Follow the line on your phone"),
)
BOOKING = SlipData(
    kind="booking",
    language="ja",
    office=Both("前庭市役所 本庁舎"),
    title=Both("予約の控え"),
    headline_label=Both("予約番号"),
    headline="K7FX-29MB",
    at=datetime(2026, 11, 24, 9, 5, tzinfo=JAPAN),
    rows=(
        Row(Both("日"), Both("2026年（令和8年） 12月1日（火）")),
        Row(Both("時間"), Both("10:30")),
        Row(Both("持ち物"), Both("本人確認書類、転出証明書、マイナンバーカード（全員分）")),
    ),
    notes=(
        Both("当日は、このQRコードを受付の機械か職員に見せてください。"),
        Both("取り消しや変更は、電話 0555-00-0000 へ。"),
    ),
    qr="M1" + TOKEN,
    qr_words=Both("受付のときに見せるQRコード"),
)
LONG = replace(
    ENGLISH,
    office=Both(
        "前庭市役所 北部市民サービスセンター分室（市立図書館二階）",
        "Maeniwa City Northern Citizens' Service Centre, annex",
    ),
    title=Both(
        "国民健康保険・後期高齢者医療・国民年金・介護保険",
        "Health insurance, medical care for the elderly and pension",
    ),
    headline="W9999",
)
SLIPS = {"ticket": TICKET, "english": ENGLISH, "booking": BOOKING, "long": LONG}
