"""The same creating request twice gives the first answer again: the key and the effect are one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import _n
from models.core.transaction import act, flush_unique, rows_changed
from models.core.vault import seal, unseal
from models.tables import IdempotencyKey

KEPT = timedelta(hours=24)
OTHER_REQUEST = _n("同じ受付キーで別の内容が送られました。画面を開き直してから、もう一度お試しください。")
T = TypeVar("T")


@dataclass(frozen=True)
class Key:
    """An `Idempotency-Key` with the request it came with; `scope` keeps different acts and holders apart."""

    scope: str
    value: str
    request: str

    @property
    def key_hash(self) -> bytes:
        """What is stored of the key."""
        return hashlib.sha256(f"{self.scope}|{self.value}".encode()).digest()

    @property
    def request_hash(self) -> bytes:
        """What is stored of the request."""
        return hashlib.sha256(self.request.encode("utf-8", "surrogatepass")).digest()


def request_text(request: Any) -> str:
    """A canonical text of a request's content, for comparing."""
    return json.dumps(request, ensure_ascii=False, sort_keys=True, default=str)


def answered(session: Session, key: Key | None, kind: Callable[..., T]) -> T | None:
    """The first answer to this key within 24 hours, or None; for acts that are done in several steps.

    Raises `Invalid` when the key comes back with another request.
    """
    if key is None:
        return None
    stored = session.scalar(select(IdempotencyKey).where(IdempotencyKey.key_hash == key.key_hash))
    if stored is not None and stored.created_at < now() - KEPT:
        session.delete(stored)
        session.flush()
        stored = None
    if stored is None:
        return None
    if stored.request_hash != key.request_hash:
        raise invalid("Idempotency-Key", OTHER_REQUEST)
    return kind(**json.loads(unseal(stored.answer, row=f"idempotency/{key.key_hash.hex()}", field="answer")))


def once(session: Session, key: Key | None, kind: Callable[..., T], make: Callable[[], T]) -> T:
    """Do `make` once a key: the first dataclass answer is sealed and given again for 24 hours.

    Raises `Invalid` when the key comes back with another request.
    """
    if key is None:
        return make()
    first = answered(session, key, kind)
    if first is not None:
        return first
    row = IdempotencyKey(
        key_hash=key.key_hash, request_hash=key.request_hash, status=201, answer=b"", created_at=now()
    )
    session.add(row)
    flush_unique(session)
    answer = make()
    text = json.dumps(asdict(answer), ensure_ascii=False)  # type: ignore[call-overload]
    due = (now() + KEPT).date()
    row.answer = seal(
        text, purpose="answer", due=due, row=f"idempotency/{key.key_hash.hex()}", field="answer"
    )
    return answer


@act
def forget(session: Session) -> int:
    """Forget the keys older than 24 hours; how many."""
    return rows_changed(session, delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT))
