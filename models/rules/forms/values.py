"""One value of each kind: checked, converted where that is promised, otherwise kept exactly as typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from models.catalogue.definitions import FormField
from models.core.messages import Message, _n, message
from models.rules import characters, kana, telephone, wareki
from models.rules.postal import ABROAD, PREFECTURES, cleaned_zip

ADDRESS_PARTS = {"zip": 8, "pref": 4, "city": 20, "town": 60, "block": 50, "katagaki": 100}
"""The parts of an address with the most letters each may have."""

NOT_TEXT = _n("「{label}」は文字で入力してください。")
TOO_LONG = _n("「{label}」は{most}文字以内で入力してください。いまは{length}文字あります。")
NOT_KANA = _n("「{label}」は全角カタカナで入力してください。例：マエニワ　ハナコ")
NOT_ROMAN = _n("「{label}」は大文字のローマ字で入力してください。例：MAENIWA HANAKO")
NOT_A_CHOICE = _n("「{label}」は、選択肢の中から選んでください。")
NOT_CHOICES = _n("「{label}」は、選択肢の中から1つ以上選んでください。")
NOT_YES_OR_NO = _n("「{label}」は、「はい」か「いいえ」で答えてください。")
NOT_A_NUMBER = _n("「{label}」は{low}から{high}までの数字で入力してください。")
NOT_A_ZIP = _n("郵便番号は7けたの数字で入力してください。例：410-1118")
NOT_AN_EMAIL = _n("メールアドレスを確かめてください。例：hanako@example.jp")
NOT_A_CODE = _n("「{label}」は半角の英数字で入力してください。")
DATE_INCOMPLETE = _n("「{label}」は、年・月・日をすべて入力してください。")
NOT_AN_ADDRESS = _n("「{label}」は、都道府県・市区町村・町名・番地に分けて入力してください。")
NO_PREFECTURE = _n("都道府県を選んでください。国外のときは「国外」を選んでください。")
NO_CITY = _n("市区町村を入力してください。国外のときは国の名前を入力してください。")
NO_TOWN = _n("町名か番地を入力してください。")
WRONG_KIND = _n("「{label}」の通数は、選んだ証明ごとに入力してください。")


class Refused(ValueError):
    """A value that cannot be taken; `message` says what to do, `part` names the part of an address."""

    def __init__(self, text: Message, part: str = "") -> None:
        """Keep the sentence and the part."""
        super().__init__(str(text))
        self.message = text
        self.part = part


def is_empty(value: Any) -> bool:
    """Whether nothing was answered: no value, blank text, nothing chosen, every part blank."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_empty(part) for part in value.values())
    return isinstance(value, list) and not value


def cleaned(item: FormField, value: Any) -> Any:
    """The value as it is stored; Refused where it cannot be accepted. Cleaning twice changes nothing."""
    return _CLEANERS[item.kind](item, value)


def _text(item: FormField, value: Any, *, emoji: bool = False) -> str:
    if not isinstance(value, str):
        raise Refused(message(NOT_TEXT, label=item.label))
    _check_length(item.label, value, item.max_length)
    refusal = characters.refusal(value, emoji=emoji)
    if refusal is not None:
        raise Refused(refusal)
    return value


def _check_length(label: Any, value: str, most: int, part: str = "") -> None:
    length = characters.length(value)
    if length > most or len(value) > 4 * most:
        raise Refused(message(TOO_LONG, label=label, most=most, length=length), part)


def _free_text(item: FormField, value: Any) -> str:
    return _text(item, value, emoji=True)


def _kana(item: FormField, value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(message(NOT_TEXT, label=item.label))
    _check_length(item.label, value, 2 * item.max_length)
    converted = kana.to_katakana(value)
    if not kana.is_katakana(converted):
        raise Refused(message(NOT_KANA, label=item.label))
    _check_length(item.label, converted, item.max_length)
    return converted


def _roman(item: FormField, value: Any) -> str:
    upper = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", _text(item, value))).strip().upper()
    if not re.fullmatch(r"[A-Z .'-]+", upper):
        raise Refused(message(NOT_ROMAN, label=item.label))
    return upper


def _date(item: FormField, value: Any) -> str:
    try:
        partial = wareki.parse(_text(item, value))
    except wareki.DateError as error:
        raise Refused(error.message) from error
    if partial.full is None and not item.partial:
        raise Refused(message(DATE_INCOMPLETE, label=item.label))
    return partial.iso


def _choice(item: FormField, value: Any) -> str:
    if item.values and value not in item.values:
        raise Refused(message(NOT_A_CHOICE, label=item.label))
    return _text(item, value)


def _multi(item: FormField, value: Any) -> list[str]:
    if not isinstance(value, list) or any(one not in item.values for one in value):
        raise Refused(message(NOT_CHOICES, label=item.label))
    return [one for one in item.values if one in value]


def _bool(item: FormField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(message(NOT_YES_OR_NO, label=item.label))
    return value


def _int(item: FormField, value: Any) -> int:
    low, high = count_limits(item)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refused(message(NOT_A_NUMBER, label=item.label, low=low, high=high))
    return value


def count_limits(item: FormField) -> tuple[int, int]:
    """The least and the most of a number."""
    low = 0 if item.min_value is None else item.min_value
    return low, 9999 if item.max_value is None else item.max_value


def _copies(item: FormField, value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Refused(message(WRONG_KIND, label=item.label))
    return {key: _int(item, number) for key, number in value.items()}


def _tel(item: FormField, value: Any) -> str:
    text = _text(item, value)
    refusal = telephone.refusal(text)
    if refusal is not None:
        raise Refused(refusal)
    return telephone.cleaned(text)


def _zip(item: FormField, value: Any) -> str:
    code = cleaned_zip(_text(item, value))
    if not code:
        raise Refused(message(NOT_A_ZIP))
    return code


def _email(item: FormField, value: Any) -> str:
    text = _text(item, value).strip()
    if not re.fullmatch(r"[^\s@<>,;]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", text):
        raise Refused(message(NOT_AN_EMAIL))
    return text


def _code(item: FormField, value: Any) -> str:
    text = unicodedata.normalize("NFKC", _text(item, value)).strip()
    if not re.fullmatch(r"[0-9A-Za-z-]+", text):
        raise Refused(message(NOT_A_CODE, label=item.label))
    return text


def _address(item: FormField, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not set(value) <= set(ADDRESS_PARTS):
        raise Refused(message(NOT_AN_ADDRESS, label=item.label))
    parts: dict[str, str] = {}
    for part, most in ADDRESS_PARTS.items():
        text = value.get(part)
        if text is not None and not is_empty(text):
            parts[part] = _address_part(item, part, text, most)
    if parts.get("pref") not in (*PREFECTURES, ABROAD):
        raise Refused(message(NO_PREFECTURE), "pref")
    if "city" not in parts:
        raise Refused(message(NO_CITY), "city")
    if parts["pref"] != ABROAD and not parts.keys() & {"town", "block"}:
        raise Refused(message(NO_TOWN), "town")
    return parts


def _address_part(item: FormField, part: str, text: Any, most: int) -> str:
    if not isinstance(text, str):
        raise Refused(message(NOT_AN_ADDRESS, label=item.label), part)
    _check_length(item.label, text, most, part)
    refusal = characters.refusal(text)
    if refusal is not None:
        raise Refused(refusal, part)
    if part == "zip" and not cleaned_zip(text):
        raise Refused(message(NOT_A_ZIP), part)
    return cleaned_zip(text) if part == "zip" else text


_CLEANERS: dict[str, Callable[[FormField, Any], Any]] = {
    "text": _free_text,
    "name": _text,
    "kana": _kana,
    "roman": _roman,
    "wareki": _date,
    "date": _date,
    "choice": _choice,
    "multi": _multi,
    "bool": _bool,
    "int": _int,
    "copies": _copies,
    "tel": _tel,
    "zip": _zip,
    "email": _email,
    "code": _code,
    "address": _address,
}
