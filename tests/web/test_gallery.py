"""The components: valid, documented, shown, light, and drawable under the strictest content policy."""

import gzip
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from flask import get_template_attribute
from PIL import Image

from tests.web.gallery_app import make_gallery
from web.styleguide import SCREENS

WEB = Path(__file__).parents[2] / "web"
COMPONENTS = sorted((WEB / "templates" / "components").glob("*.html"))
PAGES = ["", *SCREENS]


@pytest.fixture(scope="module")
def client():
    return make_gallery().test_client()


class Markup(HTMLParser):
    """Collects what the tests ask about a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.named, self.inline, self.links = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        self.named += [values[name] for name in ("for", "aria-labelledby") if name in values]
        self.named += (values.get("aria-describedby") or "").split()
        if tag == "a" and (values.get("href") or "").startswith("#") and len(values["href"]) > 1:
            self.named.append(values["href"][1:])
        if tag == "style" or (tag == "script" and "src" not in values) or "style" in values:
            self.inline.append((tag, attrs))
        self.inline += [name for name in values if name.startswith("on")]
        if tag in ("link", "script") and "/static/" in (values.get("href") or values.get("src") or ""):
            self.links.append(values.get("href") or values["src"])


def text_of(client, page):
    answer = client.get(f"/styleguide/{page}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_nothing_inline_that_the_policy_would_block(client, page):
    assert Markup(text_of(client, page)).inline == []


@pytest.mark.parametrize("page", PAGES)
def test_every_label_hint_and_error_link_leads_to_one_control(client, page):
    seen = Markup(text_of(client, page))
    assert len(seen.ids) == len(set(seen.ids))
    assert set(seen.named) <= set(seen.ids)


def test_that_an_answer_is_needed_is_heard_once_and_apart_from_the_name(client):
    page = text_of(client, "form")
    assert re.search(r"<legend>[^<]+ <span class=\"need\">必須", page)
    assert "aria-required" not in page


def test_an_unknown_screen_is_not_found(client):
    assert client.get("/styleguide/nothing").status_code == 404


def test_the_first_booking_page_weighs_at_most_60_kilobytes(client):
    page = text_of(client, "day-and-time")
    seen = Markup(page)
    assert any("bootstrap" in link for link in seen.links)
    parts = [page.encode()]
    for link in seen.links:
        with client.get(link) as answer:
            parts.append(answer.data)
    assert sum(len(gzip.compress(part)) for part in parts) <= 60_000


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_is_documented_and_shown(path):
    text = path.read_text()
    shown = "".join(page.read_text() for page in (WEB / "templates" / "styleguide").glob("*.html"))
    inner = "".join(other.read_text() for other in COMPONENTS)
    for name in re.findall(r"{% macro (\w+)\(", text):
        before = text[: text.index("{% macro " + name + "(")].rstrip()
        assert before.endswith("#}"), f"{name} has no comment line"
        assert f"{name}(" in before.rsplit("{#", 1)[1], f"the comment above {name} does not name it"
        used = f"{name}(" in shown or inner.count(f"{name}(") > 2
        assert used or name == "flashes", f"{name} is shown nowhere"


def test_a_form_that_failed_says_so_in_its_title_and_keeps_what_was_typed(client):
    page = text_of(client, "form")
    assert 'aria-labelledby="errors-title"' in page
    assert 'value="41"' in page
    assert 'aria-invalid="true"' in page


def test_a_link_to_a_page_shows_our_own_card_elsewhere(client):
    page = text_of(client, "day-and-time")
    shown = dict(re.findall(r'<meta [^>]*?property="([a-z:]+)" content="([^"]*)">', page))
    assert shown["og:title"] == "前庭市 来庁予約"
    assert shown["og:image"].startswith("http://localhost/static/social-card.png?v=")
    assert shown["og:description"].startswith("来る時間を予約して")
    with client.get(shown["og:image"]) as answer, Image.open(BytesIO(answer.data)) as card:
        assert card.size == (1200, 630)
        assert len(answer.data) <= 30_000


def test_columns_of_words_carry_their_names_for_a_phone_and_columns_of_figures_stay_a_table():
    app = make_gallery()
    with app.test_request_context():
        table = get_template_attribute("components/tables.html", "table")
        words = table("業務", ["記号", "業務", "必要か"], [["A", "証明書", "はい"]])
        figures = table("業務", ["業務", ("人", True), ("分", True)], [["証明書", 3, 5]])
        whole = table("業務", ["記号", "業務", "必要か"], [["A", "証明書", "はい"]], whole=True)
    assert re.findall(r'data-label="([^"]+)"', words) == ["業務", "必要か"]
    assert "stacks" in words
    assert not [one for one in (figures, whole) if "data-label" in one or "stacks" in one]
