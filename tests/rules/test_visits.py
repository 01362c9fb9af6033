"""Several procedures make one visit: its length, what to bring, its queue and its forms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.definitions import Bring, Procedure, VisitMerge
from models.catalogue.loader import load
from models.rules.visits import bring_list, forms_of, main_queue, visit_minutes

CATALOGUE = load()


def procedures(*codes: str) -> list[Procedure]:
    return [CATALOGUE.procedures[code] for code in codes]


def brought(*codes: str) -> dict[str, tuple[str, ...]]:
    return {line.item.code: line.conditions for line in bring_list(CATALOGUE, procedures(*codes))}


def bringing(code: str, *items: Bring) -> Procedure:
    return replace(CATALOGUE.procedures[code], bring=items)


@pytest.mark.parametrize(
    ("codes", "cards", "prefilled", "minutes"),
    [
        (["JUM-01"], 0, False, 10),  # 8
        (["JUM-01"], 0, True, 5),  # 5
        (["IDO-01"], 0, False, 25),  # 25, and not a minute more
        (["IDO-01", "KOK-01"], 0, False, 40),  # 25 + 0.6 * 18 = 35.8
        (["IDO-01", "MNC-05", "KOK-01"], 3, False, 55),  # 25 + 0.6 * 30 + 12 = 55
        (["IDO-01", "MNC-05", "KOK-01"], 3, True, 40),  # 14 + 0.6 * 19 + 12 = 37.4
        ([], 0, False, 0),
    ],
)
def test_a_visit_takes_the_longest_and_a_share_of_the_rest(
    codes: list[str], cards: int, prefilled: bool, minutes: int
) -> None:
    assert visit_minutes(procedures(*codes), cards, prefilled) == minutes


def test_a_city_may_merge_in_its_own_way() -> None:
    merge = VisitMerge(others_percent=100, card_minutes=0, round_minutes=1)
    assert visit_minutes(procedures("IDO-01", "KOK-01"), 3, merge=merge) == 43


@given(
    st.lists(
        st.sampled_from(list(CATALOGUE.procedures.values())), min_size=1, unique_by=lambda one: one.code
    ),
    st.integers(0, 10),
)
def test_a_visit_is_never_shorter_than_its_longest_procedure(chosen: list[Procedure], cards: int) -> None:
    minutes = visit_minutes(chosen, cards)
    desks = [one.minutes.desk for one in chosen]
    assert max(desks) + 4 * cards <= minutes < sum(desks) + 4 * cards + 5
    assert minutes % 5 == 0
    assert visit_minutes(chosen, cards, prefilled=True) <= minutes


def test_an_item_stands_once_in_the_list_with_all_its_conditions() -> None:
    lines = bring_list(CATALOGUE, procedures("IDO-01", "JUM-01", "KOK-01"))
    assert [line.item.code for line in lines].count("id12") == 1
    proxy = next(line for line in lines if line.item.code == "poa")
    assert proxy.conditions == ("代理人", "別世帯の代理人")
    assert proxy.procedures == ("IDO-01", "JUM-01", "KOK-01")


def test_what_one_procedure_asks_of_everybody_is_asked_of_everybody() -> None:
    assert brought("KOD-03")["mn_doc"] == ("所得を調べる市",)
    assert brought("KOD-03", "KOK-01")["mn_doc"] == ()


@pytest.mark.parametrize(
    ("codes", "strictest"),
    [
        (["JUM-01", "KOS-02"], "id_photo_only"),
        (["JUM-01", "MNC-01"], "id1"),
        (["MNC-01", "KOS-02", "JUM-01"], "id_photo_only"),
        (["JUM-01", "KOK-01"], "id12"),
    ],
)
def test_only_the_strictest_identity_paper_is_asked_for(codes: list[str], strictest: str) -> None:
    asked = brought(*codes)
    assert [code for code in asked if code in ("id1", "id12", "id_photo_only")] == [strictest]
    assert asked[strictest] == ()


def test_the_cards_of_all_stand_for_the_card_of_one() -> None:
    lines = bring_list(
        CATALOGUE, [bringing("MNC-03", Bring("mnc")), bringing("IDO-01", Bring("mnc_all", "持つ人"))]
    )
    assert [(line.item.code, line.conditions) for line in lines] == [("mnc_all", ())]


def test_what_answers_spare_is_left_out_where_only_some_people_need_it() -> None:
    chosen = [
        bringing("IDO-01", Bring("poa", "代理人"), Bring("pin")),
        bringing("MNC-05", Bring("pin", "持つ人")),
    ]
    kept = bring_list(CATALOGUE, chosen, {"poa", "pin"})
    assert [(line.item.code, line.conditions, line.procedures) for line in kept] == [("pin", (), ("IDO-01",))]


def test_nothing_to_bring_is_an_empty_list() -> None:
    assert brought("SUI-01") == {}


def test_the_queue_is_that_of_the_longest_procedure() -> None:
    assert main_queue(procedures("KOK-01", "IDO-01", "JUM-01")) == "B"


def test_of_equally_long_procedures_the_first_gives_the_queue() -> None:
    assert main_queue(procedures("KOK-01", "MNC-01")) == "F"
    assert main_queue(procedures("MNC-01", "KOK-01")) == "D"


def test_a_visit_for_nothing_has_no_queue() -> None:
    with pytest.raises(ValueError):
        main_queue([])


def test_forms_stand_in_the_order_of_the_procedures_each_once() -> None:
    assert forms_of(procedures("IDO-01", "MNC-05", "KOK-01", "KOK-03", "IDO-04")) == ("F02", "F09", "F07")
