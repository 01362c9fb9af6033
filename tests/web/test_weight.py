"""What a phone has to fetch before the first page of a booking stands: little, and nothing secret squeezed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
FIRST_PAGES = ("/", "/guide/", "/guide/search", "/book/?procedure=JUM-01&office=honcho")
MOST_BYTES = 60_000
HEADERS_BYTES = 900
"""Of one answer; ours carry a content policy."""
LINKED = re.compile(r'(?:<link rel="(?:stylesheet|icon)" href|<script[^>]* src|<img[^>]* src)="([^"]+)"')
PHONE = {"Accept-Encoding": "gzip, deflate, br"}


def fetched(client: FlaskClient, address: str) -> int:
    """The bytes of one answer as they travel."""
    with client.get(address, headers=PHONE) as answer:
        assert answer.status_code == 200, address
        return len(answer.data) + HEADERS_BYTES


@pytest.mark.parametrize("path", FIRST_PAGES, ids=["home", "guide", "search", "times"])
def test_the_first_pages_of_a_booking_weigh_sixty_kilobytes_at_most(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=PHONE)
    parts = {one.replace("&amp;", "&") for one in LINKED.findall(page.get_data(as_text=True))}
    assert {urlsplit(one).netloc for one in parts} == {""}, "nothing of a third party"
    assert any(".css" in one for one in parts)
    assert len(page.data) + HEADERS_BYTES + sum(fetched(client, one) for one in parts) <= MOST_BYTES


@pytest.mark.parametrize("way", ["br", "gzip"])
def test_a_stylesheet_travels_small_and_keeps_its_address_for_a_year(client: FlaskClient, way: str) -> None:
    page = client.get("/").get_data(as_text=True)
    for address in re.findall(r'rel="stylesheet" href="([^"]+)"', page):
        assert re.search(r"\?v=[0-9a-f.]{3,}", address), "a new version has a new address"
        with client.get(address) as whole, client.get(address, headers={"Accept-Encoding": way}) as small:
            assert small.headers["Content-Encoding"] == way
            assert len(small.data) < len(whole.data) / 2
            assert "immutable" in small.headers["Cache-Control"]


def test_no_page_is_squeezed_because_its_length_would_tell_of_its_secrets(client: FlaskClient) -> None:
    for path in (*FIRST_PAGES, "/api/v1/offices"):
        assert "Content-Encoding" not in client.get(path, headers=PHONE).headers, path
