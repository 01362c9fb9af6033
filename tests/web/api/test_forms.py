"""The forms as JSON Schema, for apps that draw them themselves."""

from __future__ import annotations

import jsonschema_rs
import pytest

from models.catalogue.loader import load
from tests.web.api.calls import Calls, answers, named, problem

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
FORMS = load().forms


def test_every_form_is_a_schema_that_its_own_example_keeps(calls: Calls) -> None:
    for code, form in FORMS.items():
        found = calls.get(f"/forms/{code}")
        schema = found.json
        assert schema["x-paper-only"] == form.paper_only
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema_rs.validator_for(schema).validate(answers(code))


def test_every_required_field_carries_examples_that_are_accepted(calls: Calls) -> None:
    for code, form in FORMS.items():
        if form.paper_only:
            continue
        schema = calls.get(f"/forms/{code}").json
        sent = {name: schema["properties"][name]["examples"][0] for name in schema["required"]}
        made = calls.post("/offices/honcho/applications", {"form": code, "fields": sent})
        assert made.status_code == 201, (code, made.text)


def test_a_form_for_paper_only_cannot_be_filed_and_an_unknown_one_is_not_found(calls: Calls) -> None:
    assert named(calls.post("/offices/honcho/applications", {"form": "F10", "fields": {}})) == ["form"]
    problem(calls.get("/forms/F99"), 404)


def test_who_has_the_schema_already_gets_304(calls: Calls) -> None:
    tag = calls.get("/forms/F02").headers["ETag"]
    assert calls.get("/forms/F02", headers={"If-None-Match": tag}).status_code == 304
