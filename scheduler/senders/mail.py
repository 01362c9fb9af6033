"""E-mail by SMTP: plain and HTML, in Japanese or any language, to exactly one recipient."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from models.queries.letters import Letter
from models.rules.channels import here
from scheduler.senders.sending import SECONDS, SENT, Outcome, Sender, again, never

PORTS = {"smtp": 587, "smtps": 465}
ONE_ADDRESS = re.compile(
    r"[^\s@<>,;:\"\\()\[\]\x00-\x20\x7f]{1,64}@[^\s@<>,;:\"\\()\[\]\x00-\x20\x7f]{1,255}"
)
WRONG_ADDRESS = (501, 511, 521, 550, 551, 553, 554, 556)
"""Answers to a recipient or a message that mean: not now, not later."""


class Mail(Sender):
    """One connection for a batch; opened again where the server closed it."""

    def __init__(self, needs: Mapping[str, str]) -> None:
        """`needs`: `url` (smtp:// with STARTTLS, smtps://; in the clear on this machine only), `sender`, `name`."""
        self._needs = needs
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> Outcome:
        """Hand one letter over; only the server's 250 to the whole letter is `sent`."""
        if not ONE_ADDRESS.fullmatch(letter.to):
            return never("not one address")
        try:
            written = compose(letter, self._needs["sender"], self._needs.get("name", ""))
        except (ValueError, UnicodeError) as problem:
            return never(type(problem).__name__)
        try:
            return self._handed(letter, written)
        except smtplib.SMTPAuthenticationError as problem:
            self.close()
            return again(f"{problem.smtp_code} not let in", down=True)
        except (smtplib.SMTPException, OSError, ValueError) as problem:
            self.close()
            return again(_reason(problem), down=_is_down(problem))

    def close(self) -> None:
        """Say good-bye; a server that does not answer is left."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _handed(self, letter: Letter, written: EmailMessage) -> Outcome:
        server = self._ready()
        try:
            local = letter.to.isascii()
            options = [] if local else ["SMTPUTF8"]
            if not local and not server.has_extn("smtputf8"):
                return never("the server takes no such address")
            content = written.as_bytes(policy=SMTP if local else SMTPUTF8)
            server.sendmail(self._needs["sender"], [letter.to], content, mail_options=options)
        except smtplib.SMTPRecipientsRefused as problem:
            code, said = next(iter(problem.recipients.values()))
            return _refused(code, said)
        except smtplib.SMTPDataError as problem:
            return _refused(problem.smtp_code, problem.smtp_error)
        return SENT

    def _ready(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        parts = urlsplit(self._needs["url"])
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        safe = ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=safe)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        self._server = server
        server.ehlo()
        if parts.scheme == "smtp":
            if server.has_extn("starttls"):
                server.starttls(context=safe)
                server.ehlo()
            elif not here(self._needs["url"]):
                raise smtplib.SMTPNotSupportedError("no STARTTLS")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


def compose(letter: Letter, sender: str, name: str = "") -> EmailMessage:
    """The letter as a mail; `ValueError` where a header would hold a line break."""
    mail = EmailMessage(policy=SMTP)
    local, _, domain = sender.rpartition("@")
    mail["From"] = Address(display_name=name, username=local, domain=domain)
    mail["To"] = f"<{letter.to}>" if letter.to.isascii() else letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.body, cte="base64")
    mail.add_alternative(letter.html, subtype="html", cte="base64")
    if letter.calendar is not None:
        mail.add_attachment(
            letter.calendar, maintype="text", subtype="calendar", filename="visit.ics",
            params={"charset": "utf-8", "method": "PUBLISH"},
        )  # fmt: skip
    mail["Content-Language"] = (
        letter.language
    )  # last: making the mail multipart moves such headers into its first part
    return mail


def _refused(code: int, said: bytes | str) -> Outcome:
    """A server's no: 4xx is tried again; a 5xx that is about the address or the letter never."""
    reason = str(code) + _enhanced(said)
    if code == 421:
        return again(reason, down=True)
    return never(reason) if code in WRONG_ADDRESS else again(reason)


def _enhanced(said: bytes | str) -> str:
    """Of what a server says only its numbers are kept: its words may repeat the address."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", text)
    return f" {found[0]}" if found else ""


def _is_down(problem: Exception) -> bool:
    """Whether the next letter would meet the same: no connection, no answer, no sender (not a mere hang-up)."""
    return not isinstance(problem, smtplib.SMTPServerDisconnected) or isinstance(
        problem.__context__, TimeoutError
    )


def _reason(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPSenderRefused):
        return f"{problem.smtp_code} sender refused"
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {type(problem).__name__}"
    return type(problem).__name__
