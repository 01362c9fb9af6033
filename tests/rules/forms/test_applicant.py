"""Whose form is it: the name that staff compare with an identity document."""

from __future__ import annotations

import pytest

from models.catalogue.loader import load
from models.rules.forms.applicant import Applicant, applicant

FORMS = load().forms
AOI, AOI_READ = "葛\U000e0100城　蒼", "カツラギ　アオイ"
KEN, KEN_READ = "𠮷田　健", "ヨシダ　ケン"


@pytest.mark.parametrize(
    ("form", "fields", "expected"),
    [
        ("F01", {"r_name": AOI, "r_kana": AOI_READ}, Applicant(AOI, AOI_READ)),
        ("F02", {"d_name": "髙橋　一", "people": [{"p_name": "x"}, {"p_name": "y"}]}, Applicant("髙橋　一", "", 2)),
        ("F02", {"people": [{"p_name": KEN, "p_kana": KEN_READ}]}, Applicant(KEN, KEN_READ, 1)),
        ("F02", {}, Applicant()),
        ("F02", {"people": "broken", "d_name": ""}, Applicant()),
    ],
)  # fmt: skip
def test_who_comes_stands_for_the_form_and_names_stay_as_typed(form, fields, expected):
    assert applicant(FORMS[form], fields) == expected
