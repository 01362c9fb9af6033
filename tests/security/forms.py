"""Every form of every page, filled in so that it is taken: what abuse is put into one box at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.queries import applications
from models.rules.forms.boxes import from_fields
from models.rules.forms.steps import steps
from models.rules.hall_policy import RANGES
from tests.conftest import inside
from tests.security.addresses import LOG, Route, address, roles, routes
from tests.security.world import HOME, World
from tests.web.people import PASSWORD
from tests.web.resident.writing import DAY

VISIT = {"procedure": "JUM-01", "office": HOME}
TIME = {**VISIT, "starts_at": "2026-11-26T10:00"}
WHO = {**TIME, "phone": "090-1234-5678", "email": "ona@example.jp"}
PLACES = {"reopen_from_minutes": "0", "reopen_to_minutes": "5", "offer_minutes": "60", "most_waiting": "2",
          "most_lapses": "2", "waiting_list": "true", "most_booked": "3", "most_cancelled": "3",
          "cancelled_minutes": "60"}  # fmt: skip
DAYS = {"form": "2", "form_alone": "30", "contact": "7", "no_show": "30", "waiting": "1", "message": "3"}
WAIT = {"first_day": "2026-12-14", "last_day": "2026-12-14", "key": "B" * 32}
SPAN = {"office": HOME, "from": "2026-10-01", "to": "2026-11-20"}
WEEK = "weekday,opens,closes,証明書\n月,08:30,17:15,110\n火,08:30,17:15,80"
RULES = {"kinds": "一日, 8:30, 17:15, 60", "people": "01, A", "lunch_from": "11:00", "lunch_to": "14:00", "hours": "",
         "most": ""}  # fmt: skip
SAID = {"name": "北支所", "name_en": "North", "name_easy": "", "address": "前庭市北町1番", "telephone": "0000-24-4444",
        "access": "", "access_en": "", "booking_days_ahead": "60", "bookable_percent": "50"}  # fmt: skip
FREE_TEXT = frozenset(
    {"name", "email", "phone", "label", "device_label", "note", "words", "reason", "username"}
)
"""Boxes into which people write what they like; the boxes of forms come besides."""
UPLOADED = "file"


def filled(world: World) -> dict[str, dict[str, Any]]:
    """What each page that changes something is sent; `file` stands for an upload."""
    town = world.here
    who = {**WHO, "name": f"{town.kana}　オナ"}
    return {
        "booking.page": VISIT,
        "booking.contact": TIME,
        "booking.confirm": who,
        "booking.make": who,
        "changing.confirm": {"starts_at": "2026-11-26T14:00"},
        "my_booking.cancel": {},
        "sealing.page": {"F02.r_name.family": "前庭"},
        "sealing.delete": {},
        "doctor.mend": {"what": "slots"},
        "first_run.answer": {"hours.0": "8:30-17:15"},
        "admin_sealing.keep": {"office": HOME, "seals": "false"},
        "admin_sealing.end": {"office": HOME, "month": "2026-11", "do": "keep"},
        "form_design.change": {
            "way": "boxes",
            "text": "",
            "open": "who",
            "title": "住民異動の届",
            "do": "propose",
            "first_day": "2027-04-01",
            "reason": "窓口の言葉に合わせる",
        },
        "form_design.preview": {"way": "text", "text": "title: 住民異動の届"},
        "form_design.release": {"mark": "00000000"},
        "form_design.drop": {},
        "my_booking.delete_forms": {},
        "renewing.page": {},
        "waiting.leave": {},
        "waiting.rate": {"score": "8"},
        "number_notices.ask": {"way": "email", "address": "ona@example.jp"},
        "number_notices.stop": {"asked": "1"},
        "line_notices.booking": {"language": "vi"},
        "line_notices.number": {"language": "vi"},
        "my_booking.notices": {"told": "false"},
        "places.keep": {"office": HOME, **PLACES},
        "retention.propose": {"office": HOME, **DAYS, "do": "keep"},
        "retention.confirm": {"office": HOME},
        "retention.drop": {"office": HOME},
        "waiting_list.join": {**who, **WAIT},
        "waiting_list.accept": {},
        "waiting_list.decline": {},
        "waiting_list.leave": {},
        "taking.take": {"procedure": "JUM-01", "key": "A" * 32},
        "prefill.page": first_page(world),
        "prefill.check": {},
        "sign_in.enter": {"username": "ben", "password": PASSWORD, "next": "/counter/"},
        "sign_in.enter_with_code": {"code": "22222222"},
        "sign_in.set_password": {"old": PASSWORD, "password": f"{PASSWORD}!", "again": f"{PASSWORD}!"},
        "sign_in.leave": {},
        "lasting.extend": {"password": PASSWORD},
        "desk.choose_place": {"place": f"{HOME}/2"},
        "desk.call_next": {"finish": ""},
        "desk.step": {},
        "shifts.open_again": {"take_over": "true"},
        "shifts.close": {"ending": "lunch"},
        "numbers.issue": {"procedure": "JUM-01", "key": "once", "q": "", "language": "ja"},
        "moving.transfer": {"queue": "K"},
        "moving.undo": {"reason": "mispress"},
        "reception.stop": {},
        "reception.resume": {},
        "reception.notice": {"words": "昼は混みます"},
        "reception.answer": {},
        "reception.prioritise": {"on": "true"},
        "reception.restore": {},
        "scanning.scan": {"code": town.mine.code},
        "scanning.check_in": {"scan": "slip"},
        "handing.renew": {"scan": "slip"},
        "counter_card.make": {"form": "F01", "card": '{"name": "前庭　花子", "address": "静岡県前庭市"}'},
        "handover.make": {"scan": "slip", "receiver": "1", "reason": "内容を直したため"},
        "admin_handover.keep": {
            "office": HOME,
            "name": "住民記録",
            "way": "copy",
            "shape": "tabbed",
            "dates": "iso",
            "order": "氏名",
            "forms": "F02",
            "folder": "",
            "url": "",
        },
        "admin_handover.again": {"office": HOME},
        "scanning.print_form": {"scan": "slip", "reason": "紛失・汚れ"},
        "imports.take": {"office": HOME, UPLOADED: LOG},
        "savings.freeze": {"procedure": "IDO-01", "minutes": "12.5", "cases": "30", "note": "窓口で測定"},
        "savings.freeze_span": SPAN,
        "savings.unfreeze": {"unfrozen": "JUM-01", "reason": "測り直し"},
        "tuning.ask": {},
        "tuning.cancel": {},
        "rosters.make": {"week": "2026-11-30"},
        "rosters.cancel": {},
        "roster_rules.keep": RULES,
        "weekly.answer": {"table": WEEK, "handling": "10", "share": "90", "within": "10"},
        "hall_policy.keep": {"office": HOME, **{name: str(low) for name, (low, _) in RANGES.items()}},
        "hall_policy.keep_limits": {"office": HOME, "limit.A": "200"},
        "staff.invite": {
            "username": "newbie",
            "name": "新人",
            "role": "counter",
            "office": HOME,
            "do": "keep",
        },
        "staff.close": {"do": "keep"},
        "staff.new_code": {"do": "keep"},
        "staff.reopen": {"do": "keep"},
        "staff.issue_token": {"label": "基幹系", "token_role": "counter", "token_office": HOME, "do": "keep"},
        "devices.new_code": {"label": "入口", "kind": "kiosk", "office": HOME},
        "devices.issue_token": {
            "device_label": "入口",
            "device_kind": "kiosk",
            "device_office": HOME,
            "do": "keep",
        },
        "printers.seen": {},
        "prints.ask": {"scan": "slip", "copies": "0", "reason": "紛失・汚れ"},
        "prints.step": {"from": "list"},
        "admin_printers.keep": {
            "office": HOME,
            "name": "1番窓口のプリンター",
            "address": "ipp://192.168.10.21/ipp/print",
            "fingerprint": "",
            "counters": "1",
            "printer": "",
        },
        "admin_printers.look": {"office": HOME},
        "jobs.ask": {},
        "scanning.frame": {},
        "crossing_outside.export": {"office": HOME, "day": "2026-11-25"},
        "crossing_keys.export": {},
        "crossing_keys.take": {UPLOADED: LOG, "print": ""},
        "crossing_outside.take": {UPLOADED: LOG},
        "crossing_inside.take": {UPLOADED: LOG, "do": ""},
        "crossing_inside.export": {},
        "office_settings.add": {"code": "kita", **SAID, "do": "keep"},
        "office_settings.keep": SAID,
        "counter_settings.keep": {"number.0": "1", "name.0": "証明書", "queues.0": "A B C D F G H K S"},
        "offered.keep": {"procedure": "JUM-01"},
        "procedures.keep": {
            "ja": "住民票の写し",
            "easy": "住民票{じゅうみんひょう}をとる",
            "en": "Residence record",
            "deadline": "",
            "booking": "none",
            "plain": "18",
            "prefilled": "10",
            "desk": "8",
            "desk_prefilled": "5",
            "fee_yen": "300",
            "fee_note": "",
            "item.0": "id12",
            "when.0": "",
        },
        "words.keep": {"ja": "工事をしています。", "easy": "", "en": "", "until": "2027-03-31"},
        "slots.change": {
            "office": HOME,
            "kind": "close",
            "first": "2026-12-01",
            "last": "",
            "opens": "",
            "closes": "",
            "queue": "",
            "capacity": "",
            "reason": "停電のため",
            "digest": "",
            "way": "change",
        },
        "slots.confirm": {"digest": ""},
        "slots.drop": {},
        "messages.change": {
            "subject": "お待ちしています",
            "body": "{office}　{date}{time}",
        },
        "reminders.keep": {"day_before_at": "18:00", "morning_at": "07:30"},
        "ways.open_way": {
            "email.server": "smtp.city.example.jp",
            "email.port": "587",
            "email.security": "smtp",
            "email.user": "",
            "email.password": "",
            "email.sender": "yoyaku@city.example.jp",
            "email.name": "",
            "fresh": "",
            "do": "keep",
        },
        "ways.close": {"do": "keep"},
        "ways.test": {"email.address": "ona@example.jp"},
        "undelivered.send_again": {},
        "undelivered.drop": {},
        "devices.approve": {"do": "keep"},
        "devices.revoke": {"do": "keep"},
        "tokens.revoke": {},
    }


def first_page(world: World) -> dict[str, Any]:
    """The second page of the form that my booking has: who hands it in, with its boxes as they were saved."""
    with inside(world.settings):
        found = applications.by_token(world.here.mine.application)
        answers = applications.fields_of(found)
        page = next(one for one in steps(found.definition(), answers, DAY) if one.id == PAGE["step"])
        return from_fields(page, answers)


PAGE = {"step": "todoke"}


@dataclass
class Filling:
    """Everybody's browsers, filling in forms."""

    world: World
    clients: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = filled(self.world)

    def pages(self, *without: str) -> Iterator[Route]:
        """Every page that takes a form; one that is not filled in above fails here."""
        for route in routes(self.world.app):
            if not (route.safe or route.api or route.terminal) and route.endpoint not in without:
                assert route.endpoint in self.known, f"{route}: fill it in in tests/security/forms.py"
                yield route

    def boxes(self, route: Route) -> list[str]:
        """The names of a form's boxes."""
        return list(self.known[route.endpoint])

    def send(self, route: Route, **other: Any) -> TestResponse:
        """The form of a page with something else in some boxes."""
        client, token = self.browser(route)
        values = {**self.known[route.endpoint], **other, "csrf_token": token}
        if UPLOADED in values:
            content = values[UPLOADED]
            sent = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
            values[UPLOADED] = (BytesIO(sent), "log.csv")
        return client.post(self.to(route), data=values)

    def to(self, route: Route) -> str:
        """Where the form goes."""
        return address(route, self.world.here, **(PAGE if route.endpoint == "prefill.page" else {}))

    def browser(self, route: Route) -> tuple[FlaskClient, str]:
        """A browser that may send it, with its token."""
        who = roles(self.world.app, route)[0]
        if who not in self.clients:
            client = self.world.browser(who)
            self.clients[who] = client, self.world.csrf(client)
        return self.clients[who]


def free_text(route: Route, box: str) -> bool:
    """Whether people write into this box what they like."""
    return box in FREE_TEXT or route.endpoint == "prefill.page"
