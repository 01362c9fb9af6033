"""Filling whole forms page by page, as somebody at home does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.catalogue.definitions import Form
from models.core.settings import Settings
from models.operations.applications import token_for
from models.queries import applications, catalogue
from models.rules.forms.boxes import from_fields
from models.rules.forms.steps import steps
from tests.conftest import inside
from tests.web.resident.phone import Phone, Sent

DAY = date(2026, 11, 24)
FORWARD = ("この人で最後です", "1人だけです", "次へ進む")


def form_of(settings: Settings, form: str) -> Form:
    with inside(settings):
        return catalogue.current().forms[form]


def typed(form: Form, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a person types into every box of a form to give these answers."""
    boxes: dict[str, list[str]] = {}
    for step in steps(form, fields, DAY):
        boxes.update(from_fields(step, fields))
    return boxes


def forward(phone: Phone) -> str:
    """The words of the button that goes on."""
    shown = [one.shown for one in phone.page.all("button")]
    return next(word for word in FORWARD if any(word in text for text in shown))


def fill_page(phone: Phone, boxes: Sent, wish: str = "") -> Phone:
    """Write on this page whatever of `boxes` it asks, and press the button with `wish` (or the one that goes on)."""
    word = wish or forward(phone)
    button = phone.named("button", word)
    here = {box: value for box, value in boxes.items() if box in phone.names(button)}
    return phone.press(word, here)


def write(phone: Phone, mine: str, form: Form, fields: Mapping[str, Any]) -> Phone:
    """Write a whole form from its first page to できました."""
    boxes = typed(form, fields)
    people = {section.list_key: len(fields.get(section.list_key) or ()) for section in form.asked_sections}
    phone.open(f"{mine}/forms/{form.id}")
    for _ in range(60):
        if phone.address.endswith("/check"):
            break
        wish = "もう1人書く" if _more(phone, people) else ""
        fill_page(phone, boxes, wish)
        assert phone.status == 200, (phone.address, phone.text)
    return phone.press("この内容でできあがりにする")


def kept(settings: Settings, mine: str, form: str) -> dict[str, Any]:
    """What is stored of a form."""
    with inside(settings):
        token = mine.rsplit("/", 1)[1]
        return applications.fields_of(applications.by_token(token_for(token, form)))


def _more(phone: Phone, people: Mapping[str, int]) -> bool:
    """Whether this is the last page of a person who is not the last one."""
    step = phone.address.rsplit("/", 1)[1].partition("?")[0]
    if not any("もう1人書く" in one.shown for one in phone.page.all("button")):
        return False
    key, _, rest = step.partition("-")
    row = rest.split("-")[0]
    return row.isdigit() and int(row) + 1 < people.get(key, 0)
