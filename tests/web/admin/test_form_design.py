"""Changing a form on a page: boxes or YAML, the sheet beside it, and another administrator who releases it."""

from __future__ import annotations

import re
from html import unescape
from unittest.mock import patch

import pytest

from models.core.memory import Memory
from models.operations.booking import book
from models.papers.application import draw
from models.queries import catalogue, form_revisions
from tests.conftest import inside
from tests.operations.test_booking import asked, free
from tests.web.people import CHIE, Person, employ, post, sign_in
from web.admin import form_shown

PAGE = "/admin/forms/"
FORM = f"{PAGE}F01"
MIKI = Person("miki", "administrator", None)
OLD, NEW = "住民票の写し等交付請求書", "住民票などの請求書"
WHY = {"do": "look", "first_day": "2026-11-24", "reason": "窓口の言葉に合わせる", "title": OLD}


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


@pytest.fixture
def miki(app, settings):
    employ(settings, MIKI)
    return sign_in(app, MIKI)


def text_of(page):
    """The YAML that the boxes of a page were made from."""
    found = re.search(r'name="text" value="([^"]*)"', page)
    assert found, page
    return unescape(found[1])


def send(client, to, fields=None):
    """Send a form as a page does."""
    return post(client, PAGE, to, **(fields or {}))


def told(client, answer):
    """The page to which an answer leads."""
    return client.get(answer.location).get_data(as_text=True)


def press(client, yaml="", **sent):
    """Send the boxes that somebody changed, and press a button."""
    return send(client, FORM, {**WHY, "way": "boxes", "text": yaml, **sent})


def waiting(settings):
    with inside(settings):
        return [one.id for one in form_revisions.waiting()]


def mark_of(page):
    found = re.search(r'name="mark" value="([0-9a-f]{8})"', page)
    assert found
    return found[1]


def test_a_version_is_written_in_boxes_and_released_by_somebody_else(aya, miki, settings):
    """Title, order and a new item without JavaScript; the sheet is a picture; residents see it once it is released."""
    first = aya.get(FORM).get_data(as_text=True)
    assert "いま使っている様式と同じです" in first
    assert 'src="data:image/png;base64,' in first
    moved = press(aya, do="down.s.who", title=NEW).get_data(as_text=True)
    assert f"題名を「{OLD}」から「{NEW}」に変えます。" in moved
    assert "欄の並びを変えます" in moved
    new = {"new.label": "くわしい理由", "new.type": "text", "new.section": "why", "new.req": "true"}
    added = press(aya, text_of(moved), title=NEW, do="add", **new).get_data(as_text=True)
    assert "欄「使いみち」に項目「くわしい理由」を足します（必須）。" in added
    section = {"news.title": "市の欄", "news.after": "why"}
    empty = press(aya, text_of(added), title=NEW, do="section", **section).get_data(as_text=True)
    assert "項目を足すか、ほかの欄から移すと、紙に出ます。" in empty
    assert text_of(press(aya, text_of(empty), title=NEW, do="drop.s.x_s1").get_data(as_text=True)) == text_of(
        added
    )
    inside_it = {"new.label": "市の項目", "new.type": "text", "new.section": "x_s1"}
    filled = press(aya, text_of(empty), title=NEW, do="add", **inside_it).get_data(as_text=True)
    assert "欄「市の欄」に項目「市の項目」を足します" in filled
    added = filled
    assert send(aya, FORM, {**WHY, "text": text_of(added), "title": NEW, "do": "propose"}).status_code == 303
    [proposal] = waiting(settings)
    address = f"{PAGE}revisions/{proposal}"
    mine = aya.get(address).get_data(as_text=True)
    assert "案を作った人は、自分では確かめられません。" in mine
    seen = miki.get(address).get_data(as_text=True)
    refused = send(aya, f"{address}/release", {"mark": mark_of(seen)})
    assert "別の管理者が確かめてから使い始めます" in told(aya, refused)
    assert waiting(settings) == [proposal]
    assert "の第1版を" in told(miki, send(miki, f"{address}/release", {"mark": mark_of(seen)}))
    with inside(settings):
        form = catalogue.current().forms["F01"]
        made = book(asked(free()[0]))
    assert (form.words.ja, [one.id for one in form.sections][1]) == (NEW, "target")
    assert NEW in aya.application.test_client().get(f"/bookings/{made.token}").get_data(as_text=True)


def test_items_are_worded_moved_hidden_and_brought_back(aya):
    opened = press(aya, do="open.s.why").get_data(as_text=True)
    assert 'name="f.submit_to.hide"' in opened
    assert "法令や手続きに必要なので、なくせません。" in opened
    boxes = {
        "open": "why",
        "f.submit_to.label": "出す先",
        "f.submit_to.hint": "",
        "f.submit_to.section": "what",
    }
    moved = press(aya, text_of(opened), **boxes).get_data(as_text=True)
    assert "項目「提出先」の名前を「出す先」に変えます。" in moved
    assert "項目「出す先」を欄「必要な証明と通数」に移します。" in moved
    hidden = press(aya, **{"open": "why", "f.submit_to.label": "提出先", "f.submit_to.hide": "true"})
    text = text_of(hidden.get_data(as_text=True))
    assert text == "fields:\n  submit_to: null\n"
    assert "項目「提出先」をなくします。" in hidden.get_data(as_text=True)
    assert text_of(press(aya, text, do="show.f.submit_to").get_data(as_text=True)) == ""


def test_yaml_is_told_line_by_line_and_kept_as_it_was_typed(aya):
    wrong = send(aya, FORM, {"way": "text", "text": "title: x\nfields:\n  r_name: null\n", "do": "look"})
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "3行目：項目「r_name」は法令や手続きに必要なので、なくせません。" in page
    assert "  r_name: null" in unescape(page)
    broken = send(aya, FORM, {"way": "text", "text": "- <b>", "do": "look"})
    assert broken.status_code == 422
    assert "<b>" not in broken.get_data(as_text=True)
    good = send(aya, FORM, {"way": "text", "text": f"title: {NEW}\n", "do": "look"}).get_data(as_text=True)
    assert f'value="{NEW}"' in good


def test_an_older_version_is_taken_up_again(aya, miki, settings):
    assert press(aya, title=NEW, do="propose").status_code == 303
    [proposal] = waiting(settings)
    page = miki.get(f"{PAGE}revisions/{proposal}").get_data(as_text=True)
    send(miki, f"{PAGE}revisions/{proposal}/release", {"mark": mark_of(page)})
    listed = aya.get(PAGE).get_data(as_text=True)
    assert "第1版" in listed
    assert f'value="{OLD}"' in aya.get(f"{FORM}?from=catalogue").get_data(as_text=True)
    assert f'value="{NEW}"' in aya.get(f"{FORM}?from={proposal}").get_data(as_text=True)
    assert aya.get(f"{PAGE}F02?from={proposal}").status_code == 404


def test_a_proposal_is_put_away(aya, settings):
    press(aya, title=NEW, do="propose")
    [proposal] = waiting(settings)
    assert send(aya, f"{PAGE}revisions/{proposal}/drop").status_code == 303
    assert not waiting(settings)
    assert "この案は下げられました" in aya.get(f"{PAGE}revisions/{proposal}").get_data(as_text=True)


def test_what_cannot_be_proposed_is_said(aya, settings):
    for sent in ({"first_day": "x"}, {"first_day": "2020-01-01"}, {"title": OLD}, {"reason": "123456789018"}):
        answer = press(aya, **{"title": NEW, "do": "propose", **sent})
        assert answer.status_code == 422, sent
    assert not waiting(settings)


def test_the_sheet_follows_what_is_typed(aya):
    answer = send(aya, f"{FORM}/preview", {"way": "boxes", "text": "", "title": NEW})
    page = answer.get_data(as_text=True)
    assert f"「{NEW}」に変えます。" in page
    assert "<html" not in page
    assert 'src="data:image/png;base64,' in page


def test_only_administrators_see_it(app, settings):
    employ(settings, CHIE)
    assert sign_in(app, CHIE).get(PAGE).status_code == 403


def test_a_sheet_is_drawn_once_for_its_text_and_anew_for_another(miki):
    with patch.object(form_shown, "DRAWN", Memory()), patch.object(form_shown, "draw", wraps=draw) as drawn:
        sheets = [re.findall(r'src="data:image/png[^"]*"', miki.get(FORM).text) for _ in range(2)]
        assert drawn.call_count == 1
        other = press(miki, title=NEW)
        assert drawn.call_count == 2
    assert sheets[0] == sheets[1] != re.findall(r'src="data:image/png[^"]*"', other.text)
    assert sheets[0]
