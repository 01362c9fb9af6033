"""Sealed text: bound to its place, unreadable after its day's key is gone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.core.db import ground
from models.core.keys import KeyDestroyed, KeyStore, Unreadable
from models.core.space import Space
from models.core.vault import seal, unseal

DUE = date(2026, 11, 26)
ONLY_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def sealed(text: str = "葛󠄀城　𠮷彦", row: str = "booking/1") -> bytes:
    return seal(text, purpose="contact", due=DUE, row=row, field="contact")


@ONLY_SQLITE
@pytest.mark.usefixtures("city")
class TestVault:
    @hypothesis_settings(
        max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.text(max_size=300).filter(lambda text: max(text, default="") < "\ud800" or max(text) > "\udfff")
    )
    def test_every_text_comes_back_code_point_by_code_point(self, text: str) -> None:
        encodable = text.encode("utf-8", "ignore").decode("utf-8")
        assert unseal(sealed(encodable), row="booking/1", field="contact") == encodable

    def test_no_byte_of_the_text_is_left_and_no_two_sealings_are_alike(self) -> None:
        one, other = sealed("マエニワ　アイコ"), sealed("マエニワ　アイコ")
        assert one != other
        assert "アイコ".encode() not in one

    def test_text_moved_to_another_row_or_field_is_unreadable(self) -> None:
        for place in ({"row": "booking/2", "field": "contact"}, {"row": "booking/1", "field": "notes"}):
            with pytest.raises(Unreadable):
                unseal(sealed(), **place)

    def test_every_changed_byte_is_noticed(self) -> None:
        whole = sealed()
        for position in range(len(whole)):
            changed = bytearray(whole)
            changed[position] ^= 1
            with pytest.raises((Unreadable, KeyDestroyed)):
                unseal(bytes(changed), row="booking/1", field="contact")

    def test_destroying_the_day_key_makes_it_unreadable_and_leaves_other_days(self) -> None:
        gone = sealed()
        kept = seal("残る", purpose="contact", due=DUE + timedelta(days=1), row="booking/1", field="contact")
        assert ground().keys.destroy("maeniwa", "contact", DUE)
        with pytest.raises(KeyDestroyed):
            unseal(gone, row="booking/1", field="contact")
        assert unseal(kept, row="booking/1", field="contact") == "残る"

    def test_another_municipality_has_other_keys(self) -> None:
        keys: KeyStore = ground().keys
        name = f"contact-{DUE.isoformat()}"
        assert keys.data_key("maeniwa", name, create=True) != keys.data_key(
            Space("other").code, name, create=True
        )

    def test_a_key_copied_to_another_municipality_does_not_open(self) -> None:
        sealed()
        source = ground().keys.folder / "maeniwa" / f"contact-{DUE.isoformat()}.key"
        target = ground().keys.folder / "other" / source.name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(source.read_bytes())
        with pytest.raises(Unreadable):
            ground().keys.data_key("other", source.stem)

    def test_d6_text_under_a_key_of_its_own_opens_in_its_row_only_and_both_formats_are_read(self) -> None:
        place = {"row": "booking/1", "field": "contact"}
        mine = seal("残る", purpose="contact", due=DUE, alone=True, **place)
        seal("別", purpose="contact", due=DUE, row="booking/2", field="contact", alone=True)
        assert unseal(mine, **place) == unseal(sealed("残る"), **place) == "残る"
        with pytest.raises(Unreadable):
            unseal(mine, row="booking/2", field="contact")
        assert ground().keys.destroy_row("maeniwa", f"contact-{DUE.isoformat()}", "booking/1")
        with pytest.raises(KeyDestroyed):
            unseal(mine, **place)
        assert unseal(sealed("残る"), **place) == "残る"
