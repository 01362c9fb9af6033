"""Postal codes and what an address is made of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ABROAD = "国外"
"""Stands in the place of the prefecture where the address is in another country."""

_PREFECTURES = """
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県
石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県
岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""
PREFECTURES = tuple(_PREFECTURES.split())


@dataclass(frozen=True)
class Town:
    """One place that a postal code stands for; `town` is empty where the code covers a whole municipality.

    `office` names the office with a code of its own; `block` is then its lot number.
    """

    zip: str
    pref: str
    city: str
    town: str
    block: str = ""
    office: str = ""

    @property
    def written(self) -> str:
        """Prefecture, municipality and town in one line."""
        return f"{self.pref}{self.city}{self.town}{self.block}"


def cleaned_zip(text: str) -> str:
    """The seven digits of a postal code, empty where there are not seven."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("〒")
    digits = re.sub("[-‐‑‒–—―−ー\\s]", "", plain)
    return digits if re.fullmatch("[0-9]{7}", digits) else ""


def written_zip(code: str) -> str:
    """`410-1118` for `4101118`; any other text unchanged."""
    return f"{code[:3]}-{code[3:]}" if re.fullmatch("[0-9]{7}", code) else code
