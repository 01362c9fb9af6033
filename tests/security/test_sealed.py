"""D6: what was moved, changed or lost its key is unreadable, and says so without breaking anything."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr

import pytest

from models.core import log
from tests.races.crowd import FULL
from tests.security.addresses import FREE, PRIVATE, Route, address, roles, routes, sent
from tests.security.test_neighbours import Callers
from tests.security.world import HOME, World
from tests.web.api.calls import AIKO
from tests.web.people import post


@pytest.fixture
def alarms() -> Iterator[io.StringIO]:
    """What the product says to its log."""
    said = io.StringIO()
    with redirect_stderr(said):
        log.configure("error")
        yield said
    log.configure("error")


def swap(world: World, table: str, column: str, one: object, other: object, by: str = "reference") -> None:
    """Exchange what two rows keep."""
    rows = {row[by]: row[column] for row in world.rows(table)}
    for mine, theirs in ((one, other), (other, one)):
        world.execute(f"UPDATE {table} SET {column} = ? WHERE {by} = ?", rows[theirs], mine)


def swapped(world: World) -> None:
    mine, other = world.here.mine, world.here.other
    swap(world, "application", "fields", mine.reference, other.reference)
    swap(world, "booking", "contact", mine.booking_reference, other.booking_reference)


def from_the_other_city(world: World) -> None:
    assert world.there is not None
    for table, column in (("application", "fields"), ("booking", "contact")):
        foreign = next(row[column] for row in world.rows(table, world.there) if row[column])
        world.execute(f"UPDATE {table} SET {column} = ?", foreign)


def one_bit(world: World) -> None:
    for table, column in (("application", "fields"), ("booking", "contact")):
        for row in world.rows(table):
            if row[column]:
                changed = row[column][:-1] + bytes([row[column][-1] ^ 1])
                world.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", changed, row["id"])


def cut(world: World) -> None:
    for size in (0, 1, 2, 20):
        for table, column in (("application", "fields"), ("booking", "contact")):
            world.execute(
                f"UPDATE {table} SET {column} = substr({column}, 1, {size}) WHERE id % 4 = {size % 4}"
            )


def column_to_column(world: World) -> None:
    world.execute("UPDATE booking SET notes = contact")
    world.execute(
        "UPDATE booking SET contact = (SELECT fields FROM application WHERE fields IS NOT NULL LIMIT 1)"
    )


def without_keys(world: World) -> None:
    for path in (world.settings.keys / world.here.code).glob("*.key"):
        if not path.name.startswith("audit"):
            path.unlink()


def with_other_keys(world: World) -> None:
    for path in (world.settings.keys / world.here.code).glob("*.key"):
        if not path.name.startswith("audit"):
            path.chmod(0o600)
            path.write_bytes(b"\x00" * 60)


def asked(world: World, tamper: Callable[[World], None]) -> list[Route]:
    """Every address where the keys are lost, those of somebody where every row is hurt, elsewhere a third of these.

    With RACES=full always every.
    """
    if FULL or tamper is without_keys:
        return routes(world.app)
    found = [one for one in routes(world.app) if set(one.places) & set(PRIVATE)]
    assert len(found) > 100
    return found if tamper is one_bit else found[TAMPERINGS.index(tamper) % 3 :: 3]


TAMPERINGS = (swapped, from_the_other_city, one_bit, cut, column_to_column, without_keys, with_other_keys)


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_d6_what_cannot_be_read_breaks_nothing_and_shows_nobody_else(
    world: World, tamper: Callable[[World], None], alarms: io.StringIO
) -> None:
    """Every address of every object, and a scan and a move, after somebody changed the file."""
    assert world.there is not None
    tamper(world)
    callers, broken = Callers(world), []
    for route in asked(world, tamper):
        answer = callers.send(route, address(route, world.here), world.here)
        if answer.status_code not in range(200, 500) and answer.status_code != 503:
            broken.append(f"{route}: {answer.status_code}")
        text = answer.data.decode("utf-8", "replace")
        assert not world.there.reveals(text), route
        answer.close()
    counter = world.browser("counter")
    desk = f"{world.here.prefix}/counter"
    for held in (world.here.mine, world.here.other):
        for code in (held.code, held.reference, held.booking_reference):
            shown = post(counter, f"{desk}/", f"{desk}/scans", code=code)
            page = counter.get(shown.headers["Location"]) if shown.status_code == 303 else shown
            if page.status_code >= 500:
                broken.append(f"scan of {code}: {page.status_code}")
            assert "太郎" not in page.text
    assert not broken, "\n".join(broken)


def test_d6_the_holder_and_the_counter_are_told(world: World, alarms: io.StringIO) -> None:
    swapped(world)
    client, base = world.app.test_client(), f"{world.here.prefix}/api/v1"
    headers = world.headers("counter")
    scan = client.post(f"{base}/offices/{HOME}/scans", json={"code": world.here.mine.code}, headers=headers)
    assert scan.status_code == 410
    assert scan.json is not None
    assert "確かめられない" in scan.json["detail"]
    paper = client.get(f"{base}/applications/{world.here.mine.reference}/form.pdf", headers=headers)
    assert paper.status_code == 410
    moved = client.patch(f"{base}/bookings/{world.here.mine.booking}", json={"starts_at": FREE})
    assert moved.status_code == 410
    assert client.get(f"{base}/bookings/{world.here.mine.booking}").status_code == 200, (
        "the booking itself stands"
    )
    assert alarms.getvalue().count('"unreadable"') >= 3, "and somebody is called"
    assert not world.here.reveals(
        alarms.getvalue()
        .replace(world.here.mine.reference, "")
        .replace(world.here.mine.booking_reference, "")
    )


def test_d6_an_answer_moved_to_another_key_is_not_given(world: World) -> None:
    client, to = world.app.test_client(), f"{world.here.prefix}/api/v1/offices/{HOME}/bookings"
    body = {"procedures": ["JUM-01"], "starts_at": FREE, "contact": AIKO}
    world.execute("UPDATE slot SET capacity = 9")
    made = [client.post(to, json=body, headers={"Idempotency-Key": key}).json for key in ("one", "two")]
    rows = world.rows("idempotency_key")[-2:]
    swap(world, "idempotency_key", "answer", rows[0]["id"], rows[1]["id"], by="id")
    for key in ("one", "two"):
        again = client.post(to, json=body, headers={"Idempotency-Key": key})
        assert again.status_code == 410
        assert not [one for one in made if one and one["token"] in again.text]


def test_d6_unharmed_everything_is_read_so_that_the_refusals_mean_something(world: World) -> None:
    headers = world.headers("counter")
    route = next(one for one in routes(world.app) if one.endpoint == "api_counter.scan")
    assert "counter" in roles(world.app, route)
    scan = world.app.test_client().post(
        address(route, world.here), headers=headers, **sent(route, world.here)
    )
    assert "太郎" in scan.text
