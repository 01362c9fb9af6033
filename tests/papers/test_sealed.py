"""An envelope and its codes: whatever is read back is what was sealed, or one plain refusal."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import sealing, unsealing
from models.core.keys import Unreadable
from models.papers import qr, sealed
from models.papers.sealed import Contents, PackedForm

PRIVATE = unsealing.private_key(b"s" * 32, "honcho")
PUBLIC = unsealing.public_key(PRIVATE)
ABOUT = sealed.about("maeniwa", "honcho")
ONE = Contents("K7FX29MB", (PackedForm("F01", "0123abcd", ["葛󠄀城　𠮷彦", None, [1, 2], {"a": True}]),))


def envelope(contents: Contents = ONE) -> bytes:
    return sealed.envelope(
        sealing.mark_of(PUBLIC), sealing.sealed_to(PUBLIC, sealed.content(contents), ABOUT)
    )


def opened(texts: str) -> Contents:
    whole = sealed.joined(sealed.pieces(texts))
    return sealed.contents(unsealing.unsealed(PRIVATE, sealed.inside(whole), ABOUT))


def long_one(letters: int) -> Contents:
    source = random.Random(letters)
    text = "".join(chr(source.randrange(0x4E00, 0x9FFF)) for _ in range(letters))
    return Contents("", (PackedForm("F02", "0123abcd", [text]),))


def test_a_code_gives_back_what_was_sealed() -> None:
    texts = sealed.texts(envelope())
    assert len(texts) == 1
    assert opened(texts[0]) == ONE


@pytest.mark.parametrize(("letters", "codes"), [(300, 1), (700, 2), (1200, 3)])
def test_a_long_visit_takes_two_or_three_codes_read_in_any_order(letters: int, codes: int) -> None:
    texts = sealed.texts(envelope(long_one(letters)))
    assert len(texts) == codes
    assert opened("".join(reversed(texts))) == long_one(letters)
    assert opened(texts[0] + "".join(texts)) == long_one(letters)


def test_no_code_is_denser_than_version_25() -> None:
    for letters in (300, 700, 1200):
        for text in sealed.texts(envelope(long_one(letters))):
            assert len(qr.modules(text)) <= 17 + 4 * 25


def test_what_three_codes_do_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="envelope"):
        envelope(long_one(1900))


def test_missing_codes_are_named_and_mixed_ones_refused() -> None:
    first, second = sealed.texts(envelope(long_one(700)))
    assert sealed.missing(sealed.pieces(first)) == (2,)
    assert sealed.missing(sealed.pieces(second)) == (1,)
    other = sealed.texts(envelope(long_one(701)))[0]
    with pytest.raises(ValueError, match="different"):
        sealed.missing(sealed.pieces(first + other))


def test_every_changed_bit_of_a_code_is_refused() -> None:
    whole = envelope()
    for place in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        if sealed.key_mark(bytes(changed)) != sealed.key_mark(whole):
            continue
        try:
            body = sealed.inside(sealed.joined(sealed.pieces(sealed.texts(bytes(changed))[0])))
        except ValueError:
            assert place < 8, "only another kind is refused unopened"
        else:
            with pytest.raises(Unreadable):
                unsealing.unsealed(PRIVATE, body, ABOUT)


def test_every_changed_or_cut_letter_is_refused() -> None:
    text = sealed.texts(envelope())[0]
    for place in range(2, len(text)):
        letter = "A" if text[place] != "A" else "B"
        with pytest.raises(ValueError, match=r".+"):
            sealed.joined(sealed.pieces(text[:place] + letter + text[place + 1 :]))
        with pytest.raises(ValueError, match=r".+"):
            sealed.joined(sealed.pieces(text[:place]))


@given(st.binary(max_size=400))
def test_whatever_was_sealed_by_anybody_is_refused_or_of_the_right_shape(noise: bytes) -> None:
    try:
        found = sealed.contents(noise)
    except ValueError:
        return
    assert isinstance(found, Contents)


@given(st.text("M2ABCDEFGHIJKLNOPQRSTUVWXYZ34567", max_size=400))
def test_whatever_is_typed_is_refused_or_a_piece(noise: str) -> None:
    try:
        found = sealed.pieces(f"M2{noise}")
    except ValueError:
        return
    assert all(one.number <= one.total <= sealed.MOST_CODES for one in found)


def test_a_small_code_that_unpacks_to_much_is_refused_before_it_does() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b"[" * 50_000_000) + packer.flush()
    with pytest.raises(ValueError, match=r".+"):
        sealed.contents(bomb)


@pytest.mark.parametrize("changed", ["other office", "other municipality", "other key"])
def test_it_opens_only_where_it_was_sealed_for(changed: str) -> None:
    body = sealed.inside(envelope())
    about = {
        "other office": sealed.about("maeniwa", "higashi"),
        "other municipality": sealed.about("x", "honcho"),
    }
    key = unsealing.private_key(b"t" * 32, "honcho") if changed == "other key" else PRIVATE
    with pytest.raises(Unreadable):
        unsealing.unsealed(key, body, about.get(changed, ABOUT))
