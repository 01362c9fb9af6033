"""The one table of doors: which blueprint stands where, and on which side of a separated network."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from flask import Flask

from models.rules.sides import stands


@dataclass(frozen=True)
class Door:
    """A blueprint by its module, its address prefix, and the side to which it belongs (`models.rules.sides`)."""

    module: str
    prefix: str
    side: str = "both"


DOORS = (
    Door("web.health", ""),
    Door("web.metrics", ""),
    Door("web.resident.home", "", "outside"),
    Door("web.resident.guide", "/guide", "outside"),
    Door("web.resident.booking", "/book", "outside"),
    Door("web.resident.my_booking", "/bookings", "outside"),
    Door("web.resident.changing", "/bookings", "outside"),
    Door("web.resident.renewing", "/bookings", "outside"),
    Door("web.resident.prefill", "/bookings", "outside"),
    Door("web.resident.sealing", "/bookings", "outside"),
    Door("web.resident.waiting_list", "", "outside"),
    Door("web.resident.waiting", "/tickets", "whole"),
    Door("web.resident.number_notices", "/tickets", "whole"),
    Door("web.line_webhook", "/line", "outside"),
    Door("web.resident.line_notices", "", "outside"),
    Door("web.resident.installed", "", "outside"),
    Door("web.resident.taking", "/take", "whole"),
    Door("web.resident.congestion", "/now", "outside"),
    Door("web.resident.outlook", "/now", "outside"),
    Door("web.account.sign_in", "/staff"),
    Door("web.account.lasting", "/staff"),
    Door("web.counter.desk", "/counter", "inside"),
    Door("web.counter.shifts", "/counter", "inside"),
    Door("web.counter.numbers", "/counter", "inside"),
    Door("web.counter.handing", "/counter", "inside"),
    Door("web.counter.card", "/counter/card", "inside"),
    Door("web.counter.handover", "/counter", "inside"),
    Door("web.counter.moving", "/counter", "inside"),
    Door("web.counter.reception", "/counter", "inside"),
    Door("web.counter.printers", "/counter", "inside"),
    Door("web.counter.scanning", "/counter", "inside"),
    Door("web.counter.prints", "/counter", "inside"),
    Door("web.manager.reports", "/manager", "inside"),
    Door("web.manager.today", "/manager", "inside"),
    Door("web.manager.behind", "/manager", "inside"),
    Door("web.manager.paper", "/manager", "inside"),
    Door("web.manager.trend", "/manager", "inside"),
    Door("web.manager.staffing", "/manager", "inside"),
    Door("web.manager.tuning", "/manager", "inside"),
    Door("web.manager.rosters", "/manager", "inside"),
    Door("web.manager.roster_rules", "/manager", "inside"),
    Door("web.manager.estimates", "/manager", "inside"),
    Door("web.manager.forecast", "/manager", "inside"),
    Door("web.manager.weekly", "/manager", "inside"),
    Door("web.manager.opening_hours", "/manager", "inside"),
    Door("web.manager.what_if", "/manager", "inside"),
    Door("web.manager.slot_proposal", "/manager", "inside"),
    Door("web.manager.savings", "/manager", "inside"),
    Door("web.manager.exports", "/manager", "inside"),
    Door("web.manager.imports", "/manager", "inside"),
    Door("web.admin.overview", "/admin"),
    Door("web.admin.doctor", "/admin/doctor", "inside"),
    Door("web.admin.first_run", "/admin/first-run"),
    Door("web.admin.staff", "/admin/staff", "inside"),
    Door("web.admin.tokens", "/admin/tokens", "inside"),
    Door("web.admin.hall", "/admin/hall", "inside"),
    Door("web.admin.hours", "/admin/hours"),
    Door("web.admin.offices", "/admin/offices"),
    Door("web.admin.counter_settings", "/admin/offices"),
    Door("web.admin.offered", "/admin/offices"),
    Door("web.admin.procedures", "/admin/procedures"),
    Door("web.admin.words", "/admin/words", "outside"),
    Door("web.admin.changes", "/admin/changes"),
    Door("web.admin.slots", "/admin/slots"),
    Door("web.admin.jobs", "/admin/jobs"),
    Door("web.admin.messages", "/admin/messages", "outside"),
    Door("web.admin.reminders", "/admin/messages/reminders", "outside"),
    Door("web.admin.ways", "/admin/messages/ways", "outside"),
    Door("web.admin.undelivered", "/admin/messages/undelivered", "outside"),
    Door("web.admin.devices", "/admin/devices", "inside"),
    Door("web.admin.printers", "/admin/printers", "inside"),
    Door("web.admin.places", "/admin/places", "outside"),
    Door("web.admin.sealing", "/admin/sealing", "inside"),
    Door("web.admin.form_design", "/admin/forms", "inside"),
    Door("web.admin.handover", "/admin/handover", "inside"),
    Door("web.admin.crossing", "/admin/crossing"),
    Door("web.admin.crossing_keys", "/admin/crossing"),
    Door("web.admin.crossing_outside", "/admin/crossing", "outside"),
    Door("web.admin.crossing_inside", "/admin/crossing", "inside"),
    Door("web.admin.retention", "/admin/retention"),
    Door("web.styleguide", "/styleguide"),
)


def register(app: Flask, side: str) -> None:
    """Open the doors of one side; the others' code is not even loaded."""
    for door in DOORS:
        if stands(door.side, side):
            app.register_blueprint(import_module(door.module).blueprint, url_prefix=door.prefix or None)
