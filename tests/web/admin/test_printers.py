"""Printers as administrators set them: what may be written down (I11), and what is kept of what was set before."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.operations import direct_prints
from models.queries import printers
from models.queries.offices import office
from models.rules.printers import in_house, parts
from tests.conftest import inside
from tests.operations.test_printing import filed
from tests.web.admin.previews import back_of, changed, keep
from tests.web.people import post

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
def test_a_printer_is_set_changed_given_up_and_taken_back(settings, aya) -> None:
    wrong = sent(aya, {**GOOD, "name": "", "address": "http://x/", "counters": "99"})
    assert wrong.text.count('class="field-error"') == 3
    assert sent(aya, {**GOOD, "fingerprint": "xyz"}).status_code == 422
    assert sent(aya, {**GOOD, "fingerprint": PIN}).status_code == 422
    assert "変えました。" in changed(aya, PAGE, **GOOD)
    assert "「1番窓口のプリンター」で印刷することになっています。" in sent(aya, {**GOOD, "name": "別"}).text

    with inside(settings):
        (first,) = printers.printers_of(office("honcho"))
        assert first.counters == ("1",)
        direct_prints.ask(office("honcho"), filed().reference, "1", "staff/ben")
    other = {
        **GOOD,
        "printer": str(first.id),
        "address": "ipps://192.168.10.22/ipp/print",
        "fingerprint": PIN,
        "counters": "2",
    }
    preview = sent(aya, other)
    for word in (
        "で印刷を待つ1枚は、もう出ません",
        "1番の窓口では、画面で開いて印刷します",
        "abababababababab…",
    ):
        assert word in preview.text
    page = keep(aya, PAGE, preview)
    assert "ipp://192.168.10.21/ipp/print（窓口 1） → ipps://192.168.10.22/ipp/print（窓口 2）" in page
    with inside(settings):
        (second,) = printers.printers_of(office("honcho"))
        assert second.fingerprint == "ab" * 32

    assert post(aya, PAGE, f"{PAGE}{second.id}/look", office="honcho").status_code == 303
    for gone in ({"printer": str(first.id)}, {"printer": str(second.id), "office": "higashi"}):
        late = sent(aya, {**GOOD, **gone, "end": "true"})
        assert "見たあとに、ほかの人が変えました。" in aya.get(late.headers["Location"]).text
    page = changed(aya, PAGE, office="honcho", printer=str(second.id), end="true")
    with inside(settings):
        assert printers.printer_of(office("honcho"), "1") is None
    back = aya.get(back_of(page))
    assert "変えたあと、つながるかを確かめます。" in back.text
    keep(aya, PAGE, back)
    with inside(settings):
        (third,) = printers.printers_of(office("honcho"))
        assert third.id != second.id
        assert printers.state_of(third) == printers.state_of(second)
    assert "プリンター　本庁舎" in aya.get("/admin/changes/").text


def sent(aya: FlaskClient, fields: dict[str, str]) -> TestResponse:
    return post(aya, PAGE, PAGE, **fields)
