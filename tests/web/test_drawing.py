"""What every template knows, and what one that was given something of its own knows besides."""

from __future__ import annotations

from flask import Flask, render_template
from jinja2 import DictLoader

from web import drawing


def house() -> Flask:
    app = Flask("house")
    drawing.register(app)
    app.jinja_env.loader = DictLoader(
        {
            "page": '{% from "piece" import said %}{{ said() }}',
            "piece": "{% macro said() %}{{ word }}{% endmacro %}",
        }
    )
    app.jinja_env.globals["word"] = "前庭"
    return app


def test_every_template_and_what_it_imports_read_what_the_house_knows() -> None:
    app = house()
    with app.test_request_context():
        assert render_template("page") == "前庭"
    for name in ("page", "piece"):
        assert app.jinja_env.get_template(name).globals is app.jinja_env.globals


def test_what_one_template_was_given_no_other_knows() -> None:
    app = house()
    mine = app.jinja_env.from_string("{{ word }}", globals={"word": "裏庭"})
    with app.test_request_context():
        assert mine.render() == "裏庭"
        assert render_template("page") == "前庭"
    assert app.jinja_env.globals["word"] == "前庭"
