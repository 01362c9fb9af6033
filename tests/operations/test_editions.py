"""The catalogue's editions: only ever added, the same one never twice in a row, an older one can come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import loader
from models.catalogue.merging import read_source
from models.operations.installation import adopt_catalogue
from models.queries import catalogue

OWN = """procedures:
  JUM-01: {ja: 住民票（前庭市版）}
"""


@pytest.mark.usefixtures("city")
def test_a_city_can_change_its_catalogue_and_go_back(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "procedures.yaml").write_text(OWN, encoding="utf-8")
    shipped, own = loader.dump(read_source()), loader.dump(read_source(folder))
    assert [adopt_catalogue(source) for source in (shipped, own, own, shipped)] == [1, 2, 2, 3]
    names = [catalogue.edition(number).procedures["JUM-01"].words.ja for number in (1, 2, 3)]
    assert names == ["住民票の写しの交付", "住民票（前庭市版）", "住民票の写しの交付"]
