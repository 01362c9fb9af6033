"""One round of everything that reads a code: its text, its parts, what was sealed in it, and a picture of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from models.core.errors import Invalid
from models.papers import frames, qr, sealed
from models.rules.forms import packing
from tests.papers.sheets import FORM_IDS, catalogue

PLANS = [packing.plan(catalogue().forms[form]) for form in FORM_IDS]


def one(data: bytes) -> None:
    """Give `data` to the reader that its first byte names; only a refusal that readers promise is swallowed."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


def _text(data: bytes) -> None:
    reading = qr.read(data.decode("utf-8", "surrogateescape"))
    if reading.kind == "sealed":
        _codes(reading.sealed)


def _code(data: bytes) -> None:
    """Base32 that is well-formed comes further than letters by chance."""
    shares = [data[start : start + 300] for start in range(0, len(data), 300)]
    _codes("".join(sealed.PREFIX + base64.b32encode(share).decode().rstrip("=") for share in shares[:8]))


def _codes(text: str) -> None:
    try:
        pieces = sealed.pieces(text)
        if not sealed.missing(pieces):
            sealed.joined(pieces)
    except ValueError:
        return


def _packed(data: bytes) -> None:
    try:
        found = sealed.contents(data)
    except ValueError:
        return
    for form in found.forms:
        _answers(form.answers)


def _unpacked(data: bytes) -> None:
    """What a sealed form may hold, without its deflate."""
    try:
        answers = json.loads(data.decode())
    except (ValueError, RecursionError):
        return
    _answers(answers)


def _answers(answers: object) -> None:
    for plan in PLANS:
        try:
            packing.unpacked(plan, answers)
        except ValueError:
            continue


def _picture(data: bytes) -> None:
    try:
        frames.code_in(data)
    except Invalid:
        return


READERS: tuple[Callable[[bytes], None], ...] = (_text, _code, _packed, _unpacked, _picture)
