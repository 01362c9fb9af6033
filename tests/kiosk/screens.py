"""A kiosk's screens without a browser: presses what a screen offers, types what it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """One form of a screen: where it leads, what it carries, what can be typed, what its key says."""

    action: str
    carried: Pairs = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    offered: Pairs = field(default_factory=list)
    says: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.title = ""
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag in ("h1", "button"):
            self._inside.append(tag)
        if tag == "form" and "data-screen" in about:
            self.forms.append(Form(about["action"]))
        if tag == "input" and self.forms and "name" in about:
            form, pair = self.forms[-1], (about["name"], about.get("value", ""))
            if about.get("type") == "hidden":
                form.carried.append(pair)
            elif about.get("type") in ("radio", "checkbox"):
                form.offered.append(pair)
                if "checked" in about:
                    form.carried.append(pair)
            else:
                form.typed.append(about["name"])

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside[-1:] == ["h1"]:
            self.title += data
        elif self._inside[-1:] == ["button"] and self.forms:
            self.forms[-1].says += data.strip()


class Screens:
    """A kiosk that shows one screen after another; `said` is the whole screen, `title` its question."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self.said = self.title = ""
        self.status = 0
        self.forms: list[Form] = []

    def open(self, address: str) -> Screens:
        answer = self._client.get(address, headers=self._headers)
        return self._shown(answer.status_code, answer.text)

    def press(self, words: str) -> Screens:
        """Press the first key that says these words."""
        return self.send(next(form for form in self.forms if words in form.says))

    def choose(self, place: int = 0) -> Screens:
        """Press the choice at this place."""
        return self.send([form for form in self.forms if form.says][place])

    def type(self, *texts: str, **picked: str) -> Screens:
        """Type into the boxes, in their order, and go on; `picked` ticks by the end of a box's name."""
        form = next(form for form in self.forms if form.typed)
        pairs = list(zip(form.typed, texts, strict=True))
        radios = {name for name, _ in form.offered if name.rpartition(".")[2] in picked}
        form.carried = [pair for pair in form.carried if pair[0] not in radios]
        return self.send(form, pairs + [(name, picked[name.rpartition(".")[2]]) for name in radios])

    def tick(self, *values: str) -> Screens:
        """Tick these and decide."""
        form = next(form for form in self.forms if form.offered)
        return self.send(form, [pair for pair in form.offered if pair[1] in values])

    def send(self, form: Form, more: Pairs | None = None) -> Screens:
        """Send a form as it stands, with more."""
        data = MultiDict([*form.carried, *(more or [])])
        answer = self._client.post(form.action, data=data, headers=self._headers)
        return self._shown(answer.status_code, answer.text)

    def _shown(self, status: int, text: str) -> Screens:
        reader = _Reader()
        reader.feed(text)
        self.status, self.said, self.title, self.forms = status, text, reader.title.strip(), reader.forms
        return self
