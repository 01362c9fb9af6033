"""Records the pieces of the hall's voice into models/papers/voice.zip: `python -m tests.recording`.

Needs what the product does not: `pip install pyopenjtalk-plus soundfile` (Open JTalk with the voice "Mei", CC BY 3.0)
and `flite` with its voice slt on the PATH. Every Japanese piece is checked against the reading that it must have.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy
import pyopenjtalk
import soundfile

from models.papers.voice import COUNTERS, RECORDED
from models.rules.announcements import AS_ONE, DIGITS, DIGITS_EN, LETTERS, in_japanese

RATE = 24_000
SPEED = 0.9
LOUDNESS = 0.12
"""Root mean square of the loud parts, of 1."""
QUIET = 0.004
SHORT, PAUSE, END = 0.06, 0.22, 0.45
"""Seconds of silence behind a piece: within a phrase, behind a comma, behind a sentence."""
COMPRESSION = 0.85
"""Of the encoder: 32 kbit/s."""
Sound = numpy.ndarray


def main() -> None:
    """Record everything anew."""
    with ZipFile(RECORDED, "w", ZIP_STORED) as file:
        for name, sound, after in (*japanese(), *english()):
            file.writestr(ZipInfo(f"{name}.mp3"), compressed(sound, after))
    print(f"{RECORDED}: {RECORDED.stat().st_size:,} bytes")  # noqa: T201


def japanese() -> Iterator[tuple[str, Sound, float]]:
    """Every piece with the reading that it must have."""
    yield "ja/slip", spoken("番号札、", "バンゴーサツ"), PAUSE
    yield "ja/booked", spoken("ご予約の、", "ゴヨヤクノ"), PAUSE
    yield "ja/again", spoken("くり返します。", "クリカエシマス"), END
    for letter, kana in LETTERS.items():
        yield f"ja/letter-{letter}", spoken(f"{kana}の", f"{kana}ノ"), SHORT
    for value in range(AS_ONE + 1):
        reading = f"{katakana(in_japanese(str(value)))}バンノカタ"
        yield f"ja/number-{value}", spoken(f"{value}番のかた、", reading), PAUSE
    for value, kana in enumerate(DIGITS):
        yield f"ja/digit-{value}", spoken(f"{katakana(kana)}、", katakana(kana)), SHORT
    for counter in COUNTERS:
        reading = katakana(in_japanese(counter))
        yield (
            f"ja/call-{counter}",
            spoken(f"{counter}番窓口へ、お越しください。", f"{reading}バンマドグチエオコシクダサイ"),
            END,
        )
        deliver = f"{reading}バンノウケワタシマドグチエオコシクダサイ"
        yield f"ja/deliver-{counter}", spoken(f"{counter}番の受け渡し窓口へ、お越しください。", deliver), END


def english() -> Iterator[tuple[str, Sound, float]]:
    """The same in English; numbers as words, so that none is spelled."""
    yield "en/slip", by_flite("Ticket number"), SHORT
    for letter in LETTERS:
        yield f"en/letter-{letter}", by_flite("eh" if letter == "A" else letter), SHORT
    for value in range(AS_ONE + 1):
        yield f"en/number-{value}", by_flite(f"{value}"), PAUSE
    for value, word in enumerate(DIGITS_EN):
        yield f"en/digit-{value}", by_flite(word), SHORT
    for counter in COUNTERS:
        yield f"en/call-{counter}", by_flite(f"please come to counter {counter}."), END


def spoken(text: str, reading: str) -> Sound:
    """A Japanese piece; AssertionError if it would be read otherwise than meant."""
    found = pyopenjtalk.g2p(text, kana=True)
    assert plain(found) == plain(reading), f"{text}: {found}, not {reading}"
    sound, rate = pyopenjtalk.tts(text, speed=SPEED)
    return level(resampled(sound / 32_768, rate))


def by_flite(text: str) -> Sound:
    """An English piece."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "piece.wav"
        slower = f"duration_stretch={1 / SPEED:.2f}"
        subprocess.run(["flite", "-voice", "slt", "--setf", slower, "-t", text, str(path)], check=True)
        sound, rate = soundfile.read(path)
    return level(resampled(sound, rate))


def resampled(sound: Sound, rate: int) -> Sound:
    """At the rate of the recording; what the new rate cannot carry is taken out first."""
    spectrum = numpy.fft.rfft(sound)
    count = round(len(sound) * RATE / rate)
    kept = spectrum[: count // 2 + 1]
    padded = numpy.pad(kept, (0, max(0, count // 2 + 1 - len(kept))))
    return numpy.fft.irfft(padded, count) * (count / len(sound))


def level(sound: Sound) -> Sound:
    """Without silence around it, as loud as the others, no sample cut."""
    loud = numpy.flatnonzero(numpy.abs(sound) > QUIET)
    kept = sound[max(0, loud[0] - RATE // 50) : loud[-1] + RATE // 25]
    speech = kept[numpy.abs(kept) > numpy.abs(kept).max() * 0.1]
    louder = kept * (LOUDNESS / numpy.sqrt((speech**2).mean()))
    return louder * min(1.0, 0.9 / numpy.abs(louder).max())


def compressed(sound: Sound, after: float) -> bytes:
    """As MP3 of a constant rate, so that pieces can stand behind one another."""
    written = io.BytesIO()
    padded = numpy.concatenate([sound, numpy.zeros(int(after * RATE))])
    soundfile.write(
        written, padded, RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=COMPRESSION
    )
    return written.getvalue()


def katakana(text: str) -> str:
    """Hiragana as katakana."""
    return "".join(chr(ord(one) + 0x60) if "ぁ" <= one <= "ゖ" else one for one in text)


def plain(reading: str) -> str:
    """A reading without what only guides the voice."""
    for long, short in (("ュウ", "ュー"), ("スィ", "シ"), ("、", ""), ("。", ""), ("’", ""), ("ヂ", "ジ")):
        reading = reading.replace(long, short)
    return reading


if __name__ == "__main__":
    main()
