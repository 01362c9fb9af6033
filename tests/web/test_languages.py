"""Languages: who chooses, what is remembered, and that nothing a person typed becomes markup."""

import re
from datetime import date
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import g, render_template_string
from markupsafe import Markup

from models.catalogue.definitions import Words
from models.core.messages import message
from tests.web.gallery_app import make_gallery
from web import languages, reading


def forget():
    reading.offered.cache_clear()
    languages._catalogue.cache_clear()
    languages._sentence.cache_clear()


@pytest.fixture
def app(tmp_path, monkeypatch):
    """An application with an English and an easy Japanese catalogue of a few sentences."""
    sentences = {
        "en": {"住所を出す": "Find the address", "{n}か所を直してください": "Please correct {n} places"},
        "ja@easy": {
            "住所を出す": "住所{じゅうしょ}を出{だ}す",
            "{name}さんの予約": "{name}さんの予約{よやく}",
            "あと{people}人、{low}〜{high}分": "あと {people}人{にん}、{low}〜{high}分{ふん}",
            "{month}月{day}日から": "{month}月{がつ}{day}日{にち}から",
        },
    }
    for folder, texts in sentences.items():
        catalogue = Catalog()
        for text, translated in texts.items():
            catalogue.add(text, translated)
        path = tmp_path / folder / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True)
        written = BytesIO()
        write_mo(written, catalogue)
        path.write_bytes(written.getvalue())
    monkeypatch.setattr(reading, "CATALOGUES", tmp_path)
    forget()
    yield make_gallery()
    forget()


def read(app, template, address="/", **values):
    with app.test_request_context(address):
        return render_template_string(template, **values)


def test_japanese_is_the_source_and_needs_no_catalogue(app):
    assert read(app, "{{ _('住所を出す') }}") == "住所を出す"


@pytest.mark.parametrize(
    ("people", "high", "told"),
    [
        (1, 10, [("1", "人", "ひとり"), ("10", "分", "ぷん")]),
        (2, 15, [("2", "人", "ふたり"), ("15", "分", "ふん")]),
        (12, "1,234", [("12", "人", "にん"), ("1,234", "分", "ぷん")]),
    ],
)
def test_easy_japanese_reads_what_is_counted_as_its_number_wants_it(app, people, high, told):
    template = "{{ _('あと{people}人、{low}〜{high}分', people=people, low=5, high=high) }}"
    shown = read(app, template, "/?lang=ja-easy", people=people, high=high)
    assert re.findall(r"([0-9,]+)<ruby>(.)<rp>（</rp><rt>(.+?)</rt>", shown) == told


@pytest.mark.parametrize(("day", "reading"), [(1, "ついたち"), (3, "みっか"), (11, "にち"), (20, "はつか")])
def test_easy_japanese_reads_the_days_of_a_month_as_dates(app, day, reading):
    shown = read(app, "{{ _('{month}月{day}日から', month=4, day=day) }}", "/?lang=ja-easy", day=day)
    assert shown.count("<rt>がつ</rt>") == 1
    assert f"{day}<ruby>日<rp>（</rp><rt>{reading}</rt>" in shown


def test_the_address_wins_over_the_cookie_and_the_cookie_over_the_browser(app):
    browser = {"Accept-Language": "en-GB,en;q=0.8"}
    with app.test_request_context("/?lang=ja", headers={**browser, "Cookie": "lang=ja-easy"}):
        assert reading.current().code == "ja"
    with app.test_request_context("/", headers={**browser, "Cookie": "lang=ja-easy"}):
        assert reading.current().code == "ja-easy"
    with app.test_request_context("/", headers=browser):
        assert reading.current().code == "en"


@pytest.mark.parametrize("wanted", ["", "xx", "../en", "ja_JP", "EN\x00"])
def test_an_unknown_language_falls_back_to_japanese(app, wanted):
    with app.test_request_context("/", query_string={"lang": wanted}):
        assert reading.current().code == "ja"


def test_a_japanese_browser_gets_plain_japanese_not_the_easy_one(app):
    with app.test_request_context("/", headers={"Accept-Language": "ja-JP"}):
        assert reading.current().code == "ja"


def test_a_language_without_a_catalogue_is_not_offered(app, tmp_path):
    (tmp_path / "en" / "LC_MESSAGES" / "messages.mo").unlink()
    forget()
    with app.test_request_context("/?lang=en"):
        assert reading.current().code == "ja"
        assert [language.code for language, _, _ in reading.choices()] == ["ja", "ja-easy"]


def test_a_choice_is_remembered_and_nonsense_is_not(app):
    client = app.test_client()
    client.get("/styleguide/?lang=en&text=large")
    assert client.get_cookie("lang").value == "en"
    assert client.get_cookie("text").value == "large"
    client.get("/styleguide/?lang=%3Cscript%3E")
    assert client.get_cookie("lang").value == "en"


def test_the_language_menu_keeps_the_rest_of_the_address(app):
    with app.test_request_context("/styleguide/?day=2026-11-26&p=A&p=B&endpoint=x&_scheme=y&lang=ja"):
        hrefs = {language.code: href for language, href, _ in reading.choices()}
    assert hrefs["en"] == "?day=2026-11-26&p=A&p=B&endpoint=x&_scheme=y&lang=en"


def test_values_are_filled_and_escaped(app):
    shown = read(app, "{{ _('{n}か所を直してください', n=value) }}", "/?lang=en", value="<b>3</b>")
    assert shown == "Please correct &lt;b&gt;3&lt;/b&gt; places"


def test_readings_become_ruby_on_the_page_and_vanish_in_attributes(app):
    assert "<ruby>住所<rp>（</rp><rt>じゅうしょ</rt>" in read(app, "{{ _('住所を出す') }}", "/?lang=ja-easy")
    assert read(app, "{{ _('住所を出す')|plain }}", "/?lang=ja-easy") == "住所を出す"


def test_marks_inside_a_typed_name_stay_text(app):
    with app.test_request_context("/?lang=ja-easy"):
        shown = languages.phrase("{name}さんの予約", name="葛城{かつらぎ}<i>")
    assert "葛城{かつらぎ}&lt;i&gt;さんの<ruby>予約" in shown
    assert shown.plain == "葛城{かつらぎ}<i>さんの予約"


def test_an_unknown_place_in_a_sentence_is_left_standing(app):
    with app.test_request_context("/"):
        assert languages.gettext("{a}と{b}", a="1") == "1と{b}"


def test_a_rules_message_is_translated_with_its_values(app):
    with app.test_request_context("/?lang=en"):
        assert languages.say(message("{n}か所を直してください", n=2)) == "Please correct 2 places"
        assert languages.say(Markup("<b>x</b>")) == "<b>x</b>"


def test_outside_a_request_everything_is_japanese():
    assert languages.gettext("住所を出す") == "住所を出す"
    assert reading.letter_size() == "normal"


def test_the_language_is_decided_once_a_request(app):
    with app.test_request_context("/?lang=en"):
        reading.current()
        assert g.language.code == "en"


def test_a_message_speaks_of_labels_dates_and_numbers_in_the_visitors_language(app):
    label = Words("氏名", "Full name", "名前{なまえ}")
    inner = message("月曜日")
    text = message(
        "{label}: {day}, {count:,}, {inner}", label=label, day=date(2026, 11, 26), count=1234, inner=inner
    )
    with app.test_request_context("/"):
        assert languages.say(text) == "氏名: 2026年11月26日, 1,234, 月曜日"


def test_a_sentence_may_have_a_place_called_text(app):
    with app.test_request_context("/"):
        assert languages.say(message("「{text}」は読めません", text="9時")) == "「9時」は読めません"
