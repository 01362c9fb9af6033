"""Reads the values of a city's own form, and says in Japanese which line is wrong and what may stand there."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NoReturn

from models.catalogue.source import Document, Pointer
from models.core.messages import Message, _n, message

MOST_TITLE, MOST_WORDS, MOST_LINES = 40, 300, 20
NO_KEY = _n("{line}行目：「{name}」という名前は使えません。使えるのは：{known}")
NO_ID = _n("{line}行目：「{name}」はこの様式にありません。新しく足すものの名前は x_ で始めます。例：x_reason")
NOT_MAPPING = _n("{line}行目：「{name}」の下には、「名前: 内容」を字下げして書きます。")
NOT_LIST = _n("{line}行目：「{name}」には、ことばを並べて書きます。例：[あ, い]")
NOT_TEXT = _n('{line}行目：「{name}」には、ことばを書きます。数字や記号で始まるときは " " で囲みます。')
LONG = _n("{line}行目：「{name}」が長すぎます。{most}文字までにしてください。")
MANY = _n("{line}行目：「{name}」が多すぎます。{most}個までにしてください。")
MISSING = _n("{line}行目：「{name}」を書いてください。")
NOT_NUMBER = _n("{line}行目：「{name}」には、{low}から{high}までの数を書きます。")
CONTROL = _n("{line}行目：「{name}」に、印字できない文字が入っています。")
_OWN_ID = re.compile(r"x_[a-z0-9_]{1,24}\Z")


class OwnFormError(ValueError):
    """A city's text of a form is wrong in `line` (0 where no line can be named); `message` says what to do."""

    def __init__(self, line: int, text: Message) -> None:
        """Keep the line and what people read."""
        super().__init__(str(text))
        self.line = line
        self.message = text


class Judge:
    """Looks at one document; every look fails with the line of what is wrong."""

    def __init__(self, document: Document) -> None:
        """`document` is a city's text."""
        self.document = document

    def fail(self, pointer: Pointer, template: str, **values: Any) -> NoReturn:
        """Raise OwnFormError for the line of `pointer`."""
        line = self.document.place(pointer)[1]
        raise OwnFormError(line, message(template, line=line, **values))

    def at(self, pointer: Pointer, default: Any = None) -> Any:
        """The value there, `default` where there is none."""
        found = self.document.data
        for step in pointer:
            if not isinstance(found, dict) or step not in found:
                return default
            found = found[step]
        return found

    def mapping(self, pointer: Pointer) -> dict[str, Any]:
        """The entries there; none where nothing stands there."""
        found = self.at(pointer, {})
        if not isinstance(found, dict):
            self.fail(pointer, NOT_MAPPING, name=_name(pointer) or self.document.path.name)
        return found

    def keys(self, pointer: Pointer, known: tuple[str, ...]) -> None:
        """Only these keys may stand there."""
        for key in self.mapping(pointer):
            if key not in known:
                self.fail((*pointer, key), NO_KEY, name=key, known="、".join(known))

    def words(self, pointer: Pointer, most: int, needed: bool = False) -> str:
        """The text there, empty where there is none and none is needed."""
        missing = object()
        found = self.at(pointer, missing)
        if found is missing:
            if needed:
                self.fail(pointer, MISSING, name=_name(pointer))
            return ""
        return self._text(pointer, found, most, pointer[-1] in ("title", "label"))

    def lines(self, pointer: Pointer, most: int, longest: int) -> list[str]:
        """The list of texts there, none where nothing stands there."""
        found = self.at(pointer, [])
        if not isinstance(found, list):
            self.fail(pointer, NOT_LIST, name=_name(pointer))
        if len(found) > most:
            self.fail(pointer, MANY, name=_name(pointer), most=most)
        return [self._text((*pointer, at), one, longest, True) for at, one in enumerate(found)]

    def number(self, pointer: Pointer, low: int, high: int, needed: bool = False) -> None:
        """A number from `low` to `high` stands there, or nothing."""
        found = self.at(pointer)
        if found is None and not needed and _name(pointer) not in self.mapping(pointer[:-1]):
            return
        if isinstance(found, bool) or not isinstance(found, int | float) or not low <= found <= high:
            self.fail(pointer, NOT_NUMBER, name=_name(pointer), low=low, high=high)

    def _text(self, pointer: Pointer, found: Any, most: int, filled: bool) -> str:
        name = _name(pointer)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            self.fail(pointer, NOT_TEXT, name=name)
        text = str(found)
        if filled and not text.strip():
            self.fail(pointer, MISSING, name=name)
        if len(text) > most:
            self.fail(pointer, LONG, name=name, most=most)
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs") for letter in text):
            self.fail(pointer, CONTROL, name=name)
        return text


def is_own_id(name: str) -> bool:
    """Whether a section or field may be called so by a city: no later catalogue will."""
    return _OWN_ID.match(name) is not None


def _name(pointer: Pointer) -> str:
    """The last key of a pointer; of a list's item that of the list."""
    return next((str(step) for step in reversed(pointer) if isinstance(step, str)), "")
