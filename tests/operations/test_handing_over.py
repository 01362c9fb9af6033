"""連携: once, with a receipt and a line in the audit, and a second time only with a reason; no name in any of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import Conflict, Gone, Invalid, NotFound
from models.core.settings import Settings
from models.core.space import Space
from models.operations import applications, carrying
from models.operations.booking import Request, book
from models.operations.handing_over import hand_over
from models.operations.purging import purge
from models.queries import applications as seen
from models.queries import catalogue, handovers, receivers
from models.queries.applications import ApplicationView
from models.queries.bookings import Contact
from models.queries.offices import office
from models.rules.forms.json_schema import example
from models.rules.handover.receivers import WAYS, Wanted
from models.tables import Application, AuditEntry, Handover, Receiver
from models.tables.handover import RECEIVER_WAYS
from tests.operations import installed
from tests.operations.test_booking import free

COPY = Wanted("住民記録", "copy", "tabbed", ("氏名", "生年月日"))
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def filed(ready: bool = True, form: str = "F01", place: str = "honcho") -> ApplicationView:
    """A form without a booking."""
    where = office(place)
    fields = example(catalogue.current().forms[form])
    made = applications.file(where, form, fields, written=applications.Written(ready=ready))
    return seen.by_token(made.token)


def opened(wanted: Wanted = COPY) -> int:
    return installed.receiver(office("honcho"), wanted).id


def audited() -> list[tuple[str, str, str, str]]:
    chosen = select(AuditEntry).where(AuditEntry.action.like("handover.%")).order_by(AuditEntry.id)
    return [(one.actor, one.action, one.subject, one.detail) for one in session().scalars(chosen)]


def test_one_hand_over_has_a_receipt_and_says_who_when_what_and_how(city: Space) -> None:
    one, receiver = filed(), opened()
    made = hand_over(office("honcho"), one, receiver, "ben", "2")
    assert (made.state, made.copy, made.reason, made.actor, made.counter) == ("done", 1, "", "ben", "2")
    assert (made.application, made.made_at, made.way) == (one.reference, now(), "copy")
    assert handovers.by_receipt(made.receipt) == made
    assert audited() == [("ben", "handover.make", one.reference, f"copy {made.receipt}")]
    _, handed = handovers.handed(made)
    assert handed.texts() == (("氏名", "前庭　花子"), ("生年月日", "1985-04-01"))


def test_a_second_time_the_same_way_needs_a_reason_another_receiver_none(city: Space) -> None:
    one, first, other = filed(), opened(), opened(replace(COPY, name="税"))
    hand_over(office("honcho"), one, first, "ben")
    with pytest.raises(Conflict, match="理由"):
        hand_over(office("honcho"), one, first, "emi")
    assert hand_over(office("honcho"), one, other, "emi").copy == 1
    again = hand_over(office("honcho"), one, first, "emi", reason="内容を直したため")
    assert (again.copy, again.reason) == (2, "内容を直したため")
    assert [found.copy for found in handovers.of_application(one.id)] == [1, 1, 2]


@SQLITE
def test_drafts_other_offices_expired_forms_and_unknown_receivers_are_refused(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    here, receiver = office("honcho"), opened()
    with pytest.raises(Conflict, match="途中"):
        hand_over(here, filed(ready=False), receiver, "ben")
    with pytest.raises(Conflict, match="様式"):
        hand_over(here, filed(), opened(replace(COPY, name="戸籍", forms=("F05",))), "ben")
    with pytest.raises(NotFound):
        hand_over(office("higashi"), filed(place="higashi"), receiver, "ben")
    with pytest.raises(Conflict):
        hand_over(here, filed(place="higashi"), receiver, "ben")
    installed.ended(here, receiver)
    with pytest.raises(NotFound):
        hand_over(here, filed(), receiver, "ben")
    late = filed()
    clock.tick(timedelta(days=400))
    with pytest.raises(Gone):
        hand_over(here, late, receiver, "ben")
    assert session().scalars(select(Handover)).all() == []


@SQLITE
def test_what_was_changed_or_deleted_since_is_not_handed_over(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    where = office("honcho")
    fields = example(catalogue.current().forms["F01"])
    token = applications.file(where, "F01", fields, written=applications.Written(ready=True)).token
    made = hand_over(where, seen.by_token(token), opened(), "ben")
    handovers.handed(made)
    clock.tick(60)
    applications.delete(token)
    with pytest.raises(Gone):
        handovers.handed(made)
    booked = book(Request(where, ("JUM-01",), free()[0], Contact("マエニワ　アイコ", phone="0")))
    written = applications.save(booked.token, "F01", fields, ready=True)
    other = hand_over(where, seen.by_token(written.token), made.receiver, "ben")
    clock.tick(60)
    applications.save(booked.token, "F01", {**fields, "submit_to": "銀行"}, ready=True)
    with pytest.raises(Gone, match="書き直された"):
        handovers.handed(other)


@SQLITE
def test_a_receiver_that_cannot_be_is_refused_by_its_box(city: Space) -> None:
    cannot = {
        "name": replace(COPY, name="1234 5678 9018"),
        "shape": replace(COPY, shape="csv"),
        "forms": replace(COPY, forms=("F99",)),
        "folder": Wanted("a", "folder", "csv", folder="in"),
        "url": Wanted("a", "webhook", "csv", url="https://jumin.lan/"),
    }
    for box, wanted in cannot.items():
        with pytest.raises(Invalid) as refused:
            opened(wanted)
        assert [one.field for one in refused.value.problems] == [box]
    opened()
    with pytest.raises(Invalid) as refused:
        opened()
    assert "同じ名前" in str(refused.value.problems[0].message)


@pytest.fixture
def outward(settings: Settings, monkeypatch: pytest.MonkeyPatch, city: Space) -> Settings:
    """An installation with watch folders and one machine that may be called."""
    free = replace(
        settings, handover_folder=settings.instance.parent / "out", allowed_hosts="jumin.lan, 10.1.2.3"
    )
    monkeypatch.setattr(ground(), "settings", free)
    return free


@SQLITE
def test_good_folders_and_addresses_are_kept_and_a_secret_is_sealed(outward: Settings) -> None:
    opened(Wanted("a", "folder", "csv", folder="jumin/in_1"))
    made = installed.receiver(
        office("honcho"), Wanted("b", "webhook", "json", url="https://jumin.lan:8443/in")
    )
    assert len(made.secret) > 32
    assert receivers.secret_of(made.id) == made.secret
    row = session().get(Receiver, made.id)
    assert row is not None
    assert made.secret.encode() not in row.secret
    installed.ended(office("honcho"), made.id)
    with pytest.raises(NotFound):
        receivers.secret_of(made.id)


@SQLITE
def test_what_was_given_up_is_carried_again_under_its_receipt(outward: Settings) -> None:
    here = office("honcho")
    receiver = opened(Wanted("a", "folder", "csv", folder="in"))
    made = hand_over(here, filed(), receiver, "ben")
    assert made.state == "due"
    assert carrying.claim("one", receiver) == [made.id]
    assert carrying.claim("other", receiver) == []
    with pytest.raises(Conflict):
        carrying.carry_again(here, made.receipt, "aya")
    assert not carrying.arrived(made.id, "other")
    assert carrying.never(made.id, "one", "404\x1b")
    dead = handovers.by_receipt(made.receipt)
    assert (dead.state, dead.problem) == ("dead", "404")
    with pytest.raises(NotFound):
        carrying.carry_again(office("higashi"), made.receipt, "aya")
    carrying.carry_again(here, made.receipt, "aya")
    assert handovers.due_receivers() == (receiver,)
    assert [entry[1] for entry in audited()] == ["handover.make", "handover.give_up", "handover.again"]


@SQLITE
def test_purging_empties_the_form_and_keeps_the_record_of_the_hand_over(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    one = filed()
    made = hand_over(office("honcho"), one, opened(), "ben")
    clock.tick(timedelta(days=60))
    purge(office("honcho").day_of(now()))
    row = session().get(Application, one.id)
    assert row is not None
    assert row.fields is None
    assert handovers.by_receipt(made.receipt).application == one.reference


def test_the_table_knows_every_way_and_no_other() -> None:
    assert RECEIVER_WAYS == WAYS
