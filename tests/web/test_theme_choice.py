"""A visitor chooses the colours of the pages: kept for a year, and the device's own until then."""

import pytest

from tests.web.gallery_app import make_gallery


@pytest.fixture
def client():
    return make_gallery().test_client()


def text_of(client, address="/styleguide/"):
    return client.get(address).get_data(as_text=True)


def test_who_chose_nothing_reads_as_the_device_is_set(client):
    page = text_of(client)
    assert "data-theme" not in page
    assert '<meta name="color-scheme" content="light dark">' in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_remembered_and_taken_back(client, theme):
    client.get(f"/styleguide/?theme={theme}")
    assert f'data-theme="{theme}"' in text_of(client)
    assert f'<meta name="color-scheme" content="{theme}">' in text_of(client)
    client.get("/styleguide/?theme=device")
    assert "data-theme" not in text_of(client)


@pytest.mark.parametrize("asked", ["", "none", "<script>", "Dark"])
def test_nonsense_is_neither_shown_nor_kept(client, asked):
    answer = client.get("/styleguide/", query_string={"theme": asked})
    assert "data-theme" not in answer.get_data(as_text=True)
    assert client.get_cookie("theme") is None


def test_nonsense_in_an_address_leaves_what_was_chosen(client):
    client.get("/styleguide/?theme=dark")
    assert 'data-theme="dark"' in text_of(client, "/styleguide/?theme=none")


def test_choosing_keeps_the_rest_of_the_address(client):
    assert 'href="?day=2026-11-26&amp;p=A&amp;p=B&amp;theme=dark"' in text_of(
        client, "/styleguide/?day=2026-11-26&p=A&p=B&theme=light"
    )
