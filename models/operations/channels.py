"""送り方を開く・閉じる: what a way out needs is kept sealed, and told to the scheduler only."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act
from models.core.vault import seal, unseal
from models.operations import audit, setting_changes
from models.queries.channels import FOREVER, PURPOSE, is_open, needs_of
from models.queries.setting_changes import WAY
from models.rules.channels import MADE, WAYS, checked
from models.tables import Channel, Message

__all__ = ["close_channel", "needs_of", "open_channel"]
LEARNT = ("bot",)
"""What nobody typed: LINE told it."""


@act
def open_channel(session: Session, name: str, needs: Mapping[str, str], actor: str) -> None:
    """Open a way out with what it needs; `Invalid` names what is missing or cannot be.

    Push keeps its key pair when it is opened again, so that those who asked to be told still are.
    """
    kept = checked(name, needs)
    row = session.get(Channel, name) or Channel(name=name)
    before, old = is_open(name), _needs(row)
    if name == "push":
        kept |= {key: old[key] for key in MADE} if old else _new_pair()
    row.needs = seal(json.dumps(kept), purpose=PURPOSE, due=FOREVER, row=f"channel/{name}", field="needs")
    row.active, row.changed_at, row.changed_by = True, now(), actor[:60]
    session.add(row)
    changed = sorted(key for key in {*kept, *old} - {*LEARNT} if kept.get(key) != old.get(key))
    was, becomes = {"open": before, "changed": []}, {"open": True, "changed": changed}
    setting_changes.keep(session, WAY, name, was, becomes, actor)
    audit.note(session, actor, "channel.open", name)


@act
def learn_account(session: Session, bot: str) -> None:
    """Remember whose account LINE's servers tell us of; opened anew, the way learns it anew."""
    row = session.scalar(select(Channel).where(Channel.name == "line").with_for_update())
    if row is None or row.needs is None:
        return
    text = json.dumps({LEARNT[0]: bot, **_needs(row)})
    row.needs = seal(text, purpose=PURPOSE, due=FOREVER, row="channel/line", field="needs")


@act
def close_channel(session: Session, name: str, actor: str) -> None:
    """Close a way out, also where the installation would have one; what waits is not sent."""
    if name not in WAYS:
        raise NotFound
    setting_changes.keep(session, WAY, name, {"open": is_open(name)}, {"open": False}, actor)
    row = session.get(Channel, name) or Channel(name=name)
    row.active, row.changed_at, row.changed_by = False, now(), actor[:60]
    session.add(row)
    values = {"state": "dropped", "ended_at": now(), "address": None, "problem": "closed"}
    session.execute(update(Message).where(Message.channel == name, Message.state == "due").values(values))
    audit.note(session, actor, "channel.close", name)


def _needs(row: Channel) -> dict[str, str]:
    """What was given for a way until now; empty where nothing was."""
    if row.needs is None:
        return {}
    kept: dict[str, str] = json.loads(unseal(row.needs, row=f"channel/{row.name}", field="needs"))
    return kept


def _new_pair() -> dict[str, str]:
    """A key pair of web push (VAPID, P-256), as browsers and `pywebpush` want it."""
    private = ec.generate_private_key(ec.SECP256R1())
    number = private.private_numbers().private_value.to_bytes(32, "big")
    public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"private_key": _plain(number), "public_key": _plain(public)}


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
