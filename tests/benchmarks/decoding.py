"""QR codes read by three other programs from frames that are turned, blurred, dim, damaged, small or inverted.

zxing-cpp is always there; OpenCV and zbar take part where they are installed (`pip install --target FOLDER --no-deps
opencv-python-headless pyzbar`, `PYTHONPATH=FOLDER`, and the system's libzbar). Frames are drawn, not photographed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from importlib import import_module
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from models.core import sealing, unsealing
from models.core.tokens import new_token
from models.papers import qr, sealed
from models.rules.forms import packing
from tests.papers.sheets import HARD, PLAIN, answers, catalogue

ROUNDS = 20
FRAME = 720
FILL = 0.8
"""How much of the frame's height the code takes."""

Frame = Image.Image
Change = Callable[[Frame, random.Random], Frame]


def turned(degrees: float) -> Change:
    """The code held at an angle."""
    return lambda frame, _: frame.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=200)


def blurred(radius: float) -> Change:
    """Out of focus by so many pixels."""
    return lambda frame, _: frame.filter(ImageFilter.GaussianBlur(radius))


def dim(share: float) -> Change:
    """A dark screen with a noisy sensor."""

    def made(frame: Frame, source: random.Random) -> Frame:
        dark = ImageEnhance.Brightness(frame).enhance(share)
        noise = Image.frombytes("L", frame.size, source.randbytes(frame.size[0] * frame.size[1]))
        return Image.blend(dark, noise, 0.08)

    return made


def damaged(share: float) -> Change:
    """Blots over so much of the code, away from its corners."""

    def made(frame: Frame, source: random.Random) -> Frame:
        spoilt, side = frame.copy(), int(frame.size[1] * FILL)
        pen, edge = ImageDraw.Draw(spoilt), max(4, int(side * (share / 6) ** 0.5))
        left, top = (frame.size[0] - side) // 2, (frame.size[1] - side) // 2
        for _ in range(6):
            x = left + int(side * 0.35) + source.randrange(int(side * 0.6) - edge)
            y = top + int(side * 0.35) + source.randrange(int(side * 0.6) - edge)
            pen.rectangle((x, y, x + edge, y + edge), fill=source.choice((0, 255)))
        return spoilt

    return made


def photographed(height: int, degrees: float, radius: float, fill: float) -> Change:
    """A cheap camera: turned, seen from the side, blurred, noisy, few pixels, JPEG."""

    def made(frame: Frame, source: random.Random) -> Frame:
        small = frame.resize((int(height * 4 / 3), height), Image.Resampling.LANCZOS)
        width, tall = small.size
        shift = [source.uniform(0, 0.06) * height for _ in range(8)]
        right, low = width, tall
        corners = (
            *(shift[0], shift[1], shift[2], low - shift[3]),
            *(right - shift[4], low - shift[5], right - shift[6], shift[7]),
        )
        margin = (1 - fill / FILL) / 2
        aside = small.resize((int(width * (1 - 2 * margin)), int(tall * (1 - 2 * margin))))
        ground = Image.new("L", small.size, 190)
        ground.paste(aside, (int(width * margin), int(tall * margin)))
        seen = ground.transform(small.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
        seen = seen.rotate(source.choice((-1, 1)) * degrees, Image.Resampling.BICUBIC, fillcolor=190)
        seen = dim(0.75)(seen.filter(ImageFilter.GaussianBlur(radius)), source)
        kept = BytesIO()
        seen.save(kept, "JPEG", quality=60)
        return Image.open(BytesIO(kept.getvalue())).convert("L")

    return made


CHANGES: Mapping[str, Change] = {
    "as it is": lambda frame, _: frame,
    "turned 5": turned(5),
    "turned 30": turned(30),
    "turned 90": turned(90),
    "blurred 1": blurred(1),
    "blurred 2": blurred(2),
    "dim 30 %": dim(0.3),
    "dim 15 %": dim(0.15),
    "damaged 2 %": damaged(0.02),
    "damaged 5 %": damaged(0.05),
    "dark mode": lambda frame, _: ImageOps.invert(frame),
    "camera 480, typical": photographed(480, 8, 0.8, 0.75),
    "camera 480, bad": photographed(480, 15, 1.3, 0.6),
    "camera 720, bad": photographed(720, 15, 1.3, 0.6),
}


def main() -> None:
    """Print one table a program."""
    codes = texts()
    for name, read in readers().items():
        print(f"\n{name:22}" + "".join(f"{title:>16}" for title in codes))
        for change, made in CHANGES.items():
            found = [share(one, made, read) for one in codes.values()]
            print(f"{change:22}" + "".join(f"{one:>13}/{ROUNDS}" for one in found))


def texts() -> dict[str, Callable[[int], str]]:
    """Fresh codes of each kind by their version."""
    private = unsealing.private_key(b"b" * 32, "honcho")
    public = unsealing.public_key(private)

    def envelope(form: str, people: Any, rows: int) -> str:
        known = catalogue().forms[form]
        part = packing.packed(packing.plan(known), answers(form, people, rows))
        content = sealed.content(
            sealed.Contents("K7FX29MB", (sealed.PackedForm(form, packing.mark(known), part),))
        )
        whole = sealed.envelope(sealing.mark_of(public), sealing.sealed_to(public, content, b"about"))
        return sealed.texts(whole)[0]

    kinds: dict[str, Callable[[int], str]] = {
        "M1": lambda _: qr.reference_text(new_token()),
        "M2 plain": lambda _: envelope("F01", PLAIN, 1),
        "M2 hard": lambda _: envelope("F01", HARD, 5),
        "M2 hardest": lambda _: envelope("F02", HARD, 8),
    }
    return {f"{name} v{(len(qr.modules(made(0))) - 17) // 4}": made for name, made in kinds.items()}


def share(text: Callable[[int], str], change: Change, read: Callable[[Frame], str]) -> int:
    """Of so many rounds, how often exactly the text came back."""
    source = random.Random(7)
    return sum(_read_back(text(number), change, read, source) for number in range(ROUNDS))


def _read_back(text: str, change: Change, read: Callable[[Frame], str], source: random.Random) -> bool:
    return read(change(frame_of(text), source)) == text


def frame_of(text: str) -> Frame:
    """The code in the middle of a light frame of 4:3."""
    code = Image.open(BytesIO(qr.png(text, scale=8))).convert("L")
    side = int(FRAME * FILL)
    frame = Image.new("L", (FRAME * 4 // 3, FRAME), 200)
    frame.paste(
        code.resize((side, side), Image.Resampling.BOX), ((frame.width - side) // 2, (FRAME - side) // 2)
    )
    return frame


def readers() -> dict[str, Callable[[Frame], str]]:
    """The programs that are here."""
    found: dict[str, Callable[[Frame], str]] = {"zxing-cpp": _zxing}
    for name, module, made in (("OpenCV", "cv2", _opencv), ("zbar", "pyzbar.pyzbar", _zbar)):
        try:
            found[name] = made(import_module(module))
        except ImportError:
            print(f"{name} is not installed and does not take part")
    return found


def _zxing(frame: Frame) -> str:
    found = zxingcpp.read_barcodes(frame)
    return found[0].text if found else ""


def _opencv(module: Any) -> Callable[[Frame], str]:
    numpy, detector = import_module("numpy"), module.QRCodeDetector()
    return lambda frame: str(detector.detectAndDecode(numpy.array(frame))[0])


def _zbar(module: Any) -> Callable[[Frame], str]:
    def read(frame: Frame) -> str:
        found = module.decode(frame, symbols=[module.ZBarSymbol.QRCODE])
        return found[0].data.decode() if found else ""

    return read


if __name__ == "__main__":
    main()
