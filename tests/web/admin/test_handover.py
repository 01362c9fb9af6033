"""An office's receivers: added with a secret that is shown once, ended, and what never arrived carried again."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations import carrying
from models.operations.handing_over import hand_over
from models.queries import handovers, receivers, setting_changes
from models.queries.offices import office
from tests.conftest import inside
from tests.operations.test_handing_over import filed
from tests.web.admin.previews import back_of, changed, keep
from tests.web.people import post

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/admin/handover/"
COPY = {
    "name": "住民記録",
    "way": "copy",
    "shape": "tabbed",
    "order": "氏名\r\n生年月日",
    "dates": "iso",
    "forms": "F01",
}
HOOK = {"name": "税", "way": "webhook", "shape": "json", "dates": "iso", "url": "https://zei.lan/in"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation with watch folders and one machine that may be called."""
    return replace(settings, handover_folder=settings.instance.parent / "out", allowed_hosts="zei.lan")


def said(aya: FlaskClient, to: str = PAGE, **fields: str) -> str:
    """What the page says after a form was sent."""
    assert post(aya, f"{PAGE}?office=honcho", to, office="honcho", **fields).status_code == 303
    return aya.get(f"{PAGE}?office=honcho").text


def set_by(aya: FlaskClient, **fields: str) -> str:
    return changed(aya, f"{PAGE}?office=honcho", office="honcho", **fields)


def test_a_receiver_is_added_for_one_office_ended_and_opened_again(
    settings: Settings, aya: FlaskClient
) -> None:
    page = set_by(aya, **COPY)
    assert "住民記録：コピー・" in page
    with inside(settings):
        (one,) = receivers.of_office(office("honcho"))
        assert (one.order, one.forms, one.way) == (("氏名", "生年月日"), ("F01",), "copy")
        assert receivers.of_office(office("higashi")) == ()
    again = post(aya, PAGE, PAGE, office="honcho", **COPY)
    assert "同じ名前の連携先があります。" in again.text
    page = set_by(aya, end=str(one.id))
    with inside(settings):
        assert receivers.of_office(office("honcho")) == ()
    assert "ほかの人が変えました。" in said(aya, end=str(one.id))
    keep(aya, PAGE, aya.get(back_of(page)))
    with inside(settings):
        (same,) = receivers.of_office(office("honcho"))
        assert receivers.state_of(same) == receivers.state_of(one)


def test_a_secret_is_shown_once_kept_nowhere_and_made_anew_when_taken_back(
    settings: Settings, aya: FlaskClient
) -> None:
    def given(page: str) -> str:
        found = re.search(r'<code class="given">([^<]+)</code>', page)
        assert found
        return found[1]

    first = given(set_by(aya, **HOOK))
    with inside(settings):
        (one,) = receivers.of_office(office("honcho"))
        assert receivers.secret_of(one.id) == first
    assert first not in aya.get(f"{PAGE}?office=honcho").text
    back = aya.get(back_of(set_by(aya, end=str(one.id))))
    assert "「税」の署名を確かめる鍵は、新しく作ります" in back.text
    second = given(keep(aya, PAGE, back))
    assert second != first
    with inside(settings):
        kept = [(one.before, one.after) for one in setting_changes.history("receivers")]
    assert len(kept) == 3
    assert not any(secret in str(kept) for secret in (first, second))


def test_a_refusal_names_the_boxes_and_keeps_what_was_typed(aya: FlaskClient) -> None:
    answer = post(aya, PAGE, PAGE, office="honcho", **HOOK | {"url": "https://evil.example/", "name": ""})
    assert answer.status_code == 422
    assert "evil.exampleは、庁内の機器として許されていません。" in answer.text
    assert 'value="https://evil.example/"' in answer.text
    assert "2か所を直してください" in answer.text


def test_the_log_says_who_when_and_which_and_what_never_arrived_goes_again(
    settings: Settings, aya: FlaskClient
) -> None:
    set_by(aya, name="住民記録", way="folder", shape="csv", dates="iso", folder="in")
    with inside(settings):
        (receiver,) = receivers.of_office(office("honcho"))
        one = filed()
        made = hand_over(office("honcho"), one, receiver.id, "ben", "2")
    assert (
        "「住民記録」にまだ届いていない1件は、送りません"
        in post(aya, PAGE, PAGE, office="honcho", end=str(receiver.id)).text
    )
    with inside(settings):
        carrying.claim("porter", receiver.id)
        carrying.never(made.id, "porter", "folder leads out of its place")
    page = aya.get(f"{PAGE}?office=honcho").text
    for told in (made.receipt, "ben（2番窓口）", "届きませんでした（folder leads out of its place）"):
        assert told in page
    assert "花子" not in page
    assert "もう一度送ります。" in said(aya, f"{PAGE}receipts/{made.receipt}/again")
    with inside(settings):
        assert handovers.by_receipt(made.receipt).state == "due"
    assert "もう届いています" in said(aya, f"{PAGE}receipts/{made.receipt}/again")


def test_somebody_who_signed_in_long_ago_signs_in_first(aya: FlaskClient, clock) -> None:
    for _ in range(3):
        clock.tick(14 * 60)
        aya.get(PAGE)
    answer = post(aya, PAGE, PAGE, office="honcho", **COPY)
    assert (answer.status_code, answer.headers["Location"][:11]) == (303, "/staff/sign")
