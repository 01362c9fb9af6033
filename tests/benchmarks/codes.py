"""Codes: sealing and opening a form, making its QR code as SVG and PNG, and reading it from a frame of 480 lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from statistics import median, quantiles
from typing import Any

from models.catalogue.definitions import Form
from models.core import sealing, unsealing
from models.core.tokens import new_token
from models.papers import frames, qr, sealed
from models.rules.forms import packing
from tests.benchmarks.decoding import frame_of
from tests.papers.people import filled
from tests.papers.sheets import catalogue

ROUNDS = 200
ABOUT = sealed.about("221309", "honcho")
ONE, EIGHT = ("F01", 0), ("F02", 7)
"""A form and the number of its household: one person, and eight who move."""


def main() -> None:
    """Print the table: milliseconds of processor time of one thread."""
    print(f"{'':44}{'p50 ms':>9}{'p99 ms':>9}")
    private = unsealing.private_key(b"b" * 32, "honcho")
    public = unsealing.public_key(private)
    for what, (form, household) in {"one person": ONE, "eight people": EIGHT}.items():
        known, answers = catalogue().forms[form], filled(form, household)
        seal = partial(_seal, public, known, answers)
        texts = sealed.texts(seal(0))
        line(f"seal a form, {what} ({len(texts)} code)", timed(seal))
        line(f"read its text and open it, {what}", timed(partial(_open, private, texts)))
        line(f"its QR code as SVG, {what}", timed(partial(_drawn, texts)))
        line("that code out of a frame, 640 x 480 JPEG", timed(partial(_seen, _jpeg(texts[0]))))
    text = qr.reference_text(new_token())
    line("QR code of a reference as SVG", timed(partial(_drawn, (text,))))
    line("QR code of a reference as PNG", timed(lambda _: qr.png(text)))
    line("a reference out of a frame, 640 x 480 JPEG", timed(partial(_seen, _jpeg(text))))
    line("what a scanner typed is understood", timed(lambda _: qr.read(text)))


def _seal(public: bytes, form: Form, answers: Mapping[str, Any], _: int) -> bytes:
    part = packing.packed(packing.plan(form), answers)
    held = sealed.PackedForm(form.id, packing.mark(form), part)
    packed = sealed.content(sealed.Contents("K7FX29MB", (held,)))
    return sealed.envelope(sealing.mark_of(public), sealing.sealed_to(public, packed, ABOUT))


def _drawn(texts: tuple[str, ...], _: int) -> list[str]:
    return [qr.svg(one) for one in texts]


def _seen(frame: bytes, _: int) -> str:
    return frames.code_in(frame)


def _open(private: Any, texts: tuple[str, ...], _: int) -> sealed.Contents:
    read = qr.read(" ".join(texts))
    whole = sealed.joined(sealed.pieces(read.sealed))
    return sealed.contents(unsealing.unsealed(private, sealed.inside(whole), ABOUT))


def _jpeg(text: str) -> bytes:
    held = BytesIO()
    frame_of(text).resize((640, 480)).save(held, "JPEG", quality=80)
    return held.getvalue()


def timed(act: Callable[[int], Any]) -> list[float]:
    """Milliseconds of processor time of each round."""
    times = []
    act(0)
    for turn in range(ROUNDS):
        begun = time.thread_time()
        act(turn)
        times.append((time.thread_time() - begun) * 1000)
    return times


def line(what: str, times: list[float]) -> None:
    """One line of the table."""
    print(f"{what:44}{median(times):>9.2f}{quantiles(times, n=100)[98]:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
