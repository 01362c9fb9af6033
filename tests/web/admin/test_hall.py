"""The rules of an office: an administrator sets them, a manager reads them, a wrong number is named and kept."""

from __future__ import annotations

import re

import pytest

from models.operations import hall
from models.queries import hall as halls
from models.queries.offices import office
from models.rules.hall_policy import RANGES
from tests.conftest import inside
from tests.operations.halls import taken
from tests.web.admin.previews import back_of, changed, fields_of, keep, untagged
from tests.web.people import CHIE, employ, post, sign_in

PAGE = "/admin/hall/"


def policy(settings, code="honcho"):
    with inside(settings):
        return halls.policy_of(office(code))


def sent(**other):
    shipped = {
        "lead_minutes": 2, "grace_minutes": 10, "priority_minutes": 15,
        "ahead_in_a_row": 2, "walk_in_bound_minutes": 45, "absent_after_calls": 3, "absent_after_seconds": 90,
        "hold_minutes": 30, "stop_minutes": 0, "undo_minutes": 10,
    }  # fmt: skip
    assert set(shipped) == set(RANGES)
    return {"office": "honcho", "several": "together", **shipped, **other}


def test_numbers_switches_and_the_way_of_several_procedures_are_kept_for_one_office(aya, settings):
    wanted = sent(lead_minutes="５", several="booth", from_home="true")
    assert "変えました。" in changed(aya, PAGE, **wanted)
    kept = policy(settings)
    assert (kept.lead_minutes, kept.several, kept.from_home, kept.stops_at_closing) == (
        5,
        "booth",
        True,
        False,
    )
    assert policy(settings, "higashi").lead_minutes == 2
    assert "この庁舎で変えています。" in aya.get(PAGE).text


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestRefusals:
    @pytest.mark.parametrize(
        ("field", "typed", "label"),
        [
            ("lead_minutes", "61", "予約の何分前から先に呼ぶか"),
            ("hold_minutes", "", "「いない」人を何分預かるか"),
            ("undo_minutes", "十", "操作を何分まで取り消せるか"),
        ],
    )
    def test_a_wrong_number_is_named_and_everything_typed_is_kept(self, aya, settings, field, typed, label):
        answer = post(aya, PAGE, PAGE, **sent(grace_minutes="12", **{field: typed}))
        assert answer.status_code == 422
        low, high = RANGES[field]
        assert f"{label}：{low}から{high}までの数にしてください。" in untagged(answer.text)
        assert "<title>入力を直してください" in answer.text
        assert re.search(r'id="f-grace_minutes" name="grace_minutes" value="12"', answer.text)
        assert policy(settings).grace_minutes == 10

    def test_nothing_changed_is_said(self, aya):
        answer = post(aya, PAGE, PAGE, **sent()).text
        assert "いまと同じです。" in answer
        assert "か所を直してください" not in answer
        assert 'href="#f-do"' not in answer, "no field is wrong"

    def test_an_unknown_office_is_not_found(self, aya):
        assert aya.get(f"{PAGE}?office=nowhere").status_code == 404


def test_daily_limits_are_set_and_taken_away(aya, settings):
    limits = f"{PAGE}limits"
    preview = post(aya, PAGE, limits, office="honcho", **{"limit.A": "120", "limit.K": "0"})
    assert "業務Kの番号札は、きょうはもう出しません" in preview.text
    assert "業務Aの番号札は" not in preview.text
    page = keep(aya, limits, preview)
    assert "業務Aの1日の上限：なし → 120" in page
    with inside(settings):
        assert halls.limits_of(office("honcho")) == {"A": 120, "K": 0}
    answer = post(aya, PAGE, limits, office="honcho", **{"limit.A": "9999", "limit.K": ""})
    assert answer.status_code == 422
    assert "0から5000までの数にするか、空けてください。" in answer.text
    page = changed(aya, limits, office="honcho", **{"limit.A": "", "limit.K": "0"})
    with inside(settings):
        assert halls.limits_of(office("honcho")) == {"K": 0}
    keep(aya, limits, aya.get(back_of(page)))
    with inside(settings):
        assert halls.limits_of(office("honcho")) == {"A": 120, "K": 0}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_who_waits_is_counted_before_the_order_becomes_another(aya, settings):
    with inside(settings):
        taken()
    preview = post(aya, PAGE, PAGE, **sent(priority_minutes=30))
    assert "いま待っている1人の順番も、次の呼出から変わります" in preview.text
    with inside(settings):
        hall.set_policy(office("honcho"), {"hold_minutes": 20}, "ben")
    late = aya.post(PAGE, data={**fields_of(preview), "do": "keep"}, follow_redirects=True)
    assert "見たあとに、ほかの人が変えました。" in late.text
    assert policy(settings).priority_minutes == 15


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_manager_reads_and_changes_nothing(app, settings):
    employ(settings, CHIE)
    client = sign_in(app, CHIE)
    page = client.get(PAGE).text
    assert "変えられるのは管理者です。" in page
    assert "予約の何分前から先に呼ぶか" in page
    assert "東支所" not in page
    assert client.get(f"{PAGE}?office=higashi").status_code == 403
    assert post(client, PAGE, PAGE, **sent(lead_minutes="9")).status_code == 403
    assert policy(settings).lead_minutes == 2
