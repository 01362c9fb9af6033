"""Every form's schema is sound, and its own examples are accepted by schema and rules alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from models.catalogue.definitions import Form
from models.rules.forms.json_schema import example, schema
from models.rules.forms.validation import validate
from tests.rules.forms.conftest import DAY

FORMS = ["F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F11"]


def from_schema_alone(document: dict[str, Any]) -> dict[str, Any]:
    """What an outside system would send that reads nothing but `required` and `examples`."""
    return {name: document["properties"][name]["examples"][0] for name in document["required"]}


def required_parts(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in document.get("required", ()):
        part = document["properties"][name]
        yield name, part
        if part.get("type") == "array" and part["items"].get("type") == "object":
            yield from required_parts(part["items"])


@pytest.mark.parametrize("form_id", FORMS)
def test_the_schema_is_a_valid_schema(forms: Mapping[str, Form], form_id: str) -> None:
    assert jsonschema_rs.meta.is_valid(schema(forms[form_id]))


@pytest.mark.parametrize("form_id", FORMS)
def test_the_examples_of_required_fields_are_an_accepted_document(
    forms: Mapping[str, Form], form_id: str
) -> None:
    form = forms[form_id]
    document = schema(form)
    sent = from_schema_alone(document)
    assert sent == example(form) == document["examples"][0]
    jsonschema_rs.validator_for(document).validate(sent)
    checked = validate(form, sent, DAY)
    assert checked.errors == ()
    assert checked.fields.items() >= sent.items()


@pytest.mark.parametrize("form_id", FORMS)
def test_every_required_field_has_an_example_that_its_own_schema_accepts(
    forms: Mapping[str, Form], form_id: str
) -> None:
    for name, part in required_parts(schema(forms[form_id])):
        assert part.get("examples"), name
        for one in part["examples"]:
            jsonschema_rs.validator_for(part).validate(one)


@pytest.mark.parametrize("form_id", FORMS)
def test_every_property_says_who_fills_it_and_has_a_title(forms: Mapping[str, Form], form_id: str) -> None:
    for part in schema(forms[form_id])["properties"].values():
        assert part["title"]
        assert part["type"] == "array" or part["x-by"] == "online"


@pytest.mark.parametrize("form_id", FORMS)
def test_what_was_accepted_is_accepted_again_unchanged(forms: Mapping[str, Form], form_id: str) -> None:
    once = validate(forms[form_id], example(forms[form_id]), DAY)
    again = validate(forms[form_id], once.fields, DAY)
    assert again == once
    jsonschema_rs.validator_for(schema(forms[form_id])).validate(once.fields)


@pytest.mark.parametrize("form_id", FORMS)
def test_leaving_out_any_required_field_is_told_by_both(forms: Mapping[str, Form], form_id: str) -> None:
    document = schema(forms[form_id])
    validator = jsonschema_rs.validator_for(document)
    for name in document["required"]:
        sent = {key: value for key, value in example(forms[form_id]).items() if key != name}
        assert not validator.is_valid(sent), name
        assert not validate(forms[form_id], sent, DAY).ok, name


def test_schema_and_rules_agree_on_the_family(forms: Mapping[str, Form], family: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(schema(forms["F02"]))
    validator.validate(family)
    del family["a_new"]
    assert not validator.is_valid(family)
    assert [error.path for error in validate(forms["F02"], family, DAY).errors] == ["a_new"]


def test_a_row_of_a_foreign_resident_needs_the_nationality_in_both(
    forms: Mapping[str, Form], family: dict[str, Any]
) -> None:
    family["people"][1]["p_foreign"] = True
    validator = jsonschema_rs.validator_for(schema(forms["F02"]))
    assert not validator.is_valid(family)
    assert [error.path for error in validate(forms["F02"], family, DAY).errors] == ["people[1].p_nat"]
    family["people"][1]["p_nat"] = "ベトナム"
    validator.validate(family)
    assert validate(forms["F02"], family, DAY).ok


def test_students_hang_on_a_question_of_the_whole_form(forms: Mapping[str, Form]) -> None:
    sent = example(forms["F08"])
    sent["u_has"] = True
    validator = jsonschema_rs.validator_for(schema(forms["F08"]))
    assert not validator.is_valid(sent)
    paths = [error.path for error in validate(forms["F08"], sent, DAY).errors]
    assert paths == ["kids2[0].u_name", "kids2[0].u_birth"]
    sent["kids2"] = [{"u_name": "前庭　大地", "u_birth": "2006-05-05"}]
    validator.validate(sent)
    assert validate(forms["F08"], sent, DAY).ok
