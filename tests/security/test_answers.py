"""W1 (looking writes nothing), W2, W3, W9: what every answer carries and what no page contains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.races.crowd import FULL
from tests.security.addresses import LIBRARIES, address, routes
from tests.security.crawling import Look
from tests.security.world import Watch, World
from web import access
from web.counter.scanning import PDF_POLICY
from web.headers import AGENT, CSP, WITH_AGENT

POLICIES = {"application/pdf": PDF_POLICY}
"""Kinds of answers that may have a policy of their own."""
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "embed": "src", "object": "data"}
CARRIED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
REVALIDATED = {"board.state": "no-cache", "kiosk.keeper": "no-cache", "board.say": "public, max-age=86400"}
"""Numbers and counters only, the same for everybody: these may be asked for again by their tag, or kept."""
STILL = frozenset({"board.show", "today.page", "waiting.show"})
"""Pages that renew themselves where there are no scripts."""


def missing_headers(seen: Look) -> list[str]:
    """What an answer should carry and does not."""
    carried = CARRIED
    if seen.status in (200, 304) and seen.endpoint in REVALIDATED:
        carried = {**CARRIED, "Cache-Control": REVALIDATED[seen.endpoint]}
    found = [f"{seen}: {name}" for name, value in carried.items() if seen.headers.get(name) != value]
    own = (
        CSP.replace("connect-src 'self'", f"connect-src 'self' {AGENT}")
        if seen.endpoint in WITH_AGENT
        else CSP
    )
    policies = (own, POLICIES.get(seen.headers.get("Content-Type", "")))
    if seen.headers.get("Content-Security-Policy") not in policies:
        found.append(f"{seen}: Content-Security-Policy")
    if not seen.headers.get("X-Request-Id"):
        found.append(f"{seen}: X-Request-Id")
    return found


def inline(seen: Look) -> Iterator[str]:
    """What the content policy would stop on a page: scripts and styles in it, things from elsewhere."""
    for text in seen.tags.inline:
        yield f"{seen}: inline {text[:60]!r}"
    for tag, values in (one for one in seen.tags.found if not _renews(seen, *one)):
        if tag in ("style", "base", "meta") and (tag != "meta" or "http-equiv" in values):
            yield f"{seen}: <{tag}>"
        for name, value in values.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                yield f"{seen}: <{tag} {name}>"
            if name in ("href", "src", "action", "formaction") and not addressed_well(value):
                yield f"{seen}: <{tag} {name}={value!r}>"
        loaded = values.get(LOADED.get(tag, ""), "")
        if loaded and (loaded.startswith("//") or not loaded.startswith(("/", "data:image/"))):
            yield f"{seen}: <{tag}> loads {loaded!r}"


def _renews(seen: Look, tag: str, values: Mapping[str, str]) -> bool:
    """Whether this only asks the browser to load the same page again after some seconds."""
    return tag == "meta" and seen.endpoint in STILL and values.get("content", "").isdecimal()


def addressed_well(value: str) -> bool:
    """Whether an address stays here, or leaves as a plain link, mail or telephone."""
    return value.startswith("http://localhost/m/") or urlsplit(value).scheme in (
        "",
        "https",
        "tel",
        "mailto",
        "data",
    )


def test_w1_looking_changes_nothing_but_the_notes_that_are_declared(world: World, looks: list[Look]) -> None:
    wrote = {seen.endpoint for seen in looks if seen.method == "GET" and seen.written}
    declared = {
        route.endpoint for route in routes(world.app)
        if route.safe and (policy := access.policy_of(world.app, route.endpoint)) and policy.records
    }  # fmt: skip
    assert wrote == declared
    visited = {seen.endpoint for seen in looks if seen.method == "GET" and seen.status < 400}
    known = {route.endpoint for route in routes(world.app) if route.safe} - {*LIBRARIES, "health.ready"}
    assert known - visited <= {"staffing.chart"}, "every address was looked at"


def test_w1_a_look_that_is_noted_writes_nothing_else(world: World) -> None:
    before = world.tables()
    noted = [
        route for route in routes(world.app)
        if route.safe and (policy := access.policy_of(world.app, route.endpoint)) and policy.records
    ]  # fmt: skip
    for route in noted:
        answer = world.app.test_client().get(address(route, world.here), headers=world.headers("counter"))
        assert answer.status_code == 200
    changed = {name for name, digest in world.tables().items() if digest != before[name]}
    assert changed == {"audit_entry", "audit_end", "print_job"}


def test_w1_head_is_no_more_than_get(world: World, watch: Watch, looks: list[Look]) -> None:
    """Whatever anybody may look at without signing in, asked for with HEAD, which needs no form token."""
    client, wrote, asked = world.app.test_client(), set(), set()
    for seen in looks:
        if seen.who == "nobody" and seen.method == "GET" and seen.town == world.here.code:
            if seen.endpoint in asked and not FULL:
                continue
            asked.add(seen.endpoint)
            answer = client.head(seen.address)
            assert (answer.status_code, answer.data) == (seen.status, b""), seen
            if watch.written():
                wrote.add(seen.endpoint)
    assert len(asked) > 150
    assert not wrote


def test_w2_w9_every_answer_carries_its_headers_and_is_never_kept(looks: list[Look]) -> None:
    missing = [text for seen in looks for text in missing_headers(seen)]
    assert not missing, "\n".join(missing[:40])
    assert {seen.status for seen in looks} >= {200, 302, 303, 401, 403, 404, 405, 422, 503}
    planted = replace(looks[0], headers={**looks[0].headers, "Cache-Control": "private"})
    assert missing_headers(planted), "the check can fail"


def test_w3_no_page_has_scripts_or_styles_in_it_or_loads_from_elsewhere(looks: list[Look]) -> None:
    pages = [seen for seen in looks if seen.html]
    found = [text for seen in pages for text in inline(seen)]
    assert not found, "\n".join(found[:40])
    assert len({seen.endpoint for seen in pages}) > 30


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>", "<p style='color:red'>", "<a href='javascript:alert(1)'>", "<b onclick=x>",
        "<style>p{}</style>", "<img src='https://elsewhere.example/x.png'>", "<base href='/'>",
        "<meta http-equiv=refresh content=0>", "<iframe srcdoc=x>", "<script src='//elsewhere.example/x.js'>",
    ],
)  # fmt: skip
def test_w3_the_check_of_pages_can_fail(looks: list[Look], planted: str) -> None:
    assert list(inline(replace(looks[0], body=planted.encode())))


def test_w9_what_may_be_kept_carries_no_cookie_and_only_for_fixed_files(world: World) -> None:
    client = world.browser("manager")
    for to in ("/static/theme.css", "/bootstrap/static/css/bootstrap.min.css"):
        for query in ("", "?lang=en&text=large", "?v=1"):
            answer = client.get(f"{world.here.prefix}{to}{query}")
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert not answer.headers.getlist("Set-Cookie"), query
            answer.close()
    missing = client.get(f"{world.here.prefix}/static/none.css")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_w9_cookies_are_closed_to_scripts_and_other_sites(looks: list[Look]) -> None:
    given = [cookie for seen in looks for cookie in seen.cookies if "Max-Age=0" not in cookie]
    assert given
    for cookie in given:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie


def test_i12_no_redirect_leaves_the_city(looks: list[Look]) -> None:
    leaving = [
        f"{seen}: {to}" for seen in looks
        if (to := seen.headers.get("Location")) and seen.method != "API" and not to.startswith(f"/m/{seen.town}/")
    ]  # fmt: skip
    assert not leaving, "\n".join(leaving)
