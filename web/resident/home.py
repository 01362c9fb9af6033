"""What residents see first: what can be done here, the offices, and what is promised about their data."""

from __future__ import annotations

from flask import Blueprint, render_template

from models.queries import offices
from web.access import PUBLIC
from web.resident.hours import later_at, today_at, week_at

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@PUBLIC
def page() -> str:
    """The front yard."""
    return render_template(
        "resident/home.html", places=[today_at(place) for place in offices.shown_offices()]
    )


@blueprint.get("/offices")
@PUBLIC
def places() -> str:
    """Every office with its week, address and telephone."""
    found = [(today_at(place), week_at(place), later_at(place)) for place in offices.shown_offices()]
    return render_template("resident/offices.html", places=found)


@blueprint.get("/privacy")
@PUBLIC
def privacy() -> str:
    """What is kept, for what and how long."""
    return render_template("resident/privacy.html")


@blueprint.get("/accessibility")
@PUBLIC
def accessibility() -> str:
    """How the pages can be used, and where to say that one cannot."""
    return render_template("resident/accessibility.html", places=offices.offices())
