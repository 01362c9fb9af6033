"""How values are shown: both calendars, the office's clock, ranges, shares, colours of a heat table."""

from datetime import UTC, date, datetime

import pytest
from flask import g
from markupsafe import Markup

from models.catalogue.definitions import Words
from tests.web.gallery_app import make_gallery
from web import presentation as show
from web.languages import phrase
from web.reading import BY_CODE
from web.ruby import plain, ruby, unbroken
from web.spelling import long_day, words

THURSDAY = date(2026, 11, 26)


@pytest.fixture
def english():
    with make_gallery().test_request_context("/"):
        g.language = BY_CODE["en"]
        yield


def test_a_date_is_shown_in_both_calendars():
    assert show.western_date(THURSDAY) == "2026年11月26日（木）"
    assert show.wareki(THURSDAY) == "令和8年11月26日（木）"
    assert show.both_calendars(THURSDAY) == "2026年（令和8年）11月26日（木）"


def test_pages_never_end_a_line_before_the_weekday_of_a_date():
    with (app := make_gallery()).test_request_context("/"):
        for name in ("day_and_month", "western_date", "wareki", "both_calendars"):
            drawn = app.jinja_env.filters[name](THURSDAY)
            assert drawn.endswith('<span class="nowrap">11月26日（木）</span>')
            assert plain(drawn) == getattr(show, name)(THURSDAY)
        g.language = BY_CODE["ja-easy"]
        drawn = app.jinja_env.filters["day_and_month"](THURSDAY)
        assert (drawn[:29], plain(drawn)) == ('<span class="d-inline-block">', "11月26日（木曜日）")


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ((2019, 4, 30), "平成31年"),
        ((2019, 5, 1), "令和元年"),
        ((1989, 1, 7), "昭和64年"),
        ((1926, 12, 25), "昭和元年"),
    ],
)
def test_the_first_year_of_an_era_is_written_gannen(day, year):
    assert show.era_year(date(*day)) == year


def test_dates_read_naturally_in_english(english):
    assert show.western_date(THURSDAY) == "Thu 26\xa0November\xa02026"
    assert show.both_calendars(THURSDAY).startswith("Thu 26\xa0November\xa02026 (")


@pytest.mark.parametrize("code", [code for code in BY_CODE if code not in ("ja", "ja-easy")])
def test_a_narrow_line_never_parts_a_day_from_its_month(code):
    with make_gallery().test_request_context("/"):
        g.language = BY_CODE[code]
        weekday = show.weekday(THURSDAY).replace(" ", "\xa0")
        for said in (show.day_and_month(THURSDAY), show.western_date(THURSDAY), long_day(THURSDAY)):
            month = said.replace(weekday, "").replace(", ", "").strip(" .")
            assert " " not in month, said
            assert "26" in said.replace("२६", "26")


def test_no_line_breaks_within_a_date_in_a_text() -> None:
    told = show.whole_dates("期限：11月27日（金） 12:07 → 2027年1月4日（月）<b>")
    whole = '<span class="d-inline-block">{}</span>'.format
    assert told == f"期限：{whole('11月27日（金） 12:07')} → {whole('2027年1月4日（月）')}&lt;b&gt;"


def test_an_instant_is_shown_by_the_offices_clock():
    moment = datetime(2026, 11, 26, 0, 5, tzinfo=UTC)
    assert show.clock_time(moment) == "9:05"
    assert show.clock_time(moment, "UTC") == "0:05"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((70,), "70分"),
        ((10, 20), "10〜20分"),
        ((110, 119.4), "110〜119分"),
        ((260, 290), "4時間20分〜4時間50分"),
        ((180,), "3時間"),
        ((130.5, None, 1), "130.5分"),
        ((9.6, 10.4), "10分"),
        ((None,), "—"),
        ((7.24, None, 1), "7.2分"),
    ],
)
def test_minutes_are_shown_as_a_range_where_there_is_one(values, shown):
    assert plain(show.minutes(*values)) == shown


def test_a_line_ends_between_the_ends_of_a_range_and_never_within_one():
    whole = '<wbr><span class="nowrap">{}</span>'.format
    assert show.minutes(115, 125) == f"<span>{whole('1時間55分')}〜{whole('2時間5分')}</span>"


def test_numbers_and_shares():
    assert show.number(2318.4) == "2,318"
    assert show.percentage(0.456) == "46%"
    assert show.percentage(None) == show.number(None) == "—"


def test_the_heat_turns_exactly_where_the_target_is_passed():
    assert show.heat_edges(12) == [4, 8, 12, 18, 24]
    assert [show.heat_step(value, 12) for value in (4, 8, 12, 12.1, 24, 25, None)] == [0, 1, 2, 3, 4, 5, 0]


def test_ruby_is_drawn_only_over_marked_kanji_and_the_rest_is_escaped():
    assert ruby("60分{ぷん}<b>") == "60<ruby>分<rp>（</rp><rt>ぷん</rt><rp>）</rp></ruby>&lt;b&gt;"
    assert ruby("{name}") == "{name}"


@pytest.mark.parametrize("word", ["もう一度", "もどせません", "どのくらい", "さがせます", "090-1234-5678"])
def test_no_line_ends_within_a_word_that_browsers_cut(word):
    told = phrase(f"まだ何も変わっていませんが、{word}、と書いてあります。")
    assert f'<span class="nowrap">{word}</span>、' in told
    assert word in told.plain
    assert "nowrap" not in phrase(word), "a line of its own has room for it"


def test_no_line_ends_within_a_long_loan_word_in_a_narrow_place():
    whole = '<span class="nowrap">マイナンバーカード</span>の受け取り'
    assert unbroken(ruby("マイナンバーカードの受け取り")) == whole
    assert unbroken(ruby("カードの<住所>")) == "カードの&lt;住所&gt;"


def test_what_was_drawn_before_is_told_without_its_readings():
    assert plain(Markup("<b>{}</b>&amp;前庭市").format(ruby("番号{ばんごう}"))) == "番号&前庭市"


def test_japanese_words_on_an_english_page_say_that_they_are_japanese(english):
    assert words(Words("転入<届>")) == '<span lang="ja">転入&lt;届&gt;</span>'
    assert words(Words("転入", en="Moving in")) == "Moving in"


def test_english_that_stands_in_for_another_language_says_that_it_is_english(english):
    g.language = BY_CODE["vi"]
    said = words(Words("新しい<庁舎>", en="New office"))
    assert said == '<span lang="en">New office</span> (<span lang="ja">新しい&lt;庁舎&gt;</span>)'
    within = phrase("{office}!", office=Words("新しい<庁舎>", en="New office"))
    assert (within, within.plain) == (f"{said}!", "New office (新しい<庁舎>)!")


def test_a_reference_is_cut_in_fours_once():
    assert show.reference("K7FX29MA") == show.reference("K7FX-29MA") == "K7FX-29MA"


def test_typed_lines_are_kept_and_never_become_markup():
    assert show.lines("a\n<b>") == "a<br>&lt;b&gt;"
    assert show.lines(Markup("<b>x</b>")) == "<b>x</b>"
    assert show.lines(3) == "3"


def test_there_are_47_prefectures():
    assert len(set(show.PREFECTURES)) == 47


def test_a_static_address_changes_with_the_file():
    with make_gallery().test_request_context("/"):
        assert show.asset("theme.css").startswith("/static/theme.css?v=")
        assert show.asset("theme.css") != show.asset("sign.svg")


def test_every_cell_of_a_row_is_escaped_for_itself_whatever_stands_in_it():
    tags = [("<th>", "</th>"), ("<td>", "</td>")]
    for row, drawn in (
        (["<b>", "&"], "<th>&lt;b&gt;</th><td>&amp;</td>"),
        ([Markup("<b>1</b>"), "<"], "<th><b>1</b></th><td>&lt;</td>"),
        ([3, None], "<th>3</th><td>None</td>"),
        (["a\nb", "<\n"], "<th>a\nb</th><td>&lt;\n</td>"),
        (["", ""], "<th></th><td></td>"),
    ):
        assert show.cells(iter(row), tags) == drawn
