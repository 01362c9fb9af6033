"""署名した文書: a document of this side's in JSON that others read as it is, signed where the sides are separated."""

from __future__ import annotations

import base64
from typing import Any

from models.core.errors import Conflict, invalid
from models.core.sealing import mark_of
from models.core.signing import signed_by
from models.operations import pairing
from models.operations.carried_files import FORGED, OTHER_SIGNER
from models.papers.carried import bytes_of, canonical
from models.queries import crossing
from models.rules.sides import BOTH

SIGNATURE = "signature"


def signed(told: dict[str, Any]) -> dict[str, Any]:
    """The document with this side's signature; `Conflict` where this side has no keys yet."""
    if crossing.side() == BOTH:
        return told
    key, mark = pairing.signer()
    return told | {SIGNATURE: {"key": mark, "text": base64.b64encode(key.sign(canonical(told))).decode()}}


def proven(told: Any) -> Any:
    """The document without its signature, which must be the other side's where they are separated.

    `Invalid` for one that was changed on its way, `Conflict` where its signer is not known here.
    """
    if not isinstance(told, dict):
        return told
    plain = {name: value for name, value in told.items() if name != SIGNATURE}
    if crossing.side() == BOTH:
        return plain
    other = pairing.known()
    match told.get(SIGNATURE):
        case {"key": str(mark), "text": str(text)}:
            pass
        case _:
            raise invalid("file", FORGED)
    if mark != mark_of(other.sign).hex():
        raise Conflict(OTHER_SIGNER)
    try:
        signature = bytes_of(text)
    except ValueError as problem:
        raise invalid("file", FORGED) from problem
    if not signed_by(other.sign, canonical(plain), signature):
        raise invalid("file", FORGED)
    return plain
