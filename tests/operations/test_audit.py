"""D7: the audit is one chain; whoever edits, deletes, moves, cuts or goes back is found, with the first wrong place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from models.core.anchors import CUT, Anchor, AnchorFile, anchors_of
from models.core.clock import now
from models.core.db import ground, plain, session
from models.core.space import Space
from models.core.transaction import Passing, act, rehearsal
from models.operations import audit
from models.queries.audit import Whole, end_of_chain, last_entries, verify
from models.rules.audit_chain import Broken, alone, content_of
from models.tables import AuditEntry
from tests.conftest import BOTH, SQLITE

pytestmark = SQLITE

Tamper = Callable[[Session], object]


@act
def noted(session: Session, *subjects: str) -> None:
    """One act that notes something of each."""
    for subject in subjects:
        audit.note(session, "aoki", "test.note", subject, "漏洩検知")


@act
def tampered(session: Session, *statements: str) -> None:
    """What somebody does who can write into the database, and has no key."""
    for statement in statements:
        session.execute(text(statement))


def anchors(city: Space) -> AnchorFile:
    return anchors_of(ground().keys.folder, city.code)


@pytest.fixture
def chain(city: Space) -> int:
    """A chain of some entries; its last place."""
    for number in range(6):
        noted(str(number), f"{number}b")
    return end_of_chain().place


EDITED = ("UPDATE audit_entry SET subject = 'other' WHERE place = :p",)
MADE_UP = "UPDATE audit_entry SET place = 0 WHERE place = :p"
SWAPPED = (
    MADE_UP,
    "UPDATE audit_entry SET place = :p WHERE place = :q",
    "UPDATE audit_entry SET place = :q WHERE place = 0",
)
BACK = "UPDATE audit_end SET place = :p, mac = (SELECT mac FROM audit_entry WHERE place = :p) WHERE id = 1"
TAMPERINGS = {
    "edited": (EDITED, 5),
    "backdated": (("UPDATE audit_entry SET at = '2026-11-23 00:00:00+00:00' WHERE place = :p",), 5),
    "deleted": (("DELETE FROM audit_entry WHERE place = :p",), 5),
    "reordered": (SWAPPED, 5),
    "tail cut": (("DELETE FROM audit_entry WHERE place > :p",), 6),
    "tail cut, end moved": (("DELETE FROM audit_entry WHERE place > :p", BACK), 6),
    "front cut": (
        ("INSERT INTO audit_end (id, place, mac) SELECT 2, place, mac FROM audit_entry WHERE place = :p",
         "DELETE FROM audit_entry WHERE place <= :p"),
        5,
    ),
}  # fmt: skip


class TestTampering:
    @BOTH
    def test_an_untouched_chain_is_whole(self, chain: int) -> None:
        assert verify() == Whole(1, chain, None)
        assert audit.anchor() == chain
        assert isinstance(verify(whole=False), Whole)
        places = session().scalars(select(AuditEntry.place).order_by(AuditEntry.place)).all()
        assert places == list(range(1, chain + 1))

    @pytest.mark.parametrize("how", TAMPERINGS)
    def test_d7_the_first_wrong_place_is_named(self, chain: int, how: str) -> None:
        audit.anchor()
        statements, place = TAMPERINGS[how]
        tampered(*(one.replace(":p", "5").replace(":q", "7") for one in statements))
        found = verify()
        assert isinstance(found, Broken)
        assert found.place == place

    def test_d7_a_tail_that_was_cut_with_its_end_shows_by_the_anchor_alone(
        self, chain: int, city: Space
    ) -> None:
        statements = [one.replace(":p", "5") for one in TAMPERINGS["tail cut, end moved"][0]]
        audit.anchor()
        tampered(*statements)
        assert isinstance(verify(), Broken)
        anchors(city).path.unlink()
        assert verify() == Whole(1, 5, None)

    @BOTH
    def test_d7_an_older_database_shows_even_after_it_was_written_on(self, chain: int) -> None:
        noted("to be lost")
        audit.anchor()
        tampered(f"DELETE FROM audit_entry WHERE place > {chain}", BACK.replace(":p", str(chain)))
        noted("another at the same place", "and one more", "and one more")
        found = verify()
        assert isinstance(found, Broken)
        assert (found.place, found.what) == (chain + 1, "not what the anchor says")

    def test_after_a_restore_that_was_said_the_older_chain_is_the_right_one(self, chain: int) -> None:
        noted("to be lost")
        audit.anchor()
        tampered(f"DELETE FROM audit_entry WHERE place > {chain}", BACK.replace(":p", str(chain)))
        audit.restored()
        noted("another at the same place")
        assert isinstance(verify(), Whole)

    def test_the_hourly_anchor_refuses_a_chain_that_was_changed_since_the_last(
        self, chain: int, city: Space
    ) -> None:
        audit.anchor()
        noted("one", "two")
        tampered(f"UPDATE audit_entry SET actor = 'nobody' WHERE place = {chain + 1}")
        with pytest.raises(audit.ChainBroken):
            audit.anchor()
        assert len(anchors(city).read()) == 1

    def test_an_entry_written_without_the_key_is_found(self, chain: int) -> None:
        row = {"at": now(), "actor": "a", "action": "b", "subject": "c", "detail": "", "mac": b"x" * 32}
        act(lambda session: session.execute(insert(plain(AuditEntry)), row))()
        assert audit.adopt() == 0
        assert isinstance(verify(), Broken)


class TestLife:
    @BOTH
    def test_an_act_that_is_taken_back_or_tried_again_leaves_no_gap(self, chain: int) -> None:
        tries: list[int] = []

        @act
        def passing_at_first(session: Session) -> None:
            audit.note(session, "aoki", "test.note", "tried")
            tries.append(1)
            if len(tries) == 1:
                raise Passing

        @act
        def failing(session: Session) -> None:
            audit.note(session, "aoki", "test.note", "failed")
            raise ZeroDivisionError

        passing_at_first()
        with pytest.raises(ZeroDivisionError):
            failing()
        noted("after")
        assert [one.subject for one in last_entries(2)] == ["tried", "after"]
        assert verify() == Whole(1, chain + 2, None)

    @BOTH
    def test_a_rehearsal_leaves_the_chain_as_it_was(self, chain: int) -> None:
        with rehearsal():
            noted("rehearsed")
            noted("rehearsed")
            assert end_of_chain().place == chain + 2
        noted("really")
        assert verify() == Whole(1, chain + 1, None)

    def test_entries_from_before_the_chain_are_taken_in_once(self, chain: int, city: Space) -> None:
        words: dict[str, Any] = {"at": now(), "actor": "a", "action": "b", "subject": "c", "detail": ""}
        mac = alone(ground().keys.audit_key(city.code), content_of(**words))
        act(lambda session: session.execute(insert(plain(AuditEntry)), [words | {"mac": mac}] * 3))()
        assert isinstance(verify(), Whole)
        assert audit.adopt() == 3
        assert audit.adopt() == 0
        assert session().scalar(select(func.count()).where(AuditEntry.place.is_(None))) == 0
        assert isinstance(verify(), Whole)

    @BOTH
    def test_a_front_that_is_old_enough_goes_and_the_rest_still_verifies(
        self, chain: int, city: Space, clock: FrozenDateTimeFactory
    ) -> None:
        clock.tick(timedelta(days=400))
        noted("young")
        audit.anchor()
        assert audit.let_go(now() - timedelta(days=366)) == chain
        assert audit.let_go(now() - timedelta(days=366)) == 0
        found = verify()
        assert isinstance(found, Whole)
        assert (found.first, found.last) == (chain + 1, chain + 1)
        noted("after")
        audit.anchor()
        assert [one.kind for one in anchors(city).read()] == ["anchor", CUT, "anchor"]
        clock.tick(timedelta(days=400))
        assert audit.let_go(now() - timedelta(days=366)) == 2
        noted("alone")
        assert isinstance(verify(), Whole)


def test_a_line_that_was_cut_off_is_passed_over_and_the_next_is_whole(tmp_path) -> None:
    file = AnchorFile(tmp_path / "city" / "anchors.jsonl")
    one = Anchor("anchor", "2026-11-24T00:00:00+00:00", 1, "00")
    file.add(one)
    file.path.write_bytes(file.path.read_bytes() + b'{"kind": "anc')
    file.add(one)
    assert file.read() == (one, one)
