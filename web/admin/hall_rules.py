"""庁舎の決まりの言葉: each number of an office's policy as people read it, in groups, and what it does."""

from __future__ import annotations

from dataclasses import dataclass

from models.core.messages import _n

MINUTES, SECONDS, TIMES, PEOPLE = _n("分"), _n("秒"), _n("回"), _n("人")


@dataclass(frozen=True)
class Rule:
    """One number of the policy as people set it: its name here, its unit, what it does."""

    field: str
    label: str
    unit: str
    what: str


GROUPS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    (
        _n("予約のある人"),
        (
            Rule(
                "lead_minutes",
                _n("予約の何分前から先に呼ぶか"),
                MINUTES,
                _n("この時刻から、予約のない人より先に呼びます。"),
            ),
            Rule(
                "grace_minutes",
                _n("何分までの遅れを待つか"),
                MINUTES,
                _n("これより遅れると、予約のない人の列の最後に並びます。"),
            ),
        ),
    ),
    (
        _n("順番の公平"),
        (
            Rule(
                "priority_minutes",
                _n("優先の人の早まり"),
                MINUTES,
                _n("優先の人は、この分だけ早く受付したものとして並びます。"),
            ),
            Rule(
                "ahead_in_a_row",
                _n("続けて先に呼ぶ人数"),
                PEOPLE,
                _n("予約や優先の人をこの人数続けて呼んだら、長く待つ人の番です。"),
            ),
            Rule(
                "walk_in_bound_minutes",
                _n("長く待つ人とみる時間"),
                MINUTES,
                _n("予約のない人がこれより長く待つと、上の人数のあとに呼ばれます。"),
            ),
        ),
    ),
    (
        _n("呼んでも来ない人"),
        (
            Rule(
                "absent_after_calls",
                _n("何回呼んだら「いない」をすすめるか"),
                TIMES,
                _n("窓口の画面で「いない」を目立たせます。"),
            ),
            Rule(
                "absent_after_seconds",
                _n("最後に呼んでから何秒か"),
                SECONDS,
                _n("この秒数がたってから、すすめます。"),
            ),
            Rule(
                "hold_minutes",
                _n("「いない」人を何分預かるか"),
                MINUTES,
                _n("この間に戻れば、列の先頭に入ります。過ぎると番号は終わります。"),
            ),
        ),
    ),
    (
        _n("受付の終わりと取り消し"),
        (
            Rule(
                "stop_minutes",
                _n("閉庁の何分前に番号札を終えるか"),
                MINUTES,
                _n("下の「自動で終える」を選んだときだけ使います。"),
            ),
            Rule(
                "undo_minutes",
                _n("操作を何分まで取り消せるか"),
                MINUTES,
                _n("過ぎた操作は、窓口では取り消せません。"),
            ),
        ),
    ),
)
SWITCHES = {
    "stops_at_closing": (
        _n("閉庁が近づいたら、番号札を自動で終える"),
        _n("選ばないと、職員が終えるまで番号札を出します。"),
    ),
    "from_home": (_n("スマートフォンから、きょうの番号札を取れる"), _n("来る前に列に並べます。")),
}
WAYS = {
    "together": (_n("1つの番号で、1つの窓口"), _n("いくつかの手続きも、まとめて1か所で受けます。")),
    "walk": (_n("1つの番号で、窓口を順に回る"), _n("業務ごとに、次の窓口の列に自動で入ります。")),
    "booth": (_n("1つのブースに職員が来る"), _n("来た人は動かず、担当が順にブースへ行きます。")),
}
