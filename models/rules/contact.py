"""連絡先: what a resident leaves for a booking, one check for page, API and kiosk. Nothing else is ever asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import characters, free_text, kana, mynumber, telephone

LONGEST_NAME = 60
LONGEST_EMAIL = 254
LONGEST_PHONE = 30
LONGEST_NOTES = 500
SAME_HOST = {"googlemail.com": "gmail.com"}
NO_NAME = _n("お名前をカタカナで入力してください。例：マエニワ　ハナコ")
NOT_KANA = _n("お名前は全角カタカナで入力してください。例：マエニワ　ハナコ")
LONG_NAME = _n("お名前は{most}文字以内で入力してください。")
NO_WAY = _n("メールアドレスか電話番号の、どちらか1つを入力してください。")
NOT_AN_EMAIL = _n("メールアドレスを確かめてください。例：hanako@example.jp")
LONG_NOTES = _n("伝えたいことは{most}文字以内で入力してください。")


@dataclass(frozen=True)
class CheckedContact:
    """A contact that may be kept: the name in full-width katakana, an e-mail address or a telephone number."""

    name: str
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)


def checked(
    name: str,
    email: str = "",
    phone: str = "",
    notes: str = "",
    *,
    prefix: str = "",
    on_paper: bool = False,
) -> CheckedContact:
    """The contact as it is kept; `Invalid` names every field (with `prefix` before it) that cannot be taken.

    With `on_paper` neither e-mail nor telephone is needed: a printed slip with number and code takes their place. A My
    Number is refused in every field. An e-mail address is checked for its form only, nobody is asked about it.
    """
    mail = unicodedata.normalize("NFKC", email).strip()
    asked = (
        (f"{prefix}name", _name_refusal(name)),
        (f"{prefix}email", email_refusal(email, mail) if mail else _without_email(phone, on_paper)),
        (f"{prefix}phone", _phone_refusal(phone)),
        ("notes", notes_refusal(notes)),
    )
    problems = list(_problems(asked))
    if problems:
        raise Invalid(problems)
    called = telephone.cleaned(phone) if phone.strip() else ""
    return CheckedContact(kana.to_katakana(name), mail, called, notes.strip())


def notes_refusal(notes: str) -> Message | None:
    """Why a free note cannot be kept; None where it can, and where there is none."""
    if mynumber.contains_my_number(notes):
        return message(mynumber.REFUSED)
    if characters.length(notes) > LONGEST_NOTES or len(notes) > 4 * LONGEST_NOTES:
        return message(LONG_NOTES, most=LONGEST_NOTES)
    return characters.refusal(free_text.without_breaks(notes), emoji=True)


def persons(email: str = "", phone: str = "") -> tuple[str, ...]:
    """Whom these addresses are of, in words that are the same however they are written; one for each address.

    An e-mail address counts without what stands behind a `+`, without dots before the `@` and in small letters; a
    telephone number in its international form.
    """
    mail = unicodedata.normalize("NFKC", email).strip().casefold()
    found = [f"mail {_one_mailbox(mail)}"] if mail else []
    return (*found, f"line {telephone.comparable(phone)}") if phone.strip() else tuple(found)


def _one_mailbox(mail: str) -> str:
    name, _, host = mail.rpartition("@")
    plain = name.partition("+")[0].replace(".", "") or name
    with suppress(UnicodeError):
        host = host.rstrip(".").encode("idna").decode("ascii")
    return f"{plain}@{SAME_HOST.get(host, host)}"


def _problems(asked: tuple[tuple[str, Message | None], ...]) -> Iterator[FieldProblem]:
    for name, refusal in asked:
        if refusal is not None:
            yield FieldProblem(name, refusal)


def _name_refusal(name: str) -> Message | None:
    if mynumber.contains_my_number(name):
        return message(mynumber.REFUSED)
    if not name.strip():
        return message(NO_NAME)
    converted = kana.to_katakana(name)
    if characters.length(converted) > LONGEST_NAME or len(converted) > 4 * LONGEST_NAME:
        return message(LONG_NAME, most=LONGEST_NAME)
    return characters.refusal(name) or (None if kana.is_katakana(converted) else message(NOT_KANA))


def _without_email(phone: str, on_paper: bool) -> Message | None:
    return None if on_paper or phone.strip() else message(NO_WAY)


def email_refusal(typed: str, mail: str) -> Message | None:
    """Why an e-mail address, as typed and as it would be kept, cannot be taken; None where it can."""
    if mynumber.contains_my_number(typed):
        return message(mynumber.REFUSED)
    if len(mail) > LONGEST_EMAIL or "." not in mail.rpartition("@")[2]:
        return message(NOT_AN_EMAIL)
    try:
        validate_email(mail, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return message(NOT_AN_EMAIL)
    return characters.refusal(mail)


def _phone_refusal(phone: str) -> Message | None:
    if not phone.strip():
        return None
    if not telephone.is_international(phone) and mynumber.contains_my_number(phone):
        return message(mynumber.REFUSED)
    if len(phone) > LONGEST_PHONE:
        return telephone.refusal("")
    return telephone.refusal(phone)
