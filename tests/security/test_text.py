"""I3, I5, I7, I9, I13: what people write stays what they wrote, everywhere, and is never taken for anything else."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape
from pdfminer.high_level import extract_text

from models.core.settings import Settings
from models.core.vault import unseal
from models.operations import accounts
from models.papers.tables import csv_file
from models.queries import applications, staff
from tests.conftest import inside
from tests.races.crowd import FULL
from tests.security.addresses import FREE
from tests.security.crawling import Look, Tags
from tests.security.forms import Filling, free_text
from tests.security.world import HOME, World
from tests.web.admin.previews import done
from tests.web.api.calls import Calls, issue_tokens
from tests.web.counter.conftest import family
from tests.web.people import AYA, BEN, employ, post, sign_in

HARD = (
    "𠮷田　髙志", "葛\U000e0100城　蒼", "神\ufa19　神\u795e", "﨑山　德", "が\u3099　か\u3099", "José　Núñez",
    "ﾏｴﾆﾜ　ﾊﾅｺ", "ⅷ　㍿", "李　晧", "齋\U000e0101藤　\U00020bb7",
)  # fmt: skip
"""Names that any normalisation would change, and names outside the first plane."""
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
UNSEEN = {
    "\u202e": "U+202E", "\u202a": "U+202A", "\u2066": "U+2066", "\u200b": "U+200B", "\u200d": "U+200D",
    "\ufeff": "U+FEFF", "\u00ad": "U+00AD", "\u3164": "U+3164", "\u2028": "U+2028", "\U000e0041": "U+E0041",
    "\ue000": "U+E000", "\U000f0000": "U+F0000", "\x1b": "U+001B", "\x7f": "U+007F", "\U0001f600": "絵文字",
    "\ufffd": "",
}  # fmt: skip
"""Characters that are not seen as they were typed, and how each is named."""
INJECTED = (
    "{{7*7}}", "{% for x in y %}", "${7*7}", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "</title><svg onload=x>", "'; DROP TABLE staff; --", '#read("/etc/passwd")', '#eval("1+1")', "$x^2$", "*太*_字_",
    "\\u{41}\\n", "../../etc/passwd", "file:///etc/passwd", "%s%n%(x)s", "{name} {0} {n}", "漢字{かんじ}", "&amp;&lt;",
    "=HYPERLINK(\"//evil\")", "// 注", "@import", "[link](x)", "`code`", "--help", "~/x", "<!-- -->", "]]>",
    "\\\\host\\x",
)  # fmt: skip


def answers(name: str) -> dict[str, Any]:
    """A whole form with one name in every box for a name, and the text in the last line of an address."""
    made = family()
    here = {**made["a_new"], "katagaki": name.replace("　", "")}
    more = {"p_name": name, "p_mnc": "あり・持参", "p_foreign": False}
    people = [{**person, **more} for person in made["people"]]
    return {**made, "d_name": name, "a_new_head": name, "a_prev_head": name, "people": people, "a_new": here}


def plain(text: str) -> str:
    """Text as two readers of a PDF agree on it."""
    return SELECTORS.sub("", "".join(text.split()))


@pytest.fixture
def city_calls(app: Flask, settings: Settings) -> Calls:
    """The API of the first city on the engine of the test."""
    return Calls(app.test_client(), issue_tokens(settings))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_i3_a_name_stays_what_was_typed_in_store_page_json_table_and_paper(
    app: Flask, settings: Settings, city_calls: Calls
) -> None:
    employ(settings, BEN)
    counter = sign_in(app, BEN)
    post(counter, "/counter/place", "/counter/place", place=f"{HOME}/2")
    for name in HARD:
        filed = city_calls.file("F02", fields=answers(name))
        assert filed.status_code == 201, filed.text
        with inside(settings):
            kept = applications.fields_of(applications.by_reference(filed.json["reference"]))
        assert kept["d_name"].encode() == name.encode()
        scan = city_calls.post(f"/offices/{HOME}/scans", {"code": filed.json["reference"]}, "counter").json
        assert scan["application"]["fields"]["people"][0]["p_name"].encode() == name.encode()
        shown = post(counter, "/counter/", "/counter/scans", code=filed.json["reference"])
        assert name in counter.get(shown.headers["Location"]).text
        cells = list(csv.reader(io.StringIO(csv_file(["名前"], [[name]]).decode("utf-8-sig"))))
        assert cells[1][0].removeprefix("'") == name
    for name in HARD[:3]:
        filed = city_calls.file("F02", fields=answers(name))
        sheet = city_calls.get(f"/applications/{filed.json['reference']}/form.pdf", "counter")
        assert plain(name) in plain(extract_text(io.BytesIO(sheet.data)))


def test_i3_a_page_keeps_a_name_like_the_api_does(world: World) -> None:
    filling = Filling(world)
    route = next(one for one in filling.pages() if one.endpoint == "prefill.page")
    for name in HARD:
        whole, _, given = name.partition("　")
        saved = filling.send(route, **{"d_name.family": whole, "d_name.given": given})
        assert saved.status_code == 303, (name, saved.text)
        page = filling.browser(route)[0].get(filling.to(route)).text
        values = {
            tag["name"]: tag.get("value")
            for _, tag in Tags(page).found
            if tag.get("name", "").startswith("d_name")
        }
        assert (values["d_name.family"], values["d_name.given"]) == (whole, given)


def open_texts(world: World) -> list[str]:
    """Every text that the first city keeps, what is sealed opened."""
    found = [str(cell) for table in world.tables() for row in world.rows(table) for cell in row.values()]
    with inside(world.settings):
        for row in world.rows("application"):
            if row["fields"]:
                found.append(unseal(row["fields"], row=f"application/{row['reference']}", field="fields"))
        for row in world.rows("booking"):
            for name in ("contact", "notes"):
                if row[name]:
                    found.append(unseal(row[name], row=f"booking/{row['reference']}", field=name))
    return found


def unseen(nth: int, step: int) -> Sequence[tuple[str, str]]:
    """A third of every `step`-th character, others at each next box; with RACES=full every `step`-th."""
    chosen = tuple(UNSEEN.items())[::step]
    return chosen if FULL else chosen[nth % 3 :: 3]


def test_i5_no_box_keeps_a_character_that_is_not_seen_and_names_say_which(world: World) -> None:
    filling, named, nth = Filling(world), set(), 0
    for route in filling.pages("sign_in.leave", "sign_in.set_password", "imports.take"):
        for box in filling.boxes(route):
            if not free_text(route, box):
                continue
            says = (
                box in ("name", "note", "reason", "label", "d_name.family") and route.endpoint not in OTHERS
            )
            nth += 1
            for sign, name in unseen(nth, 1 if says else 3):
                answer = filling.send(route, **{box: f"ア{sign}イ"})
                assert 300 < answer.status_code < 500, (route, box, name)
                if says and name:
                    assert answer.status_code in (409, 422), (route, box, name)
                    assert name in answer.text or answer.status_code == 409, (route, box, name)
                    named.add((route.endpoint, box))
    kept = "\n".join(open_texts(world))
    assert not [name for sign, name in UNSEEN.items() if f"ア{sign}イ" in kept]
    assert "ア" in kept
    assert len(named) >= 6


OTHERS = ("scanning.print_form", "moving.undo")
"""A reason that is looked at after a slip which these tests lack, and one that is chosen from a few words."""


def test_i5_no_call_keeps_one_either(world: World) -> None:
    client, base = world.app.test_client(), f"{world.here.prefix}/api/v1/offices/{HOME}"
    contact = {"name": "カエデノ　オナ", "phone": "090-1234-5678"}
    for sign, name in UNSEEN.items():
        visit = {"procedures": ["JUM-01"], "starts_at": FREE}
        asked: list[tuple[str, dict[str, Any]]] = [
            ("bookings", {**visit, "contact": {**contact, "name": f"ア{sign}イ"}}),
            ("bookings", {**visit, "contact": {**contact, "email": f"a{sign}b@example.jp"}}),
            ("applications", {"form": "F02", "fields": answers(f"ア{sign}イ　ウ")}),
        ]
        if sign != "\U0001f600":
            asked.append(("bookings", {**visit, "contact": contact, "notes": f"ア{sign}イ"}))
        for path, body in asked:
            answer = client.post(f"{base}/{path}", json=body)
            assert answer.status_code == 422, (path, name, answer.text)
        assert name in answer.text


def test_i7_no_table_has_a_cell_that_calculates(looks: list[Look], world: World) -> None:
    client, headers = world.app.test_client(), world.headers("manager")
    base = f"{world.here.prefix}/api/v1/offices/{HOME}"
    starts = (
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
        '=HYPERLINK("//evil.example","x")',
    )
    lines = "".join(
        f'"{start.replace(chr(34), chr(34) * 2)}",A,2026-11-20 09:00,2026-11-20 09:05,2026-11-20 09:15,{start[:2]}\n'
        for start in starts
    )
    log = f"ticket_id,queue,arrived_at,called_at,finished_at,counter\n{lines}".encode()
    done = client.post(f"{base}/visits:import", data=log, content_type="text/csv", headers=headers)
    assert done.status_code == 200, done.text
    assert done.json is not None
    assert done.json["imported"] == len(starts)
    table = client.get(f"{base}/visits.csv?from=2026-11-20&to=2026-11-20", headers=headers)
    pages = [
        table.data,
        *(seen.body for seen in looks if seen.headers.get("Content-Type", "").startswith("text/csv")),
    ]
    assert len(pages) >= 4
    cells = [
        cell for page in pages for row in csv.reader(io.StringIO(page.decode("utf-8-sig"))) for cell in row
    ]
    assert not [cell for cell in cells if re.match("[=+@\t\r＝＋－＠]|-(?![0-9.]+$)", cell)]
    assert "'=1+1" in "\n".join(cells)
    again = client.post(
        f"{world.here.prefix}/api/v1/offices/higashi/visits:import", data=table.data, content_type="text/csv",
        headers={"Authorization": f"Bearer {everywhere(world)}"},
    )  # fmt: skip
    assert again.json is not None, again.text
    assert again.json["imported"] == len(starts) + 1, "and the one line that was there before"
    ids = {row["external_id"].partition("/")[2] for row in world.rows("ticket") if row["external_id"]}
    assert {"=1+1", "+1", "@SUM(A1)", "＝1"} <= ids, "what was guarded comes back as it was"


def everywhere(world: World) -> str:
    """A token of a manager of the whole city."""
    with inside(world.settings):
        return accounts.issue_token("manager", None, "test")


def elements(page: str) -> list[str]:
    """What a page is made of, without what is in it."""
    return sorted(tag for tag, _ in Tags(page).found)


def names_and_notes(world: World, text: str) -> Iterator[tuple[str, str]]:
    """Pages and papers that show a text, each with its own kind."""
    client, prefix = world.browser("counter"), world.here.prefix
    calls = Calls(world.app.test_client(), issue_tokens(world.settings), f"{prefix}/api/v1")
    filed = calls.file("F02", fields=answers(text))
    assert filed.status_code == 201, (text, filed.text)
    shown = post(client, f"{prefix}/counter/", f"{prefix}/counter/scans", code=filed.json["reference"])
    yield "page", client.get(shown.headers["Location"]).text
    sheet = calls.get(f"/applications/{filed.json['reference']}/form.pdf", "counter")
    assert sheet.status_code == 200, (text, sheet.text)
    yield "paper", extract_text(io.BytesIO(sheet.data))
    scanned = calls.post(f"/offices/{HOME}/scans", {"code": filed.json["reference"]}, "counter")
    yield "json", scanned.text


def test_i9_what_looks_like_code_is_text_on_the_desk_and_on_paper(world: World) -> None:
    """All strings stand in one form each time, in names, in addresses and in free boxes."""
    together = ["".join(INJECTED[place : place + 4]) for place in range(0, len(INJECTED), 4)]
    first: list[str] = []
    for text in together:
        for kind, shown in names_and_notes(world, text):
            if kind == "page":
                assert str(escape(text)) in shown, text
                assert not list(scripts(shown)), text
                first = first or elements(shown)
                assert elements(shown) == first, "no element more than for any other name"
            elif kind == "paper":
                assert plain(text) in plain(shown), text
            else:
                assert json.loads(shown)["application"]["fields"]["d_name"] == text


def scripts(page: str) -> Iterator[str]:
    """What a page runs, besides our own files."""
    for tag, values in Tags(page).found:
        if any(name.startswith("on") for name in values) or "javascript:" in str(values):
            yield f"<{tag} {values}>"
        if tag == "script" and not values.get("src", "").startswith("/m/maeniwa/static/"):
            yield f"<{tag} {values}>"


def test_i9_what_staff_write_is_text_for_their_colleagues(world: World) -> None:
    aya, chie, prefix = world.browser("administrator"), world.browser("manager"), world.here.prefix
    people, savings = f"{prefix}/admin/staff/", f"{prefix}/manager/savings"
    pages: list[list[str]] = []
    for nth, text in enumerate(INJECTED):
        person = {"username": f"who{nth}", "name": text, "role": "counter", "office": HOME}
        looked = post(aya, people, f"{people}invite", **person).text
        assert done(aya, people, f"{people}invite", **person).status_code == 303, text
        post(chie, savings, f"{savings}/unfreeze", unfrozen="JUM-01", reason=text)
        frozen = post(
            chie, savings, f"{savings}/freeze", procedure="JUM-01", minutes="12", cases="3", note=text
        )
        assert frozen.status_code == 303, (text, frozen.text)
        shown = [aya.get(people).text, chie.get(savings).text, looked]
        for page in shown:
            assert str(escape(text)) in page, text
            assert not list(scripts(page)), text
        pages.append(elements(shown[1]))
    assert all(page == pages[0] for page in pages)


def test_i9_the_name_of_who_is_signed_in_is_text_on_every_page_of_theirs(world: World) -> None:
    name = "<b>{{7*7}}</b>漢字{かんじ}%s"
    world.execute("UPDATE staff SET name = ?", name)
    for who, first in ((BEN, "/counter/"), (AYA, "/admin/")):
        client = sign_in(world.app, who, world.here.prefix)
        page = client.get(f"{world.here.prefix}{first}", follow_redirects=True).text
        assert str(escape(name)) in page
        assert not list(scripts(page))
    with inside(world.settings):
        assert {one.name for one in staff.everyone()} == {name}


def test_i9_a_planted_template_would_be_seen(world: World) -> None:
    assert list(scripts('<p><img src="x" onerror="alert(1)"></p>'))
    assert list(scripts("<script src='https://evil.example/x.js'></script>"))
    assert elements("<p></p>") != elements("<p><b></b></p>")


def test_i13_wildcards_are_letters_in_every_search(world: World) -> None:
    ben = world.browser("counter")
    for client, path, link in (
        (world.app.test_client(), "/guide/search", "/guide/procedures/"),
        (ben, "/counter/tickets/new", 'name="procedure"'),
    ):
        nothing = client.get(f"{world.here.prefix}{path}", query_string={"q": "ぬぬぬ"}).text.count(link)
        assert (
            client.get(f"{world.here.prefix}{path}", query_string={"q": "住民"}).text.count(link) != nothing
        )
        for sign in ("%", "_", "%%", "__", "*", ".*", "[", "(", "\\", "?", "'", '"', "^", "$", "+", "|"):
            page = client.get(f"{world.here.prefix}{path}", query_string={"q": sign})
            assert page.status_code == 200, sign
            assert page.text.count(link) == nothing, sign
    for wild in ("%", "_" * 8, "*", "%" * 8):
        wrong = post(ben, f"{world.here.prefix}/counter/", f"{world.here.prefix}/counter/scans", code=wild)
        assert wrong.status_code == 404
