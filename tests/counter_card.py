"""窓口の早見表: the clerk's laminated page as PDF and as a picture: `python -m tests.counter_card` (make card)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import yaml
from PIL import Image

from models.papers.typesetting import typeset_source

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "docs" / "ja"
PDF = SOURCE / "counter-card.pdf"
PICTURE = ROOT / "docs" / "pictures" / "counter-card.png"
MADE_AT = 1_790_812_800
"""1 October 2026: nobody's clock changes the page."""
SCALE = 1.5


def words() -> dict[str, Any]:
    """What stands on the page."""
    return dict(yaml.safe_load((SOURCE / "counter-card.yaml").read_text(encoding="utf-8")))


def drawn() -> bytes:
    """The page as its source makes it."""
    return typeset_source((SOURCE / "counter-card.typ").read_bytes(), words(), MADE_AT)


def picture(pdf: bytes, scale: float = SCALE) -> Image.Image:
    """The first page as a picture of few colours."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=scale).to_pil().convert("RGB").quantize(64)


def main() -> None:
    """Write both anew."""
    PDF.write_bytes(drawn())
    file = BytesIO()
    picture(PDF.read_bytes()).save(file, "PNG", optimize=True)
    PICTURE.write_bytes(file.getvalue())


if __name__ == "__main__":
    main()
