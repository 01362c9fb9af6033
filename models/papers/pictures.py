"""A PDF's pages as pictures for a screen."""

from __future__ import annotations

from io import BytesIO

import pypdfium2

from models.papers.verification import PDFIUM

DOTS = 110
"""Per inch: letters of 8 points can be read on a screen."""


def pictures(pdf: bytes, dots: int = DOTS) -> list[bytes]:
    """Every page as a PNG in shades of grey."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_picture(page, dots / 72) for page in document]
        finally:
            document.close()


def _picture(page: pypdfium2.PdfPage, scale: float) -> bytes:
    target = BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().quantize(16).save(target, "PNG", optimize=False)
    return target.getvalue()
