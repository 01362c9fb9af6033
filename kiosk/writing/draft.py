"""A form being written at a kiosk: kept in the page's memory and handed on from screen to screen, nowhere else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from models.catalogue.definitions import Form
from models.core.errors import NotFound
from models.core.tokens import is_token, new_token
from models.queries import catalogue
from models.rules.forms.from_card import ITEMS
from models.rules.postal import Town

LONGEST = 48 * 1024
LONGEST_CARD = 2048
ALONE, HELPED = "kiosk", "kiosk_helped"


@dataclass(frozen=True)
class Draft:
    """What for, which form, at which office, what was answered so far; `booking` is the token of the visit it is for.

    `key` makes pressing twice file the form once.
    """

    procedure: str
    form: str
    office: str
    helped: bool = False
    booking: str = field(default="", repr=False)
    key: str = ""
    fields: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def channel(self) -> str:
        """Who typed: the resident, or hall staff for the resident."""
        return HELPED if self.helped else ALONE

    def text(self) -> str:
        """As one hidden box carries it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def definition(self) -> Form:
        """The form as it is offered now; `NotFound` for one that is written by hand or not there."""
        found = catalogue.current().forms.get(self.form)
        if found is None or found.paper_only:
            raise NotFound
        return found


def read(text: str) -> Draft:
    """The draft that a screen carried; `NotFound` for any other text."""
    if len(text) > LONGEST:
        raise NotFound
    try:
        found = json.loads(text)
        draft = Draft(**found)
    except (ValueError, TypeError, RecursionError) as problem:
        raise NotFound from problem
    texts = (draft.procedure, draft.form, draft.office, draft.booking, draft.key)
    if not all(isinstance(one, str) for one in texts) or not isinstance(draft.fields, dict):
        raise NotFound
    return draft


def begun(procedure: str, form: str, office: str, helped: bool, booking: str = "") -> Draft:
    """A new draft with a key of its own."""
    return Draft(procedure, form, office, helped, booking if is_token(booking) else "", new_token())


def card_of(text: str) -> dict[str, str]:
    """What the reader beside the page told, as the page carried it; empty for any other text."""
    try:
        found = json.loads(text) if 0 < len(text) <= LONGEST_CARD else {}
    except (ValueError, RecursionError):
        return {}
    told = found if isinstance(found, dict) else {}
    return {name: str(told[name]) for name in ITEMS if isinstance(told.get(name), str)}


def card_text(card: dict[str, str]) -> str:
    """As one hidden box carries it."""
    return json.dumps(card, ensure_ascii=False)


def filled(boxes: dict[str, list[str]], name: str, town: Town) -> dict[str, list[str]]:
    """The boxes of an address with what a postal code told."""
    parts = {"pref": town.pref, "city": town.city, "town": town.town, "block": town.block}
    return {**boxes, **{f"{name}.{part}": [text] for part, text in parts.items() if text}}
