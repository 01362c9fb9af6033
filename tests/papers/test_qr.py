"""QR codes: another library reads what we draw, and we read what any scanner gives."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from models.papers import qr
from models.papers.qr import QRReading
from models.rules import references

TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TEXT = "M1" + TOKEN
FOUND = QRReading("reference", token=TOKEN)


def decoded(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return Image.open(io.BytesIO(qr.png(TEXT))).convert("L")


@pytest.mark.parametrize("angle", [0, 7, 45, 90, 180, 270])
def test_another_library_reads_the_code_at_any_angle(picture: Image.Image, angle: int) -> None:
    assert decoded(picture.rotate(angle, expand=True, fillcolor=255)) == [TEXT]


def test_another_library_reads_a_small_and_an_inverted_code(picture: Image.Image) -> None:
    assert decoded(picture.resize((picture.width // 4, picture.height // 4))) == [TEXT]
    assert decoded(ImageOps.invert(picture)) == [TEXT]


def test_the_code_of_a_reference_is_small_and_has_its_quiet_zone(picture: Image.Image) -> None:
    rows = qr.modules(TEXT)
    assert len(rows) == 29
    assert picture.size == ((29 + 8) * 8,) * 2
    border = [picture.getpixel((place, 31)) for place in range(picture.width)]
    assert set(border) == {255}


def test_another_library_reads_a_reference_with_a_blot_on_a_twentieth_of_it(picture: Image.Image) -> None:
    """Q9: paper is folded, and screens are broken."""
    blot, edge = picture.copy(), int(picture.width * 0.05**0.5)
    blot.paste(
        0, (picture.width // 2, picture.width // 2, picture.width // 2 + edge, picture.width // 2 + edge)
    )
    assert decoded(blot) == [TEXT]


def test_any_other_code_is_as_small_as_it_can_be_and_as_strong_as_that_leaves_room_for() -> None:
    assert len(qr.modules("A" * 47)) == len(qr.modules("A" * 20)) + 4 == 25
    levels = {
        bytes(map(int, (row[8] for row in qr.modules("A" * length)[-7:]))) for length in (20, 29, 38, 47)
    }
    assert len(levels) == 3


def test_the_svg_draws_the_same_modules_and_holds_no_style() -> None:
    svg = qr.svg(TEXT, label='予約 <"&')
    rows = qr.modules(TEXT)
    drawn = {
        (int(x) + step - qr.QUIET, int(y) - qr.QUIET)
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg)
        for step in range(int(length))
    }
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert "style" not in svg
    assert 'aria-label="予約 &lt;&quot;&amp;"' in svg
    assert svg.index('fill="#fff"') < svg.index('fill="#000"')


def test_nothing_personal_and_no_address_is_in_the_text() -> None:
    """Q6."""
    assert qr.reference_text(TOKEN) == TEXT
    with pytest.raises(ValueError, match="token"):
        qr.reference_text("前庭　太郎")


@pytest.mark.parametrize(
    "scanned",
    [
        TEXT,
        TEXT.lower(),
        f"{TEXT}\r\n",
        f"\t {TEXT}\t",
        "".join(chr(ord(letter) + 0xFEE0) for letter in TEXT),
        "".join(chr(ord(letter) + 0xFEE0) for letter in TEXT.lower()) + "\r",
        f"{TEXT[:20]} {TEXT[20:]}",
        " ".join(TEXT),
        TEXT + TEXT,
        f"予約のQRコード: {TEXT} （前庭市）",
        f"https://example.jp/q?x={TEXT}",
    ],
)
def test_a_scanner_may_change_width_case_and_surroundings(scanned: str) -> None:
    assert qr.read(scanned) == FOUND


@pytest.mark.parametrize(
    "scanned",
    ["", "   ", "\r\n", TEXT[:-1], TEXT + "A", "M1" + "0" * 32, f"{TEXT}\x1b[31m", f"\u202e{TEXT}", "A" * 7000,
     f"{TEXT} M1{TOKEN[::-1]}", "M2ABC", "\x00",
     f"M1{TOKEN[:-1]}²"],
)  # fmt: skip
def test_cut_doubtful_or_hostile_texts_are_unreadable(scanned: str) -> None:
    assert qr.read(scanned).kind == "unreadable"


@pytest.mark.parametrize(
    "scanned", ["https://example.com/", "4901234567894", "前庭　太郎", "Y1ABC", "WIFI:S:x;;", "\ufdfa" * 4096]
)
def test_somebody_elses_code_is_foreign(scanned: str) -> None:
    assert qr.read(scanned).kind == "foreign"


def test_a_sealed_code_is_known_by_its_head() -> None:
    payload = "ABCDEFG234567" * 12
    assert qr.read(f"m2{payload.lower()}\r") == QRReading("sealed", sealed=f"M2{payload}")


@given(st.binary(min_size=8, max_size=8))
def test_a_typed_number_is_read_with_or_without_its_hyphen(randomness: bytes) -> None:
    number = references.new(randomness)
    assert qr.read(number.lower()) == QRReading("number", number=number)
    assert qr.read(f" {references.shown(number)}\r\n") == QRReading("number", number=number)


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_no_text_whatever_raises(text: str) -> None:
    assert qr.read(text).kind in {"reference", "sealed", "number", "foreign", "unreadable"}


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=32, max_size=32))
def test_every_token_survives_picture_and_scanner(token: str) -> None:
    assert qr.read(qr.reference_text(token)) == QRReading("reference", token=token)
