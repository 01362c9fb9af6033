"""People of the demo city who do not exist: whom they are, what they come for, and what they wrote at home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

GAP = "\u3000"


@dataclass(frozen=True)
class DemoPerson:
    """One invented resident; `birth` is an ISO day."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    birth: str
    sex: str
    phone: str
    block: str

    @property
    def name(self) -> str:
        """Family and given name as an application keeps them."""
        return f"{self.family}{GAP}{self.given}"

    @property
    def kana(self) -> str:
        """The reading of the name."""
        return f"{self.family_kana}{GAP}{self.given_kana}"

    @property
    def address(self) -> dict[str, str]:
        """Where this person lives in the city that does not exist."""
        return {"pref": "静岡県", "city": "前庭市", "town": "本町", "block": self.block}


@dataclass(frozen=True)
class DemoCase:
    """What somebody comes for: procedures of one visit, and the form written at home (empty when none)."""

    procedures: tuple[str, ...]
    form: str = ""
    move: str = ""


CASES = (
    DemoCase(("IDO-03", "JUM-01"), "F02", "転居"),
    DemoCase(("MNC-03",)),
    DemoCase(("KOS-02", "JUM-01"), "F01"),
    DemoCase(("KOK-01",)),
    DemoCase(("IDO-02",), "F02", "転出"),
    DemoCase(("MNC-02",)),
    DemoCase(("MNC-05", "JUM-01"), "F01"),
    DemoCase(("KOD-01",)),
    DemoCase(("IDO-01", "KOK-01"), "F02", "転入"),
    DemoCase(("KOS-05",)),
    DemoCase(("NEN-01",)),
    DemoCase(("KAI-02",)),
)

_TABLE = """
髙橋 由美子 タカハシ ユミコ 1958-02-11 女
𠮷田 健一 ヨシダ ケンイチ 1984-07-30 男
佐藤 さくら サトウ サクラ 1996-03-21 女
葛󠄀城 蒼 カツラギ アオイ 1991-11-05 女
東海林 太郎 ショウジ タロウ 1949-12-01 男
鈴木 陽菜 スズキ ヒナ 2001-06-18 女
山﨑 誠 ヤマザキ マコト 1976-09-09 男
小鳥遊 結愛 タカナシ ユア 1999-01-25 女
渡邉 和子 ワタナベ カズコ 1943-05-03 女
勅使河原 蓮 テシガワラ レン 1988-10-14 男
中村 美穂 ナカムラ ミホ 1979-04-27 女
齋藤 大翔 サイトウ ヒロト 1993-08-08 男
伊藤 千代 イトウ チヨ 1938-01-16 女
加藤 翼 カトウ ツバサ 2003-12-24 男
前田 光 マエダ ヒカル 1986-02-28 女
濵田 修 ハマダ オサム 1967-06-06 男
清水 舞 シミズ マイ 1990-05-19 女
辻󠄀 弘 ツジ ヒロシ 1954-03-03 男
森 一 モリ ハジメ 1972-07-07 男
長谷川 明日香 ハセガワ アスカ 1995-09-30 女
石井 洋子 イシイ ヨウコ 1962-11-11 女
小川 智也 オガワ トモヤ 1989-04-02 男
岡田 恵 オカダ メグミ 1981-08-23 女
藤本 春樹 フジモト ハルキ 1970-10-31 男
"""


def _people() -> tuple[DemoPerson, ...]:
    found = []
    for number, line in enumerate(_TABLE.split("\n")[1:-1], start=1):
        family, given, family_kana, given_kana, birth, sex = line.split(" ")
        phone = f"090-0000-{number:04}"
        block = f"{number % 5 + 1}番{number}号"
        found.append(DemoPerson(family, given, family_kana, given_kana, birth, sex, phone, block))
    return tuple(found)


PEOPLE = _people()


def fields_of(case: DemoCase, person: DemoPerson, today: date, visit: date) -> dict[str, Any]:
    """The answers of the case's form as this person wrote them `today` for a visit on a later day."""
    return _WRITTEN[case.form](case, person, (visit if case.move == "転出" else today).isoformat())


def _residence_record(_: DemoCase, person: DemoPerson, __: str) -> dict[str, Any]:
    kind = "住民票の写し（世帯全員）"
    return {
        "r_name": person.name,
        "r_kana": person.kana,
        "r_birth": person.birth,
        "r_addr": person.address,
        "r_tel": person.phone,
        "r_rel": "本人",
        "t_same": True,
        "kind": [kind],
        "copies": {kind: 1},
        **dict.fromkeys(("show_head", "show_honseki", "show_mn", "show_jc"), "載せない"),
    }


def _move(case: DemoCase, person: DemoPerson, day: str) -> dict[str, Any]:
    other = {"pref": "神奈川県", "city": "横浜市", "town": "緑町", "block": "二丁目3番4号"}
    written: dict[str, Any] = {
        "kind": case.move,
        "ido_date": day,
        "d_name": person.name,
        "d_kana": person.kana,
        "d_rel": "本人",
        "d_tel": person.phone,
        "a_new_head": person.name,
        "a_prev": other if case.move == "転入" else person.address,
        "a_prev_head": person.name,
        "people": [_mover(person, person.given, person.given_kana, person.birth, person.sex, "世帯主")],
    }
    if case.move == "転出":
        written["a_dest"] = other
    else:
        new_home = {**person.address, "town": "東町", "block": "三丁目5番6号"}
        written |= {"a_new": new_home, "a_join": False}
        written["people"].append(_mover(person, "ひなた", "ヒナタ", "2019-04-10", "女", "子"))
    if case.move == "転入":
        written["tokurei"] = "転出証明書あり"
    return written


def _mover(
    person: DemoPerson, given: str, kana: str, birth: str, sex: str, relation: str
) -> Mapping[str, Any]:
    return {
        "p_name": f"{person.family}{GAP}{given}",
        "p_kana": f"{person.family_kana}{GAP}{kana}",
        "p_birth": birth,
        "p_sex": sex,
        "p_rel": relation,
        "p_mnc": "あり・持参" if relation != "子" else "なし",
        "p_foreign": False,
    }


_WRITTEN = {"F01": _residence_record, "F02": _move}
