"""A camera that shows a film: somebody holds a QR code on a phone before it, not straight and not still."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter

from models.papers import qr

WIDTH, HEIGHT = 640, 480
EMPTY, HELD = 6, 14
"""Frames without and with the code, five a second; Chromium shows them again and again."""
HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420jpeg\n".encode()
GREY = bytes([128]) * (WIDTH * HEIGHT // 2)


def showing(film: Path) -> tuple[str, ...]:
    """What Chromium is started with to have this film as its camera, allowed without asking."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def filmed(text: str, film: Path) -> Path:
    """The film, as Y4M."""
    source = random.Random(5)
    pictures = [_picture(text if number >= EMPTY else "", source) for number in range(EMPTY + HELD)]
    film.write_bytes(HEAD + b"".join(b"FRAME\n" + one.tobytes() + GREY for one in pictures))
    return film


def frame(text: str) -> bytes:
    """One picture of the film as JPEG; without a code where `text` is empty."""
    kept = BytesIO()
    _picture(text, random.Random(5)).save(kept, "JPEG")
    return kept.getvalue()


def _picture(text: str, source: random.Random) -> Image.Image:
    seen = Image.new("L", (WIDTH, HEIGHT), 120)
    if text:
        code = Image.open(BytesIO(qr.png(text, 6))).convert("L").resize((300, 300))
        held = code.rotate(source.uniform(-12, 12), expand=True, fillcolor=120)
        seen.paste(held, (130 + source.randrange(40), 60 + source.randrange(30)))
    return seen.filter(ImageFilter.GaussianBlur(0.8))
