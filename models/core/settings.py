"""The settings of one installation, read once at start; a bad or weak one stops the start with one clear line."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SIDES = ("both", "outside", "inside")
WEAK_SECRETS = {"secret", "changeme", "dev", "development", "password", "maeniwa"}
SECRET_BYTES = 32
LEAST_AUDIT_DAYS = 366
MAILBOX = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")


class BadSetting(Exception):
    """A setting with which the house must not start; the text is one line that says what to change."""


@dataclass(frozen=True)
class Settings:
    """Everything an installation decides; see docs/settings.md."""

    instance: Path
    secret_key: str
    database_url: str = ""
    side: str = "both"
    public_url: str = ""
    trusted_proxies: int = 0
    debug: bool = False
    secure_cookies: bool = False
    log_level: str = "info"
    default_municipality: str = ""
    rate_limits: bool = True
    keys_folder: Path | None = None
    events_port: int = 0
    events_url: str = ""
    listen_url: str = ""
    keys_copy: Path | None = None
    backup_folder: Path | None = None
    backup_days: int = 35
    recent_backups: bool = True
    audit_days: int = 1100
    database_patience: int = 3
    smtp_url: str = ""
    mail_from: str = ""
    allowed_hosts: str = ""
    handover_folder: Path | None = None

    @property
    def on_postgresql(self) -> bool:
        """Whether the spaces are PostgreSQL schemas; SQLite files otherwise."""
        return bool(self.database_url)

    @property
    def hosts_allowed(self) -> frozenset[str]:
        """The machines of the city's own network that may be called."""
        return frozenset(host.strip().lower() for host in self.allowed_hosts.split(",") if host.strip())

    @property
    def keys(self) -> Path:
        """The folder of the key store; never inside the database or its backups."""
        return self.keys_folder or self.instance / "keys"

    @property
    def backups(self) -> Path:
        """The folder of the backups that the house makes by itself."""
        return self.backup_folder or self.instance / "backups"

    @property
    def sqlalchemy_url(self) -> str:
        """The directory's database (SQLite), or the one PostgreSQL database."""
        if not self.on_postgresql:
            return f"sqlite:///{self.instance / 'directory.db'}"
        return psycopg_url(self.database_url)


def psycopg_url(address: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it."""
    _, _, rest = address.partition("://")
    return f"postgresql+psycopg://{rest}"


def load(instance: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read `INSTANCE/maeniwa.toml` and `MAENIWA_*` (the environment wins) and refuse what is bad or weak."""
    folder = Path(instance or environ.get("MAENIWA_INSTANCE") or "instance").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    given = _from_file(folder / "maeniwa.toml")
    known = {item.name: item.type for item in fields(Settings) if item.name != "instance"}
    for name in given:
        if name not in known:
            raise BadSetting(f"maeniwa.toml: unknown setting '{name}'; known: {', '.join(sorted(known))}")
    for name in known:
        if (value := environ.get(f"MAENIWA_{name.upper()}")) is not None:
            given[name] = value
    values = {name: _typed(name, given[name], str(known[name])) for name in given}
    values.setdefault("secret_key", "")
    values["secret_key"] = values["secret_key"] or _kept_secret(folder)
    return checked(Settings(instance=folder, **values))


def checked(settings: Settings) -> Settings:
    """The same settings, or `BadSetting` with the first thing that must change."""
    secret = settings.secret_key
    if len(secret) < SECRET_BYTES or secret.lower() in WEAK_SECRETS or len(set(secret)) < 8:
        raise BadSetting(
            "secret_key is weak: use 32 or more random characters, or leave it out to have one made"
        )
    if settings.debug:
        raise BadSetting("debug must be false: error pages would show what residents typed")
    if settings.side not in SIDES:
        raise BadSetting(f"side must be one of {', '.join(SIDES)}, not '{settings.side}'")
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise BadSetting("log_level must be debug, info, warning or error")
    if not 0 <= settings.trusted_proxies <= 5:
        raise BadSetting("trusted_proxies must be between 0 and 5")
    if not -1 <= settings.events_port <= 65535:
        raise BadSetting("events_port must be a port, 0 to have one chosen, or -1 for no live streams")
    _check_kept(settings)
    _check_databases(settings)
    _check_mail(settings)
    _check_address("public_url", settings.public_url)
    _check_address("events_url", settings.events_url)
    return settings


def _check_kept(settings: Settings) -> None:
    if settings.backup_days < 1:
        raise BadSetting("backup_days must be 1 or more")
    if not 1 <= settings.database_patience <= 60:
        raise BadSetting("database_patience must be between 1 and 60 seconds")
    if settings.audit_days < LEAST_AUDIT_DAYS:
        raise BadSetting(
            f"audit_days must be {LEAST_AUDIT_DAYS} or more: the audit is kept for at least a year"
        )
    copy = settings.keys_copy
    if copy is not None and (copy.is_relative_to(settings.keys) or copy.is_relative_to(settings.backups)):
        raise BadSetting("keys_copy must lie apart from the keys and from the backups: backups hold no keys")
    folder = settings.handover_folder
    if folder is not None and (folder == settings.instance or folder in settings.instance.parents):
        raise BadSetting("handover_folder must not hold the instance: other systems read and delete there")
    if folder is not None and any(folder.is_relative_to(one) for one in (settings.keys, settings.backups)):
        raise BadSetting("handover_folder must lie apart from the keys and from the backups")


def _check_mail(settings: Settings) -> None:
    if bool(settings.smtp_url) != bool(settings.mail_from):
        raise BadSetting("smtp_url and mail_from go together: give both or neither")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise BadSetting("smtp_url must look like smtp://USER:PASSWORD@mail.example.jp:587 or smtps://…")
    if settings.mail_from and not MAILBOX.fullmatch(settings.mail_from):
        raise BadSetting("mail_from must be one plain address: yoyaku@city.example.jp")


def _check_databases(settings: Settings) -> None:
    for name in ("database_url", "listen_url"):
        address = getattr(settings, name)
        if address and urlsplit(address).scheme not in ("postgresql", "postgres"):
            raise BadSetting(f"{name} must start with postgresql://, or be left out")


def _check_address(name: str, address: str) -> None:
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadSetting(f"{name} must look like https://yoyaku.city.example.jp")
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "http" and not local:
        raise BadSetting(f"{name} must be https: names and addresses travel over it")


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadSetting(f"maeniwa.toml cannot be read: {problem}") from problem


def _typed(name: str, value: Any, kind: str) -> Any:
    try:
        if kind == "bool":
            if isinstance(value, bool):
                return value
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[
                value.lower()
            ]
        if kind == "int":
            return int(value)
        return Path(value).resolve() if kind.startswith("Path") else str(value)
    except (KeyError, ValueError, AttributeError) as problem:
        raise BadSetting(f"{name} must be a {kind}, not {value!r}") from problem


def _kept_secret(folder: Path) -> str:
    path = folder / "secret.key"
    if not path.exists():
        made = secrets.token_hex(SECRET_BYTES)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(made)
    return path.read_text(encoding="ascii").strip()
