"""役割: what each role is called where accounts are given out."""

from __future__ import annotations

from collections.abc import Mapping

from models.core.messages import _n

ROLES: Mapping[str, str] = {
    "counter": _n("窓口"),
    "concierge": _n("案内（受付）"),
    "manager": _n("管理職"),
    "administrator": _n("管理者"),
}
