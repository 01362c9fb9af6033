"""A phone without scripts: follows links, fills forms, presses buttons, and sends exactly what a browser would send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Sent = Mapping[str, str | list[str] | None]
VOID = {"input", "br", "img", "meta", "link", "hr"}


@dataclass
class Element:
    """One element with its text, all descendants' included."""

    tag: str
    attributes: dict[str, str]
    parents: list[Element] = field(default_factory=list, repr=False)
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def shown(self) -> str:
        return told(self.text)


def told(text: str) -> str:
    """Text as it is read: white space run together, the full-width space kept."""
    return re.sub("[ \t\r\n]+", " ", text).strip()


class Page(HTMLParser):
    """Every element of a page in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, list(self.open))
        self.elements.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop().tag != tag:
            continue

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]


class Phone:
    """One visitor's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.presses = 0
        self.address = "/"
        self.answer: TestResponse
        self.open("/")

    def open(self, address: str) -> Phone:
        """Type an address."""
        return self._shown(self.client.get(urljoin(self.address, address)), urljoin(self.address, address))

    def link(self, text: str) -> Phone:
        """Press the first link that shows this text."""
        self.presses += 1
        return self.open(self.named("a", text).get("href"))

    def press(self, text: str, sent: Sent | None = None) -> Phone:
        """Fill the form around a button with `sent` (None leaves a box out) and press the button."""
        self.presses += 1
        return self.submit(self.named("button", text), sent)

    def submit(self, button: Element, sent: Sent | None = None) -> Phone:
        """Press this button."""
        pairs = self.boxes(button)
        for name, value in (sent or {}).items():
            assert name in self.names(button), f"there is no box {name}: {sorted(self.names(button))}"
            pairs = [pair for pair in pairs if pair[0] != name]
            values = value if isinstance(value, list) else [] if value is None else [value]
            pairs += [(name, one) for one in values]
        if button.get("name"):
            pairs.append((button.get("name"), button.get("value")))
        form = self._form(button)
        target = urljoin(self.address, button.get("formaction") or form.get("action") or self.address)
        if form.get("method").lower() == "post":
            return self._shown(self.client.post(target, data=_grouped(pairs)), target)
        return self.open(f"{urlsplit(target).path}?{urlencode(pairs)}")

    def boxes(self, button: Element) -> list[tuple[str, str]]:
        """What the form around a button would send now."""
        form = self._form(button)
        found: list[tuple[str, str]] = []
        for element in self.page.elements:
            if element.tag in ("input", "select", "textarea") and self._form(element) is form:
                found += self._values(element)
        return found

    def names(self, button: Element) -> set[str]:
        """The names of all boxes of the form around a button."""
        form = self._form(button)
        return {one.get("name") for one in self.page.elements if one.get("name") and self._form(one) is form}

    def value(self, name: str) -> str:
        """What stands in a box."""
        for element in self.page.elements:
            if element.get("name") == name and element.tag in ("input", "select", "textarea"):
                values = self._values(element)
                if values:
                    return values[0][1]
        return ""

    def buttons(self, name: str) -> list[Element]:
        """The buttons that send a box of this name."""
        return [one for one in self.page.all("button") if one.get("name") == name]

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        return told(self.page.all("main")[0].text)

    @property
    def heading(self) -> str:
        return self.page.all("h1")[0].shown

    def _shown(self, answer: TestResponse, address: str) -> Phone:
        while answer.status_code in (301, 302, 303, 307, 308):
            address = urljoin(address, answer.headers["Location"])
            answer = self.client.get(address)
        self.answer, self.address = answer, address
        self.page = Page(answer.get_data(as_text=True))
        return self

    def named(self, tag: str, text: str) -> Element:
        """The first element of this kind that shows this text."""
        for element in self.page.all(tag):
            if text in element.shown and element.get("aria-hidden") != "true":
                return element
        raise AssertionError(f"no {tag} 「{text}」 on {self.address}: {self.text}")

    def _form(self, element: Element) -> Element:
        if element.get("form"):
            return next(one for one in self.page.all("form") if one.get("id") == element.get("form"))
        forms = [parent for parent in element.parents if parent.tag == "form"]
        return forms[-1] if forms else Element("form", {})

    def _values(self, element: Element) -> list[tuple[str, str]]:
        name, kind = element.get("name"), element.get("type")
        if not name:
            return []
        if element.tag == "select":
            options = [one for one in self.page.all("option") if element in one.parents]
            chosen = [one for one in options if "selected" in one.attributes] or options[:1]
            return [(name, one.attributes.get("value", one.shown)) for one in chosen]
        if element.tag == "textarea":
            return [(name, element.text)]
        if kind in ("checkbox", "radio") and "checked" not in element.attributes:
            return []
        return [(name, element.get("value"))]


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped
