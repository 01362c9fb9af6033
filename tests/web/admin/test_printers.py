"""Printers as administrators set them: what may be written down (I11), and what is kept of what was set before."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.queries import printers
from models.queries.offices import office
from models.rules.printers import in_house, parts
from tests.conftest import inside
from tests.web.people import AYA, employ, post, sign_in

PAGE = "/admin/printers/"
GOOD = {
    "office": "honcho", "printer": "", "name": "1番窓口のプリンター", "address": "ipp://192.168.10.21/ipp/print",
    "fingerprint": "", "counters": "1",
}  # fmt: skip
PIN = "AB:" * 31 + "AB"


@pytest.mark.parametrize(
    "address",
    [
        "", "http://192.168.10.21/", "ipp://", "ipp:///ipp", "ipp://a b/", "ipp://user:secret@10.0.0.1/", "ipp://10.0.0.1:0/",
        "ipp://10.0.0.1:99999/", "ipp://10.0.0.1/?a=1", "ipp://10.0.0.1/#a", "ipp://10.0.0.1/../x y", "ipp://プリンター/",
        "ipp://10.0.0.1/\r\nHost: x", "ipp://" + "a" * 200, "file:///etc/passwd", "ipp://10.0.0.1@169.254.169.254/",
    ],
)  # fmt: skip
def test_i11_what_is_no_printers_address_is_refused(address: str) -> None:
    assert parts(address) is None


@pytest.mark.parametrize(
    ("address", "inner"),
    [
        ("192.168.10.21", True), ("10.1.2.3", True), ("172.31.0.1", True), ("fd00::1", True), ("::ffff:10.0.0.1", True),
        ("127.0.0.1", False), ("::1", False), ("169.254.169.254", False), ("::ffff:127.0.0.1", False),
        ("0.0.0.0", False),
        ("fe80::1%eth0", False), ("8.8.8.8", False), ("224.0.0.1", False), ("2001:db8::1", False), ("printer", False),
    ],
)  # fmt: skip
def test_i11_a_printer_stands_in_the_houses_own_network(address: str, inner: bool) -> None:
    assert in_house(address) is inner


def test_an_address_says_host_port_and_path() -> None:
    assert [parts(one).http for one in ("ipp://p1/ipp/print", "ipps://[fd00::1]:8631/", "ipp://p1")] == [
        "http://p1:631/ipp/print",
        "https://[fd00::1]:8631/",
        "http://p1:631/",
    ]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_printer_is_set_changed_and_given_up_and_what_was_set_before_is_kept(settings, app) -> None:
    employ(settings, AYA)
    aya = sign_in(app, AYA)
    assert (
        sent(aya, {**GOOD, "name": "", "address": "http://x/", "counters": "99"}).text.count(
            'class="field-error"'
        )
        == 3
    )
    assert sent(aya, {**GOOD, "fingerprint": "xyz"}).status_code == 422
    assert sent(aya, {**GOOD, "fingerprint": PIN}).status_code == 422
    assert sent(aya, GOOD).status_code == 303
    assert sent(aya, {**GOOD, "name": "もう1台"}).status_code == 422

    with inside(settings):
        (first,) = printers.printers_of(office("honcho"))
        assert first.counters == ("1",)
    changed = {
        **GOOD,
        "printer": str(first.id),
        "address": "ipps://192.168.10.22/ipp/print",
        "fingerprint": PIN,
    }
    assert sent(aya, changed).status_code == 303
    with inside(settings):
        (second,) = printers.printers_of(office("honcho"))
        (before,) = printers.ended_of(office("honcho"))
        assert (second.fingerprint, before.address, before.ended_by) == (
            "ab" * 32,
            GOOD["address"],
            second.made_by,
        )
    assert "ipp://192.168.10.21/ipp/print" in aya.get(PAGE).text

    assert post(aya, PAGE, f"{PAGE}{second.id}/look", office="honcho").status_code == 303
    assert post(aya, PAGE, f"{PAGE}{first.id}/end", office="honcho").status_code == 404
    assert post(aya, PAGE, f"{PAGE}{second.id}/end", office="higashi").status_code == 404
    assert post(aya, PAGE, f"{PAGE}{second.id}/end", office="honcho").status_code == 303
    with inside(settings):
        assert printers.printer_of(office("honcho"), "1") is None


def sent(aya: FlaskClient, fields: dict[str, str]) -> TestResponse:
    return post(aya, PAGE, PAGE, **fields)
