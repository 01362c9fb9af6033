"""市の手続き: what a city set differently of procedures, laid over the catalogue's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.catalogue.merging import CatalogueSource, laid_over
from models.catalogue.source import Document

TEXTS = ("ja", "easy", "en", "deadline")


def as_set(source: CatalogueSource, code: str) -> dict[str, Any] | None:
    """A procedure's parts that a city may set, as the documents have them; None for no such procedure."""
    found = source.documents["procedures"].data["procedures"].get(code)
    if found is None:
        return None
    fee = found.get("fee") or {}
    return {
        **{name: str(found.get(name, "")) for name in TEXTS},
        "booking": found["booking"],
        "minutes": dict(found["minutes"]),
        "fee_yen": fee.get("yen"),
        "fee_note": str(fee.get("note", "")),
        "bring": [_item(one) for one in found.get("bring", [])],
    }


def laid(source: CatalogueSource, own: Mapping[str, Mapping[str, Any]]) -> CatalogueSource:
    """The documents with what a city set; what the catalogue no longer has (a procedure, an item) is left out."""
    base = source.documents["procedures"]
    items = source.documents["items"].data["items"]
    over = {
        code: _over(base.data["procedures"][code], one, set(items))
        for code, one in own.items()
        if one and code in base.data["procedures"]
    }
    if not over:
        return source
    merged, _ = laid_over(base, Document(Path("procedures.yaml"), {"procedures": over}))
    return CatalogueSource({**source.documents, "procedures": merged})


def _over(base: Mapping[str, Any], own: Mapping[str, Any], items: set[str]) -> dict[str, Any]:
    over = {name: own[name] for name in (*TEXTS, "booking", "minutes") if name in own}
    fee = dict(base.get("fee") or {})
    yen = own.get("fee_yen", fee.get("yen"))
    if yen is None and "fee" in base:
        over["fee"] = None
    elif yen is not None and {"fee_yen", "fee_note"} & own.keys():
        over["fee"] = {"yen": yen, "note": own.get("fee_note", str(fee.get("note", "")))}
    if "bring" in own:
        known = [(item, when) for item, when in own["bring"] if item in items]
        over["bring"] = [{item: when} if when else item for item, when in known]
    return over


def _item(one: Any) -> list[str]:
    if isinstance(one, dict):
        ((item, when),) = one.items()
        return [str(item), str(when)]
    return [str(one), ""]
