"""The smallest application that can show the gallery: the look without any of the product behind it."""

from types import SimpleNamespace

from flask import Flask, jsonify, request, send_from_directory
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from kiosk import doors
from web import languages, presentation, styleguide, theme

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TOWNS = {"4101118": ["佐野"], "4101102": ["深良", "茶畑"]}


def make_gallery() -> Flask:
    """An application in which an undefined name in a template is an error."""
    app = Flask("web")
    app.config.update(SECRET_KEY="only for tests", BOOTSTRAP_SERVE_LOCAL=True, WTF_CSRF_CHECK_DEFAULT=False)
    app.jinja_env.undefined = StrictUndefined
    Bootstrap5(app)
    CSRFProtect(app)
    languages.register(app)
    presentation.register(app)
    theme.register(app)
    app.register_blueprint(styleguide.blueprint, url_prefix="/styleguide")
    app.jinja_env.globals.update(kiosk_asset=doors.asset, session_ends=lambda: None)
    app.context_processor(lambda: {"municipality": SimpleNamespace(name="前庭市", code="maeniwa")})

    @app.get("/kiosk/static/<path:filename>", endpoint="kiosk.static")
    def of_the_kiosk(filename):
        return send_from_directory(doors.STATIC, filename)

    @app.get("/postal")
    def postal():
        towns = TOWNS.get(request.args["zip"], [])
        return jsonify(addresses=[{"pref": "静岡県", "city": "裾野市", "town": town} for town in towns])

    @app.after_request
    def guard(response):
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app
