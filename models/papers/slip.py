"""番号札・予約の控え: the slip that leaves a terminal, as PDF for any printer and as dots for a receipt printer.

A slip never shows a name, an address or what exactly somebody came for; `SlipData` has no place for them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

import pypdfium2
import typst
from PIL import Image

from models.core.errors import DomainError
from models.core.messages import _n
from models.papers import qr
from models.papers.typesetting import typeset
from models.rules.wareki import to_wareki

KINDS = ("ticket", "booking")
DOTS_PER_MM = 8
"""203 dpi, the usual thermal head."""
SCALE = DOTS_PER_MM * 25.4 / 72 * 0.99999
"""Dots a point; a hair less, so that rounding never gives the picture one column more."""
Roll = Literal["58", "80"]
Paper = Literal["58", "80", "A6"]
PAPERS: Mapping[Paper, tuple[float, float | None, float]] = {
    "58": (58, None, 48),
    "80": (80, None, 72),
    "A6": (105, 148, 89),
}
"""Width and height of the sheet (None: as long as it needs) and the width that is printed on, in mm."""
LONGEST, LONGEST_QR, MOST_ROWS, MOST_NOTES, LONGEST_HEADLINE = 400, 300, 8, 8, 24
HALF = 128
MODULE_DOTS: Mapping[Paper, int] = {"58": 7, "80": 8, "A6": 6}
QR_ROOM = 300
"""How many dots a QR code may take; a larger code gets smaller modules."""


class NotASlip(DomainError):
    """The data is not a slip's, or cannot be drawn; nothing was printed."""

    status = 422
    kind = "not-a-slip"
    default = _n("この番号札は印刷できません。画面の番号をお使いください。")


@dataclass(frozen=True)
class Both:
    """The same words in Japanese and in the visitor's own language (empty where that is Japanese)."""

    ja: str
    own: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the slip: what it is and how much, when or where."""

    label: Both
    value: Both


@dataclass(frozen=True)
class SlipData:
    """Everything that a slip shows and nothing else.

    `headline` is the ticket's number, or a booking's reference; `at` is when it was given out, in the office's zone;
    `qr` is the text of the code: the phone's address of a ticket, `M1…` of a booking.
    """

    kind: str
    language: str
    office: Both
    title: Both
    headline_label: Both
    headline: str
    at: datetime
    rows: tuple[Row, ...]
    notes: tuple[Both, ...]
    qr: str
    qr_words: Both

    def as_json(self) -> dict[str, Any]:
        """The slip as a terminal's page hands it to the agent."""
        return {**asdict(self), "at": self.at.isoformat(timespec="minutes")}


def read(sent: Any) -> SlipData:
    """The slip that `as_json` gave, also after a page has filled in number, instant and code; `NotASlip` otherwise."""
    try:
        slip = SlipData(
            kind=_text(sent["kind"], 12),
            language=_text(sent["language"], 12),
            office=_both(sent["office"]),
            title=_both(sent["title"]),
            headline_label=_both(sent["headline_label"]),
            headline=_text(sent["headline"], LONGEST_HEADLINE),
            at=datetime.fromisoformat(_text(sent["at"], 40)),
            rows=tuple(
                Row(_both(one["label"]), _both(one["value"])) for one in _few(sent["rows"], MOST_ROWS)
            ),
            notes=tuple(_both(one) for one in _few(sent["notes"], MOST_NOTES)),
            qr=_text(sent["qr"], LONGEST_QR),
            qr_words=_both(sent["qr_words"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise NotASlip from problem
    if slip.kind not in KINDS or not slip.headline or slip.at.tzinfo is None:
        raise NotASlip
    return slip


def pdf(slip: SlipData, paper: Paper) -> bytes:
    """The slip for a system printer: a roll of 58 or 80 mm, or an A6 sheet. The same slip gives the same bytes.

    Where a letter of the visitor's language cannot be drawn, the whole slip is in Japanese alone.
    """
    width, height, printed = PAPERS[paper]
    rows = qr.modules(slip.qr) if slip.qr else []
    across = len(rows) + 2 * qr.QUIET
    dots = min(MODULE_DOTS[paper], QR_ROOM // across)
    drawn = {
        **slip.as_json(),
        "tag": slip.language.partition("-")[0],
        "at": _moment(slip.at),
        "width": width,
        "height": height,
        "margin": (width - printed) / 2,
        "code": qr.svg(slip.qr) if rows else "",
        "code_mm": dots * across / DOTS_PER_MM,
    }
    try:
        return typeset("slip.typ", drawn, int(slip.at.timestamp()))
    except typst.TypstError as problem:
        if slip == (alone := in_japanese_alone(slip)):
            raise NotASlip from problem
        return pdf(alone, paper)


def in_japanese_alone(slip: SlipData) -> SlipData:
    """The same slip without the words in the visitor's own language."""
    return replace(
        slip,
        office=Both(slip.office.ja),
        title=Both(slip.title.ja),
        headline_label=Both(slip.headline_label.ja),
        rows=tuple(Row(Both(one.label.ja), Both(one.value.ja)) for one in slip.rows),
        notes=tuple(Both(one.ja) for one in slip.notes),
        qr_words=Both(slip.qr_words.ja),
    )


def dots(slip: SlipData, paper: Roll) -> Image.Image:
    """The slip as black and white dots, 384 or 576 wide (48 or 72 mm at 203 dpi), for a receipt printer."""
    _, _, printed = PAPERS[paper]
    with pypdfium2.PdfDocument(pdf(slip, paper)) as document:
        page: Image.Image = document[0].render(scale=SCALE, grayscale=True).to_pil()
    wide = round(printed * DOTS_PER_MM)
    left = (page.width - wide) // 2
    inked = page.crop((left, 0, left + wide, page.height))
    return inked.point(lambda light: 255 if light >= HALF else 0).convert("1", dither=Image.Dither.NONE)


def png(picture: Image.Image) -> bytes:
    """The dots as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(203.2, 203.2))
    return file.getvalue()


def _moment(at: datetime) -> str:
    """Both calendars: people carry it home."""
    era = to_wareki(at.date(), weekday=True)
    year, _, day = era.partition("年")
    return f"{at.year}年（{year}年） {day} {at.hour}:{at:%M}\u3000発行"


def _both(sent: Any) -> Both:
    return Both(_text(sent["ja"], LONGEST), _text(sent.get("own", ""), LONGEST))


def _few(sent: Any, most: int) -> list[Any]:
    if not isinstance(sent, list | tuple) or len(sent) > most:
        raise ValueError("not a short list")
    return list(sent)


def _text(sent: Any, longest: int) -> str:
    if not isinstance(sent, str) or len(sent) > longest:
        raise ValueError("not a short text")
    return sent
