"""手続きナビ and the search: what people answer or type, and what they are told."""

from __future__ import annotations

import pytest

from tests.web.resident.phone import Phone

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

MOVED_IN = (
    "event=tennyu&abroad=false&moved=true&out_done=online&foreign=false&mnc=3&ins=kokuho&p2059=true&child18=true"
    "&kojin_work=false&school=true&nursery=false&single=false&a75=false&care=false&handicap=false&seal=true"
    "&moped=false&dog=false&comer=self"
)


def test_a_family_that_moved_in_gets_nine_procedures_one_list_and_one_length(phone: Phone) -> None:
    phone.open(f"/guide/questions?{MOVED_IN}")
    assert phone.heading == "9つの手続きがあります"
    assert "およそ100分" in phone.text
    assert "およそ70分" in phone.text
    assert "健康保険証" not in phone.text
    assert phone.text.count("本人確認書類") == 1
    phone.press("来る日時を選ぶ")
    assert "cards=3" in phone.address
    assert "転入届 ほか8つ" in phone.text


def test_nobody_reads_of_papers_that_the_answers_make_needless(phone: Phone) -> None:
    needless = ("委任状", "転出証明書（紙で受け取った人）", "在留カードまたは")
    assert [word for word in needless if word in phone.open(f"/guide/result?{MOVED_IN}").text] == []
    other = MOVED_IN.replace("foreign=false", "foreign=true").replace("out_done=online", "out_done=paper")
    phone.open(f"/guide/result?{other.replace('comer=self', 'comer=agent')}")
    assert [word for word in needless if word in phone.text] == list(needless)
    phone.open("/guide/procedures/IDO-01")
    assert [word for word in needless if word in phone.text] == list(needless)


def test_only_the_procedures_left_ticked_are_booked(phone: Phone) -> None:
    phone.open(f"/guide/questions?{MOVED_IN}")
    phone.press("来る日時を選ぶ", {"procedure": ["IDO-01", "KOK-01"]})
    assert "転入届 ほか1つ" in phone.text


def test_a_question_a_page_and_the_answers_stand_in_the_address_only(phone: Phone) -> None:
    phone.open("/guide/").link("市内で引っ越した")
    assert phone.heading == "もう新しい家に住み始めましたか"
    phone.link("はい").link("いいえ")
    assert phone.heading == "マイナンバーカードを持っている人は何人ですか"
    assert phone.address.endswith("event=tenkyo&moved=true&foreign=false")
    phone.press("次の質問へ", {"mnc": "２"})
    assert "mnc=" in phone.address


def test_a_visit_that_would_fail_is_stopped_with_the_reason(phone: Phone) -> None:
    phone.open("/guide/").link("市内で引っ越した").link("いいえ")
    assert phone.heading == "いまは、この手続きができません"
    assert "住み始めてから14日以内" in phone.text
    assert phone.link("前の質問へもどる").heading == "もう新しい家に住み始めましたか"


@pytest.mark.parametrize("typed", ["", "たくさん", "-1", "99"])
def test_a_number_that_is_none_is_asked_again(phone: Phone, typed: str) -> None:
    phone.open("/guide/questions?event=tenkyo&moved=true&foreign=false").press("次の質問へ", {"mnc": typed})
    assert phone.status == 422
    assert "0から20までの数字" in phone.text
    assert phone.value("mnc") == typed


def test_choosing_nothing_of_many_is_asked_again(phone: Phone) -> None:
    phone.open("/guide/questions?event=shomei").press("次の質問へ")
    assert phone.status == 422
    assert "1つ以上選んでください" in phone.text


def test_an_earlier_answer_can_be_changed(phone: Phone) -> None:
    phone.open("/guide/questions?event=tenkyo&moved=true&foreign=false")
    phone.link("直す（もう新しい家に")
    assert phone.address.endswith("event=tenkyo")


@pytest.mark.parametrize("address", ["/guide/questions", "/guide/result", "/guide/questions?event=nothing"])
def test_without_an_event_the_guide_begins(phone: Phone, address: str) -> None:
    assert phone.open(address).heading == "どんなご用件ですか"


def test_an_agent_for_a_register_elsewhere_is_warned(phone: Phone) -> None:
    phone.open("/guide/questions?event=shomei&certs=koseki_other&comer=agent")
    assert "代理の方では受け取れません" in phone.text


@pytest.mark.parametrize("word", ["いんかん", "印鑑", "インカン", "はんこ"])
def test_a_procedure_is_found_by_name_reading_or_plain_word(phone: Phone, word: str) -> None:
    phone.open("/guide/search").press("さがす", {"q": word})
    assert "印鑑登録証明書" in phone.text


def test_what_is_not_found_leads_on(phone: Phone) -> None:
    phone.open("/guide/search").press("さがす", {"q": "<b>そんな手続き</b>"})
    assert "見つかりませんでした" in phone.text
    assert "<b>そんな" not in phone.answer.get_data(as_text=True)
    assert phone.value("q") == "<b>そんな手続き</b>"
    assert phone.link("質問に答えてさがす").heading == "どんなご用件ですか"


def test_what_a_city_hall_does_not_do_is_said(phone: Phone) -> None:
    assert "県の旅券窓口" in phone.open("/guide/search?q=パスポート").text


def test_a_procedure_s_page_leads_to_its_booking(phone: Phone) -> None:
    phone.open("/guide/procedures/ZEI-01")
    assert "300円" in phone.text
    phone.link("この手続きを予約する")
    assert phone.heading == "来る日と時間を選んでください"


def test_an_unknown_procedure_is_the_page_of_everything_unknown(phone: Phone) -> None:
    unknown = phone.open("/guide/procedures/XXX-99").answer.data
    assert phone.status == 404
    assert phone.open("/nowhere").answer.data == unknown


def test_the_first_page_tells_booking_from_the_portal_s_message(phone: Phone) -> None:
    assert "ここの予約とは別のものです" in phone.text
    assert "8:30〜17:15" in phone.text


@pytest.mark.parametrize("address", ["/offices", "/privacy", "/accessibility"])
def test_the_pages_of_the_foot_can_be_read(phone: Phone, address: str) -> None:
    assert phone.open(address).status == 200


def test_one_certificate_is_booked_with_eight_presses_from_the_first_page(phone: Phone) -> None:
    """Ticking a box is a press; a name and a telephone number are typed once, and nothing is asked twice."""
    ticked = 1
    phone.link("手続きをさがす").link("証明書がほしい").press("次の質問へ", {"certs": "juminhyo"}).link(
        "本人"
    )
    assert phone.heading == "1つの手続きがあります"
    soonest = phone.buttons("starts_at")[0]
    phone.presses += 1
    phone.submit(soonest)
    assert phone.heading == "お名前と連絡先を書いてください"
    phone.press("内容の確認へ進む", {"name": "マエニワ　ハナコ", "phone": "090-1234-5678"})
    assert soonest.text.strip()[:4] in phone.text
    phone.press("この内容で予約する")
    assert phone.heading == "予約ができました"
    assert "2026年（令和8年）" in phone.text
    assert phone.presses + ticked <= 8


def test_the_soonest_times_are_of_the_first_office_that_does_it_all(phone: Phone) -> None:
    phone.open(f"/guide/questions?{MOVED_IN}")
    times = [button.get("value") for button in phone.buttons("starts_at")]
    assert len(times) == 3
    assert times == sorted(times)
    phone.submit(phone.buttons("starts_at")[1])
    assert phone.value("starts_at") == times[1]
    assert phone.value("office") == "honcho"
    assert phone.value("cards") == "3"
