"""The shipped catalogue loads whole, is the same after storing, and is never silently half read."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue.definitions import Catalogue, Minutes, Words
from models.catalogue.loader import build, dump, load, parse, restore
from models.catalogue.merging import CatalogueSource, read_source
from models.catalogue.source import CatalogueError, Document
from models.catalogue.words import RUBY


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load()


def test_the_shipped_catalogue_is_complete(shipped: Catalogue) -> None:
    assert len(shipped.procedures) == 68
    assert len(shipped.navigator.questions) == 31
    assert len(shipped.navigator.rules) >= 70
    assert len(shipped.navigator.cases) == 12
    assert len(shipped.forms) == 11
    assert list(shipped.queues) == ["A", "B", "C", "D", "F", "G", "H", "K", "R", "S"]


def test_a_procedure_is_read_with_everything_a_page_needs(shipped: Catalogue) -> None:
    one = shipped.procedures["KOS-02"]
    assert one.words == Words(
        "戸籍証明書等の広域交付",
        "Family register of another municipality",
        "ほかの市{し}の戸籍{こせき}の証明書{しょうめいしょ}",
    )
    assert (one.department, one.queue, one.booking) == ("shimin", "A", "recommended")
    assert one.minutes == Minutes(plain=45, prefilled=35, desk=22, desk_prefilled=16)
    assert (one.fee_yen, one.fee_note) == (450, "1通、除籍・改製原戸籍は750円")
    assert [bring.item for bring in one.bring] == ["id_photo_only"]
    assert one.who == ("self", "spouse", "lineal")


def test_every_queue_that_a_procedure_belongs_to_has_slots(shipped: Catalogue) -> None:
    used = {procedure.queue for procedure in shipped.procedures.values()}
    assert all(shipped.queues[queue].slot_minutes >= 5 for queue in used)
    assert used == set(shipped.queues) - {"R"}


def test_everything_a_resident_reads_is_there_in_three_languages(shipped: Catalogue) -> None:
    texts = [
        *(one.words for one in shipped.procedures.values()),
        *(one.words for one in shipped.items.values()),
        *(one.words for one in shipped.queues.values()),
        *shipped.departments.values(),
        *shipped.navigator.events.values(),
        *shipped.navigator.answers.values(),
        *shipped.elsewhere.values(),
        *(question.words for question in shipped.navigator.questions),
        *(rule.warn for rule in shipped.navigator.rules if rule.warn.ja),
        *(rule.why for rule in shipped.navigator.rules if rule.why.ja),
        *(one.hint for one in shipped.navigator.questions if one.hint.ja),
        *(one.stop_message for one in shipped.navigator.questions if one.stop_message.ja),
    ]
    assert [words for words in texts if not (words.ja and words.en and words.easy)] == []


def test_easy_japanese_gives_the_reading_of_every_kanji(shipped: Catalogue) -> None:
    texts = [
        *(one.words for one in shipped.procedures.values()),
        *(one.words for one in shipped.items.values()),
        *shipped.navigator.answers.values(),
        *(question.words for question in shipped.navigator.questions),
        *(question.hint for question in shipped.navigator.questions),
        *(rule.warn for rule in shipped.navigator.rules),
        *(rule.why for rule in shipped.navigator.rules),
    ]
    bare = {words.easy for words in texts if re.search(r"[一-鿿]", RUBY.sub("", words.easy))}
    assert bare == set()


def test_the_answers_of_a_question_have_labels(shipped: Catalogue) -> None:
    navigator = shipped.navigator
    assert navigator.answer("ins", "kokuho").ja == "国民健康保険（国保）"
    assert navigator.answer("ins", "unknown").en == "I do not know"
    assert navigator.answer("moved", False).ja == "いいえ"
    assert navigator.answer("event", "tenkyo") == navigator.events["tenkyo"]
    assert navigator.answer("mnc", 3).ja == "3"


def test_the_plain_numbers_of_queue_and_demand_are_at_hand(shipped: Catalogue) -> None:
    assert shipped.rules["booking"]["open_days_before"] == 30
    assert shipped.rules["rules"]["booked_call"]["late_grace_min"] == 10
    assert shipped.rules["demand"]["weekday_factor"]["mon"] == 1.20
    assert shipped.rules["metrics"]["measures"]["saved_hours"]["tests"][0]["hours"] == 9500.0


def test_a_stored_edition_is_the_same_catalogue(shipped: Catalogue) -> None:
    stored = dump(read_source())
    again = parse(stored)
    assert again == shipped
    assert again.digest == shipped.digest
    assert dump(restore(stored)) == stored


@settings(max_examples=20, deadline=None)
@given(
    name=st.text(min_size=1).filter(lambda text: text.strip()),
    desk=st.integers(1, 4),
    order=st.permutations(["id1", "seal", "photo"]),
)
def test_any_edition_is_the_same_after_storing(name: str, desk: int, order: list[str]) -> None:
    source = read_source()
    data = copy.deepcopy(source.documents["procedures"].data)
    data["procedures"]["JUM-01"].update(ja=name, bring=order)
    data["procedures"]["JUM-01"]["minutes"]["desk_prefilled"] = desk
    changed = CatalogueSource({**source.documents, "procedures": Document(Path("procedures.yaml"), data)})
    catalogue = build(changed)
    assert catalogue.procedures["JUM-01"].words.ja == name
    assert parse(dump(changed)) == catalogue
    assert catalogue.digest != build(source).digest


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"procedures": {}}'])
def test_a_stored_text_that_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError, match="^edition: "):
        parse(text)


def test_a_stored_edition_that_was_tampered_with_is_validated_again() -> None:
    data = json.loads(dump(read_source()))
    data["procedures"]["procedures"]["JUM-01"]["queue"] = "Z"
    with pytest.raises(CatalogueError, match=r"procedures\.JUM-01\.queue: `Z` is unknown"):
        parse(json.dumps(data))
