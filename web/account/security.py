"""Sessions of staff, on Flask-Security: who is signed in, in which city, for how long, and who is not any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import RoleMixin, Security, UserDatastore, UserMixin
from flask_security.utils import check_and_update_authn_fresh, login_user
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Forbidden, Unauthorized
from models.queries import staff
from models.queries.staff import StaffView
from web.access import SAFE, policy_of

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
FRESH = timedelta(minutes=30)
"""How long after signing in an administrator may hand out codes and tokens without the password again."""
SCHEME = "argon2"
SIGN_OUT = "maeniwa_sign_out"
QUIET = "X-Quiet"
"""The header of requests that a page makes by itself: they do not keep a session alive."""
SIGNED_IN = "_user_id"
CITY, SINCE, SEEN, ENDED, MUST_SET_PASSWORD = "city", "since", "seen", "ended", "must_set_password"
WITHOUT_PASSWORD = frozenset({"sign_in.password", "sign_in.set_password", "sign_in.leave"})

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
"""Counts wrong attempts by address; each process counts for itself, the accounts' own counter is in the database."""


class StaffRole(RoleMixin):
    """One of the four roles; what a role may do is said by `web.access`, not here."""

    def __init__(self, name: str) -> None:
        """A role by its name."""
        self.name = name


class StaffUser(UserMixin):
    """An account as Flask-Security knows it; it is a copy, nothing of it is ever written back."""

    fs_uniquifier = ""

    def __init__(self, view: StaffView) -> None:
        """The account as the queries gave it."""
        self.view = view
        self.id = view.id
        self.username = view.username
        self.name = view.name
        self.role = view.role
        self.roles = [StaffRole(view.role)]
        self.office_id = view.office_id
        self.active = view.active
        self.password = view.password
        self.fs_uniquifier = view.session_id


class StaffDirectory(UserDatastore):
    """Flask-Security's view of the entered municipality's accounts: it can look, and it cannot write."""

    def __init__(self) -> None:
        """Accounts are `StaffUser`s."""
        super().__init__(StaffUser, StaffRole)

    def find_user(self, case_insensitive: bool = False, **asked: Any) -> StaffUser | None:
        """The account of a session of this very city; None for every other question."""
        if list(asked) != ["fs_uniquifier"] or "municipality" not in g:
            return None
        if session.get(CITY) != g.municipality.code:
            return None
        found = staff.by_session(str(asked["fs_uniquifier"]))
        return None if found is None else StaffUser(found)

    def find_role(self, role: str) -> StaffRole:
        """The role of this name."""
        return StaffRole(role)

    def put(self, model: object) -> NoReturn:
        """Refuse: accounts are written by `models.operations.accounts` alone."""
        raise PermissionError("accounts are written by models.operations.accounts")

    delete = put

    def commit(self) -> None:
        """There is never anything to write."""


def register(app: Flask) -> None:
    """Know who is signed in, and end what has lasted too long."""
    rate_limits = app.extensions["maeniwa"].settings.rate_limits
    app.config.update(
        SECURITY_PASSWORD_HASH=SCHEME,
        SECURITY_PASSWORD_SCHEMES=[SCHEME],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH={SCHEME},
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": str}}],
        SESSION_PROTECTION="strong",
        RATELIMIT_ENABLED=rate_limits,
    )
    security = Security(app, StaffDirectory(), register_blueprint=False)
    security.login_manager.request_loader(lambda _: None)
    security.principal.identity_loaders.clear()
    only_when_asked(app)
    limiter.init_app(app)
    app.jinja_env.globals["session_ends"] = ends

    @app.before_request
    def keep_time() -> Response | None:
        if SIGNED_IN not in session or "municipality" not in g:
            return None
        if is_over():
            _end()
            policy = policy_of(app, request.endpoint or "")
            if policy is not None and policy.kind == "staff" and request.method not in SAFE:
                raise Unauthorized
            return None
        if QUIET not in request.headers:
            note_presence()
        if session.get(MUST_SET_PASSWORD) and request.endpoint not in WITHOUT_PASSWORD:
            if current_user.is_authenticated:
                return redirect(url_for("sign_in.password"), 303)
            _end()
        return None


def only_when_asked(app: Flask) -> None:
    """Keep Flask-Login from looking a person up for every template: residents' pages need and touch no session."""
    processors = app.template_context_processors[None]
    processors[:] = [one for one in processors if one.__module__ != "flask_login.utils"]


def begin(account: StaffView, how: str, *, must_set_password: bool = False) -> None:
    """Sign an account in; nothing of the browser's former session survives."""
    session.clear()
    login_user(StaffUser(account), remember=False, authn_via=[how])
    session[CITY] = g.municipality.code
    session[SINCE] = session[SEEN] = _seconds()
    if must_set_password:
        session[MUST_SET_PASSWORD] = True


def at_sign_out() -> list[Callable[[str], None]]:
    """What else is done for an account that signs out: doors add it when they open."""
    found: list[Callable[[str], None]] = current_app.extensions.setdefault(SIGN_OUT, [])
    return found


@dataclass(frozen=True)
class Ends:
    """When this session ends: `idle` if nobody uses it any more, `whole` however much it is used."""

    idle: datetime
    whole: datetime

    @property
    def first(self) -> datetime:
        """When it ends if nobody does anything."""
        return min(self.idle, self.whole)

    @property
    def idle_seconds(self) -> int:
        """From now until nobody used it for too long."""
        return int((self.idle - now()).total_seconds())

    @property
    def whole_seconds(self) -> int:
        """From now until the password is too long ago."""
        return int((self.whole - now()).total_seconds())


def ends() -> Ends | None:
    """When the session of this request ends; None where nobody is signed in."""
    if not {SINCE, SEEN} <= session.keys():
        return None
    seen, since = (datetime.fromtimestamp(session[part], UTC) for part in (SEEN, SINCE))
    return Ends(seen + IDLE, since + LONGEST)


def extend() -> None:
    """The person has given the password once more: the twelve hours begin anew, in every window of this browser."""
    session[SINCE] = session[SEEN] = _seconds()


def is_over() -> bool:
    """Whether the session was idle for 15 minutes or began 12 hours ago."""
    at = _seconds()
    idle, age = at - session.get(SEEN, 0), at - session.get(SINCE, 0)
    return bool(idle >= IDLE.total_seconds() or age >= LONGEST.total_seconds())


def has_ended() -> bool:
    """Whether this browser was signed in here until its session lasted too long or was ended elsewhere; told once."""
    if session.pop(ENDED, False):
        return True
    if session.get(CITY) == g.municipality.code and not current_user.is_authenticated:
        session.clear()
        return True
    return False


def person() -> StaffView:
    """Who is signed in with a browser; `Forbidden` for a system's token."""
    if not current_user or not current_user.is_authenticated:
        raise Forbidden
    found: StaffView = current_user.view
    return found


def is_fresh() -> bool:
    """Whether the person gave the password within the last half hour."""
    return bool(check_and_update_authn_fresh(FRESH, timedelta(0)))


def note_presence() -> None:
    """Somebody is at work here: the fifteen idle minutes begin anew."""
    if _seconds() - session[SEEN] >= NOTED_EVERY.total_seconds():
        session[SEEN] = _seconds()


def _end() -> None:
    session.clear()
    session[ENDED] = True


def _seconds() -> int:
    return int(now().timestamp())
