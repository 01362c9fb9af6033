"""A5, A7, A8: who may do what is a file; what nobody asked for is never stored; who is out is out at once."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.operations import accounts
from tests.conftest import inside
from tests.security import access_table
from tests.security.addresses import LOGS, address, bodies, roles, routes, sent
from tests.security.world import DEVICES, HOME, PEOPLE, ROLES, Watch, World
from tests.web.admin.previews import done
from web import access

TABLE = Path(__file__).parent / "access.csv"
POISON = 31337
"""A number and a text that nothing else has."""


def test_a7_who_may_enter_where_is_what_the_reviewed_file_says(world: World, tmp_path: Path) -> None:
    found, kept = access_table.table(world), TABLE.read_text(encoding="utf-8")
    (tmp_path / TABLE.name).write_text(found, encoding="utf-8")
    changes = "\n".join(
        difflib.unified_diff(kept.splitlines(), found.splitlines(), "reviewed", "now", lineterm="")
    )
    assert found == kept, f"read the changes, then copy {tmp_path / TABLE.name} to {TABLE}:\n{changes}"


def test_a7_a_door_left_open_would_change_the_table(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: an administrator's page that everybody may open."""
    monkeypatch.setattr(world.app.view_functions["staff.page"], access.ATTRIBUTE, access.PUBLIC)
    lines = access_table.table(world, only="staff.page").splitlines()
    opened = [line for line in lines if line.startswith("GET,")]
    assert opened == ["GET,/admin/staff/" + ",allow" * len(access_table.WHO)]


def names_of_columns(world: World) -> list[str]:
    """Every column of every table, and what attackers like to send besides."""
    with closing(sqlite3.connect(world.file())) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        columns = {row[1] for table in tables for row in connection.execute(f'PRAGMA table_info("{table}")')}
    more = {
        "is_admin",
        "tenant_id",
        "municipality",
        "actor",
        "visitor",
        "csrf_exempt",
        "_user_id",
        "__class__",
    }
    return sorted(columns | more)


def with_more(body: Any, names: Sequence[str]) -> Iterator[tuple[Any, set[str]]]:
    """The body with fields that are not its own: all of them at once, and each one alone on its deeper floors."""
    more = [name for name in names if name not in body]
    yield {**body, **dict.fromkeys(more, POISON)}, set(more)
    for key, inner in body.items():
        if isinstance(inner, dict):
            for name in names:
                if name not in inner:
                    yield {**body, key: {**inner, name: POISON}}, {name}


def test_a5_a_field_that_nobody_asked_for_is_refused_by_the_api(world: World, watch: Watch) -> None:
    names, client, refused = names_of_columns(world), world.app.test_client(), 0
    for route in routes(world.app):
        body = bodies(world.here).get(route.endpoint)
        if body is None:
            continue
        headers = world.headers(roles(world.app, route)[0])
        for asked, new in with_more(body, names):
            answer = client.open(address(route, world.here), method=route.method, json=asked, headers=headers)
            assert answer.status_code == 422, (route, new, answer.text)
            assert not watch.written(), (route, new)
            if len(new) > 1:
                told = {one["field"] for one in answer.json["errors"]}
                assert new - told <= set(OWN.get(route.endpoint, ())), (route, new - told)
            refused += len(new)
    assert refused > 500


OWN = {
    "api_bookings.book": ("language", "cards"),
    "api_tickets.issue": ("language",),
    "api_counter.order_print": ("reason",),
    "api_line.take_step": (),
}
"""Fields of a call which are called like a column, and which the body of the tests leaves out."""


def test_a5_a_box_that_no_form_has_changes_nothing(world: World) -> None:
    """The booking and the first page of a form, each with a box named like every column besides their own."""
    client, prefix = world.app.test_client(), world.here.prefix
    token = world.csrf(client)
    own = {
        "csrf_token": token, "procedure": "JUM-01", "office": HOME, "starts_at": "2026-11-26T10:00",
        "name": "カエデノ　オナ", "phone": "090-1234-5678",
    }  # fmt: skip
    poisoned = {
        name: str(POISON) for name in names_of_columns(world) if name not in (*own, "email", "cards", "key")
    }
    made = client.post(f"{prefix}/book/make", data={**poisoned, **own})
    assert made.status_code == 303, made.text
    newest = world.rows("booking")[-1]
    assert (newest["state"], newest["cards"], newest["channel"], newest["queue"]) == ("booked", 0, "web", "A")
    steps = client.get(f"{prefix}/bookings/{world.here.mine.booking}/forms/F02/todoke")
    assert steps.status_code == 200
    saved = client.post(
        f"{prefix}/bookings/{world.here.mine.booking}/forms/F02/todoke",
        data={**poisoned, "csrf_token": token},
    )
    assert saved.status_code in (303, 422)
    held = [text for table in world.tables() for row in world.rows(table) for text in map(str, row.values())]
    assert str(POISON) not in held
    assert not any(str(POISON) in text for text in held if len(text) > 40), "nor inside any longer text"


def test_a5_staff_forms_take_their_own_boxes_only(world: World) -> None:
    for who in ROLES:
        boxes_only(world, who)


def boxes_only(world: World, who: str) -> None:
    client = world.browser(who)
    token = world.csrf(client)
    poisoned = {name: str(POISON) for name in names_of_columns(world) if name not in ("number", "counter")}
    before = {one["username"]: (one["role"], one["office_id"], one["active"]) for one in world.rows("staff")}
    for route in routes(world.app):
        if (
            not route.safe
            and not route.api
            and who in roles(world.app, route)
            and "sign_in" not in route.endpoint
        ):
            to = address(route, world.here, action="return", username="nobody")
            answer = client.open(to, method="POST", data={**poisoned, "csrf_token": token})
            assert answer.status_code < 500, route
    after = {one["username"]: (one["role"], one["office_id"], one["active"]) for one in world.rows("staff")}
    assert after == before
    held = [text for table in world.tables() for row in world.rows(table) for text in map(str, row.values())]
    assert str(POISON) not in held


def demote(world: World, who: str) -> None:
    role = "counter" if who == "manager" else "manager"
    world.execute("UPDATE staff SET role = ? WHERE username = ?", role, PEOPLE[who].username)


def close(world: World, who: str) -> None:
    with inside(world.settings):
        accounts.set_active(PEOPLE[who].username, False, "test")


def delete(world: World, who: str) -> None:
    world.execute("DELETE FROM staff WHERE username = ?", PEOPLE[who].username)


@pytest.mark.parametrize(("ending", "expected"), [(demote, 403), (close, 302), (delete, 302)])
def test_a8_who_is_out_is_out_with_the_next_request(
    world: World, ending: Callable[[World, str], None], expected: int
) -> None:
    for who in PEOPLE:
        client, page = world.browser(who), f"{world.here.prefix}{FIRST[who]}"
        token = world.csrf(client)
        assert client.get(page).status_code == 200
        ending(world, who)
        assert client.get(page).status_code == expected, who
        sent = client.post(f"{world.here.prefix}{SENDS[who]}", data={"csrf_token": token})
        assert sent.status_code in (401, 403), who


FIRST = {
    "counter": "/counter/",
    "concierge": "/counter/",
    "manager": "/manager/",
    "administrator": "/admin/staff/",
}
SENDS = {
    "counter": "/counter/next", "concierge": "/counter/tickets", "manager": "/manager/savings/freeze",
    "administrator": "/admin/staff/invite",
}  # fmt: skip


def test_a8_a_revoked_token_opens_nothing_any_more(world: World) -> None:
    for who in (*ROLES, *DEVICES):
        revoked(world, who)


def revoked(world: World, who: str) -> None:
    own = [
        route for route in routes(world.app)
        if route.api and route.endpoint not in LOGS and who in roles(world.app, route)
    ]  # fmt: skip
    client = world.app.test_client()
    table, column = ("device", "kind") if who in DEVICES else ("access_token", "role")
    if own:
        first = own[0]
        answer = client.open(
            address(first, world.here),
            method=first.method,
            headers=world.headers(who),
            **sent(first, world.here),
        )
        assert answer.status_code not in (401, 403)
    world.execute(f"UPDATE {table} SET revoked_at = '2026-11-24 00:00:00' WHERE {column} = ?", who)
    for route in own:
        answer = client.open(
            address(route, world.here),
            method=route.method,
            headers=world.headers(who),
            **sent(route, world.here),
        )
        assert answer.status_code == 401, route


def test_a8_a_new_code_for_somebody_ends_what_they_have_open(world: World) -> None:
    ben, aya = world.browser("counter"), world.browser("administrator")
    prefix = world.here.prefix
    assert done(aya, f"{prefix}/admin/staff/", f"{prefix}/admin/staff/ben/code").status_code == 303
    assert ben.get(f"{prefix}/counter/").status_code == 302
